package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "08097edd2e8509c7877810c663f50f3811b3b461f9a7394a6ce2314e3ff9413b"
