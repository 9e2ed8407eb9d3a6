package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "4823b9f6a36f6fa3401d189f91a7430a62e2fd4c05c610a60024b663bb8bcf44"
