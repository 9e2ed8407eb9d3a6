package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "04fe2d67f8209240e707c2903ced22b2c6de99c6a4bee5ae6fd6524b19c729bd"
