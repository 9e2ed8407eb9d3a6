package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "72473013e87b333dc953cf3279889706407761c9c17a5a83342a6ad664f726cd"
