package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "45d561d77d0f0442d2b414d22aac35deb32b8921e63849072e77cacd7112a96f"
