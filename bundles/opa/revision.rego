package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "ab7db6d686c9f87af66ff33323c0f3bbca61f490ad6faa931ee648421d3fdb98"
