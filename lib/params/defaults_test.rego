package lib.onelayer.params_test

import data.lib.onelayer.params

test_generated_defaults_fit_their_schemas if {
	config := {"rules": {id: {"parameters": defaults} | some id, defaults in params._defaults}}
	problems := params.problems with data.lib.onelayer.config as config
	problems == set()
	every id, defaults in params._defaults {
		given := params.of(id) with data.lib.onelayer.config as config
		given == defaults
	}
}

test_generated_ids_are_known if {
	problems := params.problems with data.lib.onelayer.config as {"rules": {"process/manager-entrypont": {}}}
	problems == {{
		"path": ["rules", "process/manager-entrypont"],
		"msg": "unknown rule process/manager-entrypont: did you mean process/manager-entrypoint?",
	}}
}

test_generated_former_ids_are_known if {
	every former, id in params._renamed {
		former in params._aliases[id]
	}
}
