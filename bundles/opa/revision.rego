package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "98089590bc836223c7f9fbb6da52e81d22d852f57cd03e5069fd12faacb33c21"
