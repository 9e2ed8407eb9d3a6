package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "2be0554a4302769c8ac567d1f94ab54e98c892df1ab9bda48ba77022d81197ba"
