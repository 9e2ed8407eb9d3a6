package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "44b4aeee41e477bc9791e0f30b09b91e725010a5bfb61fc94668f8730080f283"
