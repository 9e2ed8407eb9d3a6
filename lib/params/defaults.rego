package lib.onelayer.params

# METADATA
# description: Generated from the METADATA of the policies; change it there.
_defaults := {}

_schema := {}

_severities := {
	"process/manager-in-job": [
		"error",
		"warning",
		"info",
	],
}

_aliases := {}

_renamed := {}
