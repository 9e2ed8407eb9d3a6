package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "224c71a00888dba730726c210df2a1ec1640ee5aa1dcb738fcadae7c29059a49"
