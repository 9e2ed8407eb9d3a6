package lib.onelayer.params_test

import data.lib.onelayer.params

_defaults := {"process/a": {
	"names": ["x"],
	"limit": 2,
	"ratio": 0.5,
	"mode": "on",
	"deep": {"a": 1, "b": 2},
	"loud": false,
}}

_schema := {"process/a": {
	"names": {"type": "array", "items": {"type": "string"}},
	"limit": {"type": "integer"},
	"ratio": {"type": "number"},
	"mode": {"type": "string", "enum": ["on", "off"]},
	"deep": {"type": "object"},
	"loud": {"type": "boolean"},
}}

_with(id, parameters) := {"rules": {id: {"parameters": parameters}}}

_of(id, config) := value if {
	value := params.of(id) with data.lib.onelayer.config as config
		with data.lib.onelayer.params._defaults as _defaults
		with data.lib.onelayer.params._schema as _schema
		with data.lib.onelayer.params._aliases as {"process/a": ["process/older", "process/old"]}
}

test_no_configuration if {
	params.config == {}
	params.of("process/none") == {}
	params.enabled("process/none")
	params.severity("process/none", "warning") == "warning"
	not params.strict
}

test_defaults if {
	_of("process/a", {}) == _defaults["process/a"]
	_of("process/none", {}) == {}
	_of("process/a", {"rules": {}}) == _defaults["process/a"]
	_of("process/a", {"rules": {"process/a": {"enabled": true}}}) == _defaults["process/a"]
}

test_parameters_over_defaults if {
	given := {"names": ["y", "z"], "limit": 3.0, "ratio": 1, "mode": "off", "deep": {"c": 3}, "loud": true}
	_of("process/a", _with("process/a", given)) == given
}

test_one_parameter if {
	_of("process/a", _with("process/a", {"limit": 5})) == object.union(_defaults["process/a"], {"limit": 5})
}

test_what_does_not_fit_is_not_set if {
	every parameters in [
		{"names": "y"},
		{"names": ["y", 1]},
		{"limit": 2.5},
		{"limit": "2"},
		{"ratio": "a"},
		{"mode": "other"},
		{"mode": null},
		{"deep": []},
		{"loud": "yes"},
		{"unknown": 1},
		[],
		null,
	] {
		_of("process/a", _with("process/a", parameters)) == _defaults["process/a"]
	}
}

test_former_id if {
	_of("process/a", _with("process/old", {"limit": 5})).limit == 5
	_of("process/a", {"rules": {
		"process/old": {"parameters": {"limit": 5}},
		"process/older": {"parameters": {"limit": 6}},
	}}).limit == 6
	_of("process/a", {"rules": {
		"process/old": {"parameters": {"limit": 5}},
		"process/a": {"parameters": {"limit": 7}},
	}}).limit == 7
}

test_enabled if {
	not _disabled({"rules": {"process/a": {"enabled": true}}})
	not _disabled({"rules": {"process/a": {"enabled": "no"}}})
	not _disabled({"rules": {"process/a": null}})
	not _disabled({"rules": [1]})
	_disabled({"rules": {"process/a": {"enabled": false}}})
}

_disabled(config) if {
	value := params.enabled("process/a") with data.lib.onelayer.config as config
	value == false
}

test_severity if {
	every given, want in {"error": "error", "info": "info", "fatal": "warning"} {
		config := {"rules": {"process/a": {"severity": given}}}
		value := params.severity("process/a", "warning") with data.lib.onelayer.config as config
		value == want
	}
}

test_strict if {
	params.strict with data.lib.onelayer.config as {"strict": true}
	not params.strict with data.lib.onelayer.config as {"strict": "true"}
}

test_constraint_alone if {
	review := {"review": {"object": {}}, "parameters": {"strict": true, "severities": ["error"]}}
	config := params.config with input as review
	config == {"strict": true}
}

test_constraint_over_document if {
	review := {"review": {}, "parameters": {"rules": {"process/a": {"severity": "info"}}}}
	config := params.config with input as review
		with data.lib.onelayer.config as {"strict": true, "rules": {"process/a": {"severity": "error", "enabled": true}}}
	config == {"strict": true, "rules": {"process/a": {"severity": "info", "enabled": true}}}
}

test_parameters_of_another_object if {
	config := params.config with input as {"kind": "StorageClass", "parameters": {"strict": true}}
	config == {}
}

test_document_of_another_type if {
	config := params.config with data.lib.onelayer.config as ["strict"]
	config == {}
}

test_ids_of_rules_and_their_former_ids if {
	known := params.ids with data.lib.onelayer.params._severities as {"process/a": [], "onelayer/config": []}
		with data.lib.onelayer.params._renamed as {"process/b": "process/a"}
	known == {"process/a": "process/a", "process/b": "process/a"}
}

test_the_parameters_of_a_constraint_go_along if {
	params.handed_on == {"parameters": {"strict": true}} with input as {"review": {}, "parameters": {"strict": true}}
	params.handed_on == {} with input as {"review": {}, "parameters": 1}
	params.handed_on == {} with input as {"parameters": {"strict": true}}
}
