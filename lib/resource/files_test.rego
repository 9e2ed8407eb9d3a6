package lib.onelayer.resource_test

import data.lib.onelayer.resource

_file(name, document) := {"onelayer": {"file": name, "document": document}}

_lifted(name, document) := [[record.kind, resource.ref(record.obj).name, object.get(record.obj, "spec", null)] |
	some record in records
] if {
	records := resource.all with input as _file(name, document)
}

test_a_dockerfile_of_conftest_loses_its_comments if {
	instructions := [
		{"Cmd": "from", "SubCmd": "", "JSON": false, "Flags": [], "Value": ["node:22"], "Stage": 0},
		{"Cmd": "comment", "SubCmd": "", "JSON": false, "Flags": null, "Value": ["why"], "Stage": 0},
		{"Cmd": "run", "SubCmd": "", "JSON": false, "Flags": null, "Value": ["x"], "Stage": 1},
	]
	records := resource.all with input as _file("a/Dockerfile", instructions)
	[entry.cmd | some entry in records[0].obj.spec.dockerfile] == ["from", "run"]
	records[0].obj.metadata.name == resource.image_name("a/Dockerfile", "")
	records[0].obj.spec.dockerfile[1] == {
		"cmd": "run",
		"sub": "",
		"json": false,
		"flags": [],
		"value": ["x"],
		"heredocs": [],
		"stage": 1,
	}
}

test_commands_inside_commands if {
	cases := [
		[{"Cmd": "healthcheck", "Value": ["CMD", "pm2", "ping"]}, "CMD", ["pm2", "ping"]],
		[{"Cmd": "healthcheck", "Value": ["none"]}, "NONE", []],
		[{"Cmd": "healthcheck", "Value": null}, "", []],
		[{"Cmd": "onbuild", "SubCmd": "RUN", "Value": ["npm i pm2"]}, "run", ["npm i pm2"]],
		[{"Cmd": "onbuild", "SubCmd": "HEALTHCHECK", "Value": ["CMD", "x"]}, "healthcheck", ["x"]],
	]
	every example in cases {
		records := resource.all with input as [example[0]]
		records[0].obj.spec.dockerfile[0].sub == example[1]
		records[0].obj.spec.dockerfile[0].value == example[2]
	}
}

test_a_package_that_starts_something_runs_by_itself if {
	document := {"name": "shop", "scripts": {"start": "pm2-runtime x.js"}}
	_lifted("services/api/package.json", document) == [[
		"onelayer.dev/Image",
		resource.image_name("services/api/package.json", ""),
		{"refs": [], "files": {"package.json": {"packageJSON": document}}},
	]]
	_lifted("package.json", {"scripts": {"start": ""}}) == []
	_lifted("package.json", {"scripts": {"start": 5}, "apps": [{"script": "x"}]}) == []
	_lifted("package.json", []) == []
}

test_a_process_file_runs_by_itself if {
	documents := [
		{"apps": [{"script": "a.js"}]},
		{"apps": {"cmd": "a.js"}},
		{"pm2": [{"exec": "a.js"}]},
		[{"name": "a", "command": "a.js"}],
		{"name": "a", "script": "a.js"},
		{"script": "a.js", "instances": 2, "env": {"name": "x"}},
	]
	every document in documents {
		_lifted("k/process.yml", document) == [[
			"onelayer.dev/Image",
			resource.image_name("k/process.yml", ""),
			{"refs": [], "files": {"process.yml": {"ecosystem": document}}},
		]]
	}
}

test_other_files_run_nothing if {
	documents := [
		{"apps": [{"name": "a"}]},
		{"apps": [5], "name": "a", "script": "x"},
		{"apps": 5},
		{"pm2": null, "name": "a", "script": "x"},
		{"apps": [{"uses": "x", "script": "y"}]},
		{"script": "a.js"},
		{"script": "a.js", "watch": true},
		{"uses": "a", "name": "b", "script": "c"},
		{"name": "a", "cmd": "b"},
		{"name": "a"},
	]
	every document in documents {
		[entry[0] | some entry in _lifted("a.yml", document)] == ["/"]
	}
	_lifted("a.json", [{"script": "x"}]) == []
	_lifted("a.json", ["name", {"cmd": 1}]) == [["onelayer.dev/Image", resource.image_name("a.json", ""), {
		"refs": [],
		"files": {"a.json": {"ecosystem": ["name", {"cmd": 1}]}},
	}]]
	bare := {"name": "a", "script": "a.js"}
	[record.kind | some record in resource.all] == ["/"] with input as bare
}

test_compose_files_by_name_or_shape if {
	services := {"services": {"web": {"ports": []}}}
	every name in ["compose.yaml", "k/docker-compose.yml", "Compose.dev.yaml", "podman-compose.yml"] {
		_lifted(name, services)[0][0] == "onelayer.dev/Compose"
	}
	_lifted("values.yaml", services)[0][0] == "/"
	_lifted("decompose.yaml", services)[0][0] == "/"
	every key in ["image", "build", "command", "entrypoint"] {
		_lifted("values.yaml", {"services": {"a": 5, "web": {key: "x"}}})[0][0] == "onelayer.dev/Compose"
	}
	_lifted("compose.yaml", {"services": [{"image": "x"}]})[0][0] == "/"
	_lifted("compose.yaml", {"apiVersion": "v1", "services": {"web": {"image": "x"}}})[0][0] == "/"
}
