package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "041d5c0467b22c5b85a104ba75eb14c257faa0e9e3d9f73671acd7862c2093a0"
