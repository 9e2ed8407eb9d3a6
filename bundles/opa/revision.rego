package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0beaf7d7c2b736225599bbb1bfd5bcafe7a88a784f88f2748e3b46b154972920"
