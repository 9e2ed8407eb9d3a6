package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "7c5f258b6560bce83f52f5840f063ed0b9cab0bbfceb069a86d17a6819fe972b"
