package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "099c50edc1e87e3c316a08190f03ad3e844fae8241073d1dff2213726addef1a"
