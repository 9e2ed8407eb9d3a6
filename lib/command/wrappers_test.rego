package lib.onelayer.command_test

import data.lib.onelayer.command

_brief(process) := concat(" | ", [
	concat(" ", process.argv),
	concat(" ", [process.name, process.pid1, format_int(process.shells, 10)]),
	concat(" ", process.wrappers),
	concat(" ", [flag |
		some [flag, holds] in [
			[process.after, process.after != ""],
			["background", process.background],
			["maybe", process.maybe],
			["last", process.last],
			["substitution", process.substitution],
			["loop", process.loop != null],
			["symbolic", process.symbolic != []],
			[process.script, process.script != ""],
		]
		holds
	]),
])

_spec(words, files) := {
	"words": [{"v": word, "path": ["cmd", i], "from": "image"} | some i, word in words],
	"env": {"KNOWN": "node"},
	"files": files,
	"copies": _copies,
	"workdir": "/app",
	"files_path": ["spec", "files"],
}

_copies := [
	{"src": ".", "dest": "/app/"},
	{"src": "docker/start.sh", "dest": "/usr/local/bin/start.sh"},
	{"src": "docker/run", "dest": "/opt/"},
	{"src": "docker", "dest": "/scripts"},
	{"src": "rootfs", "dest": "/"},
]

test_plain if {
	result := command.run(_spec(
		["node", "server.js"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node server.js | node node 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_empty if {
	result := command.run(_spec(
		[],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == []
}

test_tini if {
	result := command.run(_spec(
		["/sbin/tini", "-s", "-g", "--", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node tini 0 | tini | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_tini_alone if {
	result := command.run(_spec(
		["tini"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"tini | tini tini 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

_under(words) := [_brief(process) | some process in command.run(_spec(words, {})).processes]

test_wrappers_of_meshes if {
	_under(["/scuttle", "pm2-runtime", "x"]) == ["pm2-runtime x | pm2-runtime scuttle 0 | scuttle | last"]
	every options in [["--shutdown", "--"], ["-S", "-p", "4191", "--timeout", "60s"], ["--backoff=1s"], []] {
		words := array.concat(array.concat(["/usr/bin/linkerd-await"], options), ["pm2-runtime", "x"])
		_under(words) == ["pm2-runtime x | pm2-runtime pm2-runtime 0 | linkerd-await | last"]
	}
}

test_gosu if {
	result := command.run(_spec(
		["gosu", "node:node", "pm2-runtime", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2-runtime x | pm2-runtime pm2-runtime 0 | gosu | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_setpriv if {
	result := command.run(_spec(
		["setpriv", "--reuid", "1000", "--clear-groups", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | setpriv | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_env if {
	result := command.run(_spec(
		["env", "-i", "-u", "X", "A=1", "A=2", "B=$Y", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | env | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_env_text if {
	result := command.run(_spec(
		["env", "-S", "node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | env | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_timeout if {
	result := command.run(_spec(
		["timeout", "-k", "5", "10s", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node timeout 0 | timeout | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_su if {
	result := command.run(_spec(
		["su", "-", "node", "-c", "pm2 start x && pm2 logs"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2 start x | pm2 su 1 | su | ",
		"pm2 logs | pm2 su 1 | su | && last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_su_alone if {
	result := command.run(_spec(
		["su", "node"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"su node | su su 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_runuser if {
	result := command.run(_spec(
		["runuser", "-u", "node", "--", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node runuser 0 | runuser | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_runuser_text if {
	result := command.run(_spec(
		["runuser", "node", "-c", "node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node runuser 0 | runuser | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sudo if {
	result := command.run(_spec(
		["sudo", "-E", "-u", "node", "A=1", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sudo 0 | sudo | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_doppler if {
	result := command.run(_spec(
		["doppler", "run", "-p", "x", "--", "pm2-runtime", "bot.js"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2-runtime bot.js | pm2-runtime doppler 0 | doppler | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_doppler_text if {
	result := command.run(_spec(
		["doppler", "run", "--command", "node a && node b"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node a | node doppler 1 | doppler | ",
		"node b | node doppler 1 | doppler | && last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_doppler_other if {
	result := command.run(_spec(
		["doppler", "secrets"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"doppler secrets | doppler doppler 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_doppler_other_text if {
	result := command.run(_spec(
		["doppler", "secrets", "--command", "node"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"doppler secrets --command node | doppler doppler 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_aws_vault if {
	result := command.run(_spec(
		["aws-vault", "exec", "--duration", "1h", "prod", "--", "node", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node aws-vault 0 | aws-vault | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_aws_vault_other if {
	result := command.run(_spec(
		["aws-vault", "list", "a", "b"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"aws-vault list a b | aws-vault aws-vault 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}
