package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "df3695a482d224a9e7dd61be816cd987a12f21e8fdda9b17276c885c5021777a"
