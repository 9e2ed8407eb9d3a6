package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "075218c04bb693b7954aba6774552afca72800b5103bf9b3225e2945df5f8937"
