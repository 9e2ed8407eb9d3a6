package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0869f2cf7a1f0a9db9ec0ce3ca433a2e242ac9fb10979d9b03ce7dd19c27c424"
