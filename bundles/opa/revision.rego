package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "60239cd174b00fbb60e1a2f3c80c32f867ffb1a8919b10b3610a1485ec8c76b2"
