package lib.onelayer.params

import data.lib.onelayer.config as document

# METADATA
# description: >-
#   What is wrong with the configuration, as {path, msg}, path being the segments below the document. None of it stops a
#   rule: what is wrong counts as not set.
problems contains {"path": [], "msg": msg} if {
	not is_object(document)
	msg := sprintf("the configuration must be an object, not %s", [type_name(document)])
}

problems contains {"path": [key], "msg": sprintf("%s must be %s, not %s", [key, kind, type_name(value)])} if {
	some key, kind in _shape
	value := config[key]
	type_name(value) != kind
}

problems contains {"path": ["now"], "msg": "now must be a day such as 2026-01-31"} if {
	is_string(config.now)
	not regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, config.now)
}

problems contains {"path": [key], "msg": sprintf("unknown setting %s%s", [key, _hint(key, _known_keys)])} if {
	some key in _keys(config)
	not key in _known_keys
	not startswith(key, "x-")
}

problems contains {"path": [part, key], "msg": msg} if {
	some part, shape in _parts
	some key, kind in shape
	value := config[part][key]
	not type_name(value) in kind
	msg := sprintf("%s.%s must be %s, not %s", [part, key, concat(" or ", kind), type_name(value)])
}

problems contains {"path": [part, key], "msg": msg} if {
	some part, shape in _parts
	some key in _keys(config[part])
	not shape[key]
	msg := sprintf("unknown setting %s.%s%s", [part, key, _hint(key, object.keys(shape))])
}

problems contains {"path": ["rules", id], "msg": msg} if {
	some id in _keys(config.rules)
	not _canonical(id)
	msg := sprintf("unknown rule %s%s", [id, _hint(id, _ids)])
}

problems contains {"path": ["rules", id], "msg": msg} if {
	some id, settings in config.rules
	_canonical(id)
	kind := type_name(settings)
	kind != "object"
	msg := sprintf("the settings of a rule must be an object, not %s", [kind])
}

problems contains {"path": ["rules", id, key], "msg": msg} if {
	some id in _judged
	some key in _keys(config.rules[id])
	not key in _setting_keys
	msg := sprintf("unknown setting %s%s", [key, _hint(key, _setting_keys)])
}

problems contains {"path": ["rules", id, "enabled"], "msg": msg} if {
	some id in _judged
	value := config.rules[id].enabled
	not is_boolean(value)
	msg := sprintf("enabled must be true or false, not %v", [value])
}

problems contains {"path": ["rules", id, "severity"], "msg": msg} if {
	some id in _judged
	value := config.rules[id].severity
	not value in _levels
	msg := sprintf("unknown severity %v: use error, warning or info", [value])
}

problems contains {"path": ["rules", id, "parameters"], "msg": msg} if {
	some id in _judged
	kind := type_name(config.rules[id].parameters)
	kind != "object"
	msg := sprintf("parameters must be an object, not %s", [kind])
}

problems contains {"path": ["rules", id, "parameters", name], "msg": msg} if {
	some id in _judged
	known := object.keys(object.get(_defaults, _canonical(id), {}))
	some name in _keys(config.rules[id].parameters)
	not name in known
	msg := sprintf("unknown parameter %s of %s%s", [name, id, _hint(name, known)])
}

problems contains {"path": ["rules", id, "parameters", name], "msg": msg} if {
	some id in _judged
	some name, value in config.rules[id].parameters
	schema := object.get(_schema, [_canonical(id), name], {})
	schema.type
	not _fits(schema, value)
	msg := sprintf("parameter %s of %s must be %s", [name, id, _wanted(schema)])
}

_shape := {
	"rules": "object",
	"mesh": "object",
	"namespaces": "object",
	"images": "array",
	"waivers": "array",
	"strict": "boolean",
	"skip_owned": "boolean",
	"annotation_waivers": "boolean",
	"conftest": "object",
	"now": "string",
}

_parts := {
	"conftest": {"info": {"boolean"}},
	"mesh": {
		"assume_mesh": {"string"},
		"installed_revisions": {"array"},
		"enable_namespaces_by_default": {"boolean"},
		"never_inject_selectors": {"array"},
		"always_inject_selectors": {"array"},
		"linkerd_excluded_namespaces": {"array"},
		"cluster_domain": {"string"},
		"native_sidecars": {"boolean", "string"},
	},
}

_known_keys := object.keys(_shape)

_setting_keys := {"enabled", "severity", "parameters"}

_ids := object.keys(_severities)

_canonical(id) := id if {
	id in _ids
} else := _renamed[id]

_judged := {id |
	some id, settings in config.rules
	is_object(settings)
	_canonical(id)
}

_keys(value) := {key |
	is_object(value)
	some key, _ in value
	is_string(key)
}

_wanted(schema) := sprintf("one of %s", [concat(", ", [text |
	some item in schema.enum
	text := json.marshal(item)
])]) if {
	schema.enum
} else := sprintf("an array of %s", [_wanted_item(schema.items)]) if {
	schema.items
} else := sprintf("of type %s", [schema.type])

_wanted_item(items) := sprintf("values out of %s", [concat(", ", [text |
	some item in items.enum
	text := json.marshal(item)
])]) if {
	items.enum
} else := items.type

_hint(word, candidates) := sprintf(": did you mean %s?", [_nearest(word, candidates)]) if {
	_nearest(word, candidates)
} else := ""

_nearest(word, candidates) := min(best) if {
	scores := {candidate: _likeness(word, candidate) | some candidate in candidates}
	top := max({score | some score in scores})
	top >= 0.5
	best := {candidate | some candidate, score in scores; score == top}
}

_likeness(a, b) := (2 * count(_pairs(a) & _pairs(b))) / (count(_pairs(a)) + count(_pairs(b)))

_pairs(word) := {pair |
	padded := concat("", ["^", word, "$"])
	some at in numbers.range(0, count(padded) - 2)
	pair := substring(padded, at, 2)
}
