package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "f6ec2afd158db861635d4b7a7f54487b273b25cba9177cce860fa03df7944bcb"
