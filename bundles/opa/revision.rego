package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "2d4e190604127b06445d5e8db4ebd6c7ca0bf92d47bc6e60bec89f1e6cd3c3e5"
