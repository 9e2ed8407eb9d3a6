package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "5aa403e9f94ddd620c9132ded51f2b4bda441da45a5e9af8da51d41831cae256"
