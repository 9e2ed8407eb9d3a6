package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "52207e92e465529f81a2ef707046276f70ae0909aeaeede93c565bd76abbeb24"
