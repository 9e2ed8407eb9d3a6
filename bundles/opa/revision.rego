package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "8c246e3a38d97b9c10451c118cf11f6b349d2bba0abbf1ee500bb94d5e6fcef0"
