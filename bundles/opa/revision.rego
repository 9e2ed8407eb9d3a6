package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0752672bd4e62246409c21c0a729aa8b9ee58b1ac116a40e115e591a3d6ea84f"
