package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0bb0b9c009669abc141cb3311d8702fbdba8940f2914755d6681ad551ffd61d9"
