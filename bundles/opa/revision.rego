package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "385b2f95d00297a243207540250c011b1e780819748420e5bb3440196be05c67"
