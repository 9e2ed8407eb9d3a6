package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "31d969d6694f39b3896fbbb6cfeace43e6c463119e6f8138343472fe93f0b6d5"
