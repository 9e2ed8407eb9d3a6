package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "aa3f293df0749617d472690946066aef8fc9b0d144a65c0ffdb9bb6ef02f41a8"
