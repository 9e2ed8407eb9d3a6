package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "5bb5fab3054f1ea77f707507706e7c312a3eae7f1e812be95381d83d5a2c927f"
