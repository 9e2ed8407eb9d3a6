package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "58f99136bc1035a026ab710141aab6741d17f139773534db5f81fc5798df02b3"
