package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "583c380a0b79c66f079983613a967ddb1483bab57a0548e6a452d3faf1f80af1"
