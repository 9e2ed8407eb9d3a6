package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "9d80217324dfc92ed17dfa987c3e4b9fc0203df4d07c695677bb33f4629d7365"
