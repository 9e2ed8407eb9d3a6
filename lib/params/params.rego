# METADATA
# scope: package
# title: Parameters
# description: >-
#   The one configuration document, wherever an engine keeps it, and what it says about each rule: whether it is
#   switched on, its severity and its parameters. What is not set or does not fit the schema falls back to the default
#   in the METADATA of the rule; what does not fit is listed in problems.
package lib.onelayer.params

import data.lib.onelayer.config as document

# METADATA
# description: >-
#   The configuration document, with the parameters of a Gatekeeper constraint over it, else empty. The severities of a
#   constraint are no part of it.
config := object.union(document, _constraint) if {
	is_object(document)
	count(_constraint) > 0
} else := document if {
	is_object(document)
} else := _constraint

# METADATA
# description: >-
#   The parameters of a Gatekeeper constraint as {parameters}, to go along with another input; empty where there are
#   none.
handed_on := {"parameters": input.parameters} if {
	is_object(input.review)
	is_object(input.parameters)
} else := {}

# METADATA
# description: True when development evidence must not lower a severity.
default strict := false

strict if config.strict == true

# METADATA
# description: The parameters of a rule by name. Every parameter of the rule is there.
of(id) := object.get(_defaults, id, {}) if {
	not _given(id)
} else := {name: value |
	given := _given(id)
	some name, initial in object.get(_defaults, id, {})
	value := _value(object.get(_schema, [id, name], {}), given, name, initial)
}

# METADATA
# description: Whether a rule is switched on. Rules are, unless the configuration says otherwise.
enabled(id) := false if {
	_settings(id).enabled == false
} else := true

# METADATA
# description: The severity that the configuration gives to a rule, else the one passed.
severity(id, otherwise) := _settings(id).severity if {
	_settings(id).severity in _levels
} else := otherwise

# METADATA
# description: The id of each rule that users may name, by that id and by its former ids.
ids := {name: id |
	some name, id in object.union({id: id | some id, _ in _severities}, _renamed)
	not startswith(id, "onelayer/")
}

_levels := {"error", "warning", "info"}

_constraint := object.remove(input.parameters, ["severities"]) if {
	is_object(input.review)
	is_object(input.parameters)
} else := {}

_settings(id) := {} if {
	not config.rules
} else := config.rules[id] if {
	is_object(config.rules[id])
} else := [settings |
	some former in object.get(_aliases, id, [])
	settings := config.rules[former]
	is_object(settings)
][0]

_given(id) := _settings(id).parameters if is_object(_settings(id).parameters)

_value(schema, given, name, initial) := given[name] if {
	_fits(schema, given[name])
} else := initial

_fits(schema, value) if {
	_typed(schema, value)
	_listed(schema, value)
	_filled(schema, value)
}

_typed(schema, value) if {
	type_name(value) == schema.type
} else if {
	schema.type == "integer"
	is_number(value)
	floor(value) == value
}

_listed(schema, value) if {
	not schema.enum
} else if {
	value in schema.enum
}

_filled(schema, value) if {
	not schema.items
} else if {
	every item in value {
		_typed(schema.items, item)
		_listed(schema.items, item)
	}
}
