package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "dce6c4f0cb08735178f00173ec726ba594c1d51e394a80cef0d6a864ec7f3b51"
