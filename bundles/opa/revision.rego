package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "981ec94251a84c566a428bf1143de13d7030e1141e44a4e34379452c63e4e291"
