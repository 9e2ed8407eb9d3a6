package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "79905d020a327aed5d6b78360ea657d8608a9a95da614089293e177e7d896ac8"
