package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "a7819b2f72179b329d60810b08b7d9ee00e7a2d93e9441d6baf2ac8527352e74"
