package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "1e4493f6d9411616d6ac3df594c52842f65c842cc7aebe90ea03e221f9d8c4be"
