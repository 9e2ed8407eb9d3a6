package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "323d22c11917ff6110ee6cef2ed3a64b81f42b4cae352d019ef6a1b80f99529c"
