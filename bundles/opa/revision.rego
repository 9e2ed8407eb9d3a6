package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "2c3a3a13bfc5a9f92b0e334eeae9cc22860d858755a101a9a8af81f7f80f4f52"
