package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "30ab165f4ba96d0b8fb0dcd9af9ae666eaf2d2b791f0d99b9c31cc1452cf1f06"
