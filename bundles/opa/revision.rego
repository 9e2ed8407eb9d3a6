package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "0142bf6e33308d87f11ad32dbb418ee841d2146abf2856d2157701b745e0d218"
