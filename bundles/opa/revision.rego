package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "f75aa42bac58246ee8868a392c90667662ee95481d7b02ec71e1e581258b8067"
