package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "fe20707c1496b98b1916b115f76e760b9ecc37c84ed4d2578059ea76f37132bd"
