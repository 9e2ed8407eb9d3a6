package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "a9fb726a04f1df7a928e18106a7517345fd1d382b47ed63c33d1581f33dcd0d6"
