package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "6eb32bc10673e13a0a9409e7f03f9ba6d74a2380d5a991c309af780e8555ddcf"
