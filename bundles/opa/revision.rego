package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "c97ac455ba96616f3b496072c30e11d2fa24c92dd768f05c9420c82582bb2bea"
