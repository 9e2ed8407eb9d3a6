package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "b2e70dcc1380f5112f1b6af61385893382046fe2502256994b841d824c440f70"
