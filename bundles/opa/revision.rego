package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "b4924ad6fbd122ad2cb6e9009f986c4a07b01f068386f6a726e2b96e3b7274e9"
