package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "129856929c55f3853ce0df6eb73131c4ac277a65b18b9a165a01f311bfcdf96a"
