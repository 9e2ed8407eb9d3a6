package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "320d6161d573eb717f6dcd4f82cd41e292522d94ba95e21dd6c8a547c0dc61c1"
