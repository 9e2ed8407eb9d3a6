package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "bcdaa95722da3c2d766977c39d54e5494a27cdfdea83d3316ad96034d8f53646"
