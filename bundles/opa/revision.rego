package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "de88e746b6692fb0cd244521ecbf0a25852ffe9cd36a2a432fe260726d1a2b6f"
