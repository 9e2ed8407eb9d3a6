package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0671b2c35c34f4f0bf2a8378d28865571187fcedcec3f0359175c975f37a1469"
