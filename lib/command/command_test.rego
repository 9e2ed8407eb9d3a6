package lib.onelayer.command_test

import data.lib.onelayer.command

test_direct_record if {
	words := [{"v": "/usr/bin/node", "path": ["a", 0], "from": "manifest"}, {
		"v": "x", "path": ["a", 1],
		"from": "manifest",
	}]
	command.run({"words": words, "env": {}, "files": {}, "copies": [], "workdir": "", "files_path": []}) == {
		"processes": [{
			"argv": ["/usr/bin/node", "x"],
			"symbolic": [],
			"name": "node",
			"path": ["a", 0],
			"from": "manifest",
			"chain": [],
			"wrappers": [],
			"shells": 0,
			"pid1": "node",
			"background": false,
			"maybe": false,
			"loop": null,
			"order": 0,
			"last": true,
			"after": "",
			"env": {},
			"redirects": [],
			"substitution": false,
			"script": "",
		}],
		"unknown": [],
	}
}

test_full_record if {
	files := {
		"package.json": {"packageJSON": {"scripts": {"start": "bash docker/run.sh"}}},
		"docker/run.sh": {"script": ["#!/bin/bash", "export A=1 B=$X", "C=2 tini node \"$B\" >log 2>&1 &", "wait"]},
	}
	command.run(_spec(["npm", "start"], files)) == {
		"processes": [{
			"argv": ["node", "$X"],
			"symbolic": [1],
			"name": "node",
			"path": ["spec", "files", "docker/run.sh", "script", 2],
			"from": "image",
			"chain": [
				{
					"path": ["spec", "files", "package.json", "packageJSON", "scripts", "start"],
					"note": "npm start runs scripts.start",
				},
				{"path": ["spec", "files", "docker/run.sh", "script", 2], "note": "docker/run.sh line 3"},
			],
			"wrappers": ["tini"],
			"shells": 2,
			"pid1": "npm",
			"background": true,
			"maybe": false,
			"loop": null,
			"order": 0,
			"last": false,
			"after": ";",
			"env": {"A": "1", "B": "$X", "C": "2"},
			"redirects": [
				{"op": ">", "fd": "1", "target": "log"},
				{"op": ">&", "fd": "2", "target": "1"},
			],
			"substitution": false,
			"script": "start",
		}],
		"unknown": [],
	}
}

test_unknown_places if {
	files := {"a.sh": {"script": ["node x", "if y"]}}
	command.run(_spec(["sh", "-c", "./a.sh; ./b.sh"], files)).unknown == [
		{
			"note": "a.sh line 2: the text cannot be read from here on",
			"path": ["spec", "files", "a.sh", "script", 1],
			"from": "image",
		},
		{"note": "script ./b.sh is not in the input", "path": ["cmd", 2], "from": "image"},
	]
}

test_arguments_keep_their_places if {
	files := {"a.sh": {"script": ["exec gosu app \"$@\""]}}
	processes := command.run(_spec(["./a.sh", "node", "x"], files)).processes
	[process.path | some process in processes] == [["cmd", 1]]
}

_env_of(words) := [process.env | some process in command.run(_spec(words, {})).processes]

test_env if {
	_env_of(["env", "A=1", "A=2", "B=x=y", "node"]) == [{"A": "2", "B": "x=y"}]
	_env_of(["cross-env", "A=1", "node"]) == [{"A": "1"}]
	_env_of(["cross-env-shell", "A=1", "node $A"]) == [{"A": "1"}]
	_env_of(["sh", "-c", "A=1 A=2 node; export B=3; B=4 node; node"]) == [{"A": "2"}, {"B": "4"}, {"B": "3"}]
}

test_manifest_references if {
	words := [
		{"v": "$(KNOWN)", "path": ["a"], "from": "manifest"},
		{"v": "$(OTHER) x", "path": ["b"], "from": "manifest"},
		{"v": "$(echo x)", "path": ["c"], "from": "manifest"},
	]
	given := command.run({"words": words, "env": {"KNOWN": "node", "NO": 1}})
	[[process.argv, process.symbolic, process.name] | some process in given.processes] == [[
		["node", "$(OTHER) x", "$(echo x)"],
		[1],
		"node",
	]]
	first := array.slice(words, 1, 2)
	command.run({"words": first}) == {
		"processes": [],
		"unknown": [{"note": "the command word $(OTHER) x is not known", "path": ["b"], "from": "manifest"}],
	}
}

_argv(spec) := [process.argv | some process in command.run(spec).processes]

test_types if {
	every spec in [null, 3, "x", [], {}, {"words": null}, {"words": "x"}, {"words": []}, {"words": {"a": "b"}}] {
		command.run(spec) == {"processes": [], "unknown": []}
	}
	_argv({"words": ["node", 3, true, null, {"v": 1.5}, {"v": []}]}) == [["node", "3", "true", "", "1.5", ""]]
	_argv({"words": [{"v": "node", "path": "x", "from": 3}], "files": [], "copies": 1, "env": null}) == [["node"]]
	_argv({"words": [{"v": ""}]}) == [[""]]
	files := {"a.sh": {"script": "x"}, "b.sh": 3, "package.json": {"packageJSON": []}, "c.sh": {"script": [3, "node x"]}}
	copies := [null, {"src": 1, "dest": 2}, {"src": "c.sh", "dest": "/c.sh"}]
	_argv({
		"words": ["sh", "-c", "./a.sh; b.sh; /c.sh; npm start"], "files": files, "copies": copies,
		"env": {"A": 1},
	}) == [
		["./a.sh"], ["b.sh"],
		["3"], ["node", "x"],
		["npm", "start"],
	]
}

test_packages_without_copies if {
	files := {
		"package.json": {"packageJSON": {"scripts": {"start": "node root"}}},
		"a/package.json": {"packageJSON": {"scripts": {"start": "node a"}}},
	}
	_argv({"words": ["npm", "start"], "files": files}) == [["node", "root"]]
}

test_file_of if {
	files := {"docker/start.sh": {}, "docker/run": {}, "b.sh": {}, "x/c": {}, "y/c": {}}
	spec := _spec([], files)
	command.file_of(spec, "/usr/local/bin/start.sh") == "docker/start.sh"
	command.file_of(spec, "./b.sh") == "b.sh"
	command.file_of(spec, "/elsewhere/b.sh") == "b.sh"
	not command.file_of(spec, "/elsewhere/c")
	not command.file_of({}, "x")
}

test_short_ways_equal_the_long_one if {
	every words in [
		["node", "x"],
		["/usr/bin/python3", "-m", "x"],
		["sh", "-c", "node x"],
		["/bin/bash", "-lc", "cd /app && node x; echo y"],
		["sh", "-c", "exec node x"],
		["sh", "-c", "./migrate && exec /app/server -x"],
		["sh", "-c", "echo x"],
	] {
		short := command.run(_spec(words, {}))
		short == command.run(_spec(words, {"node": {"x": 1}, "python3": {}, "migrate": {}, "server": {}, "echo": {}}))
		short.unknown == []
	}
}
