package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "4bd06dcf99d91d58309d13295732423d956638e68af45e86a6de1d672b12f0c5"
