package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "7ebcc41838b7ce994cc6cfbc3c48f9cefde6a9249f10080d5b59810f5754d224"
