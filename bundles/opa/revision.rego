package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "078dfe4b80dc827471d5b74da03c115fa4fb8ea2df8161441c7fe759351810fd"
