package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "56fa42bbf957ae36a5de235a8b09a974d3e6429741e80b8674861bba8478d1a2"
