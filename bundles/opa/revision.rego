package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "62e069664856f365398bc3b9cdeefe4477eac255621f4e89f82374fe03624089"
