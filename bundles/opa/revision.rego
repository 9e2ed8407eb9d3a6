package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "375043177d83b50d75d56bcc02a1d3fe9478c6ecc3dc378824ab1472b82d9f32"
