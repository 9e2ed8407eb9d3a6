package onelayer

# METADATA
# description: Generated. The hash of all modules and entries but this file.
revision := "5db81a327c1c503629cb9b3aee5555e0c9381265cc9e0dd6924459afc8502e29"
