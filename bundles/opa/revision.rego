package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "ba5ad9bf292856ab5e640b2780bdefb4a46492d04763842909c389e38224f202"
