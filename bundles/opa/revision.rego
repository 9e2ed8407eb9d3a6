package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "6ca4d7bed9b3cb1c1a4f6a37443497602ac3af2e5fbc453e53a81368a35a36fb"
