package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "25d947d745c2e6c9b50f8679f0328162c7995ab2f7b84d4cc374d3b6ea29848c"
