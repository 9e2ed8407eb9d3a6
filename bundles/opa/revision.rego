package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "125eac0c80aad73c22d78840d64459ad81b416891c151ebb7229e02b8997d5d8"
