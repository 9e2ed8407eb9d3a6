package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "ffc1bd7a3f1d47bfd3ee86b0e3d28a99a3c4b3ccc1f7db1ba89b67de3f1182e7"
