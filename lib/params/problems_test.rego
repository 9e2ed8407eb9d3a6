package lib.onelayer.params_test

import data.lib.onelayer.params

_problems(config) := found if {
	found := params.problems with data.lib.onelayer.config as config
		with data.lib.onelayer.params._defaults as {"process/a-rule": {"limit": 1, "names": [], "modes": [], "mode": "on"}}
		with data.lib.onelayer.params._schema as {"process/a-rule": {
			"limit": {"type": "integer"},
			"names": {"type": "array", "items": {"type": "string"}},
			"modes": {"type": "array", "items": {"type": "string", "enum": ["on", "off"]}},
			"mode": {"type": "string", "enum": ["on", "off"]},
		}}
		with data.lib.onelayer.params._severities as {"process/a-rule": ["error"], "traffic/other": ["error"]}
		with data.lib.onelayer.params._renamed as {"process/old-rule": "process/a-rule"}
}

test_nothing_is_wrong if {
	params.problems == set()
	_problems({}) == set()
	_problems({
		"rules": {
			"process/a-rule": {"enabled": true, "severity": "info", "parameters": {
				"limit": 1,
				"names": ["a"],
				"modes": ["on"],
				"mode": "off",
			}},
			"process/old-rule": {"parameters": {"limit": 2}},
		},
		"mesh": {"native_sidecars": "auto", "installed_revisions": []},
		"namespaces": {},
		"images": [],
		"waivers": [],
		"strict": true,
		"skip_owned": false,
		"annotation_waivers": true,
		"conftest": {"info": true},
		"now": "2026-01-31",
		"x-own": 1,
	}) == set()
}

test_document_is_no_object if {
	_problems([]) == {{"path": [], "msg": "the configuration must be an object, not array"}}
}

test_settings_of_wrong_types if {
	_problems({"rules": [], "strict": "yes", "waivers": {}}) == {
		{"path": ["rules"], "msg": "rules must be object, not array"},
		{"path": ["strict"], "msg": "strict must be boolean, not string"},
		{"path": ["waivers"], "msg": "waivers must be array, not object"},
	}
}

test_day if {
	_problems({"now": "tomorrow"}) == {{"path": ["now"], "msg": "now must be a day such as 2026-01-31"}}
}

test_misspelt_setting if {
	_problems({"ruels": {}}) == {{"path": ["ruels"], "msg": "unknown setting ruels: did you mean rules?"}}
}

test_unknown_setting if {
	_problems({"frobnicate": 1}) == {{"path": ["frobnicate"], "msg": "unknown setting frobnicate"}}
	_problems({"conftest": {"infos": true}, "mesh": {"zzz": 1}}) == {
		{"path": ["conftest", "infos"], "msg": "unknown setting conftest.infos: did you mean info?"},
		{"path": ["mesh", "zzz"], "msg": "unknown setting mesh.zzz"},
	}
}

test_parts_of_wrong_types if {
	_problems({"conftest": {"info": "yes"}, "mesh": {"native_sidecars": 1}}) == {
		{"path": ["conftest", "info"], "msg": "conftest.info must be boolean, not string"},
		{"path": ["mesh", "native_sidecars"], "msg": "mesh.native_sidecars must be boolean or string, not number"},
	}
}

test_unknown_rule if {
	_problems({"rules": {"process/a-rul": {}, "zzz": null}}) == {
		{"path": ["rules", "process/a-rul"], "msg": "unknown rule process/a-rul: did you mean process/a-rule?"},
		{"path": ["rules", "zzz"], "msg": "unknown rule zzz"},
	}
}

test_rule_is_no_object if {
	_problems({"rules": {"process/a-rule": "off"}}) == {{
		"path": ["rules", "process/a-rule"],
		"msg": "the settings of a rule must be an object, not string",
	}}
}

test_unknown_setting_of_a_rule if {
	_problems({"rules": {"process/a-rule": {"severitty": "error", "zzz": 1}}}) == {
		{"path": ["rules", "process/a-rule", "severitty"], "msg": "unknown setting severitty: did you mean severity?"},
		{"path": ["rules", "process/a-rule", "zzz"], "msg": "unknown setting zzz"},
	}
}

test_settings_of_a_rule_of_wrong_types if {
	_problems({"rules": {"process/a-rule": {"severity": "fatal", "enabled": "no", "parameters": []}}}) == {
		{"path": ["rules", "process/a-rule", "enabled"], "msg": "enabled must be true or false, not no"},
		{"path": ["rules", "process/a-rule", "parameters"], "msg": "parameters must be an object, not array"},
		{
			"path": ["rules", "process/a-rule", "severity"],
			"msg": "unknown severity fatal: use error, warning or info",
		},
	}
}

test_unknown_parameter if {
	_problems({"rules": {
		"process/old-rule": {"parameters": {"limits": 1}},
		"traffic/other": {"parameters": {"zzz": 1}},
	}}) == {
		{
			"path": ["rules", "process/old-rule", "parameters", "limits"],
			"msg": "unknown parameter limits of process/old-rule: did you mean limit?",
		},
		{
			"path": ["rules", "traffic/other", "parameters", "zzz"],
			"msg": "unknown parameter zzz of traffic/other",
		},
	}
}

test_parameters_of_wrong_types if {
	path := ["rules", "process/a-rule", "parameters"]
	_problems({"rules": {"process/a-rule": {"parameters": {
		"limit": 1.5,
		"names": [1],
		"modes": ["x"],
		"mode": null,
	}}}}) == {
		{"path": array.concat(path, ["limit"]), "msg": "parameter limit of process/a-rule must be of type integer"},
		{"path": array.concat(path, ["names"]), "msg": "parameter names of process/a-rule must be an array of string"},
		{
			"path": array.concat(path, ["modes"]),
			"msg": `parameter modes of process/a-rule must be an array of values out of "on", "off"`,
		},
		{"path": array.concat(path, ["mode"]), "msg": `parameter mode of process/a-rule must be one of "on", "off"`},
	}
}
