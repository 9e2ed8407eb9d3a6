package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "9c53eda47ee818a38011e453cb1c489a491cc90585c2ab04d5d3a71924171521"
