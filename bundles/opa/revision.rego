package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "9e5fee22a22fd3cbe29c09892906632be68a6e08de3afa0b3cf1ad1ff617c7ff"
