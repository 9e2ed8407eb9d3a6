package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "9f86c627705e40b5e916cf957f2e90760db71da61ca1abb4f44e87f1a4413e21"
