package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "4cee21bcf4c595b0fdf918eea478b6bf96032a1d7bc1191dae5e04deaf7cc07e"
