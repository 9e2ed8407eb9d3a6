package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0713fc940a23ea10605da06a9938959712493abdf32a93822d4c83c56f2bea8d"
