package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "950e9c59e53571c4a50b2215771a44b803960700fa5227abbcb0153908569128"
