package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "77965021b3eaaabba8c7f9c554e9d24ca13877a69c88908bdef01cf6a179f5ed"
