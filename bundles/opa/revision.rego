package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "5a8795cb249ce98a4599c289df33728bbd5b14b29269f566e1d556f21e6a6aa5"
