package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "ec30998fb197bd21bf0c4008c5a684e3193c583043588ea0cc205de13f7c0b15"
