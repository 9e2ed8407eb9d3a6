package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0328077bda27452d9a210189606bfce006bdc003ce6ba9d0e2073cef7da6d214"
