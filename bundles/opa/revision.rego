package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "025c03d3cf7ea6f9032585db59177a9927b15bc57298377aa3b97d21383d925d"
