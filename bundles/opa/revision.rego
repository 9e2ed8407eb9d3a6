package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "3642cd9b3c4dd81a815e0f53d5557aae0915a265ea64c8d88a26ac1d3f14f9ec"
