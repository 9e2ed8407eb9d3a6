package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "917ee112793913b912c189db26e877e90250811e9c9f0215e05704f4b1250946"
