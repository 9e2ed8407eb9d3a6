package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "2c3d536feeb1f3026cb11d5d9329d2e88969f1b53415b6ff57d4d44bcfeeca4e"
