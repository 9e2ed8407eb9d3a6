package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "60824094b630b8d1bf16f3acc869707e9258fefa5850e3827665eee9820040c2"
