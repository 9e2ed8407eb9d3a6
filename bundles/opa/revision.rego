package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "8b10b486ffdbe06c3f18cc2b78aec3d27215c9f3fc6f9e05c890f0f28674cf85"
