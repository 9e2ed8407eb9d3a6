package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "97f300dc2cb065c13e769b4c2f9a65eac7e7d48254335731f39a4779576e5546"
