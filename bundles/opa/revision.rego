package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "d130145d848bd1b337eff8b699ba29a0c39560dccc6eb62d2ae5ea8abf96635b"
