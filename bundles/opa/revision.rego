package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "3eae3a6b31609367ae5cd3ad2c8fc9d7692142e3383b51c40dbad1dba6d39508"
