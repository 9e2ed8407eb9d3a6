package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "eafae17929c017c7330adf29e3c09e5f4b37ebd9b6a4ba5a3715c51596c7f9a1"
