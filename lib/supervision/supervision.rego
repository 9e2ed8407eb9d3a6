# METADATA
# scope: package
# title: Supervision
# description: >-
#   Brings together what the rules about process managers need: per container the managers that its command line starts,
#   what they start in their turn, and which single finding names the cause. Daemonised goes before a Job, and a
#   Job before an ordinary entrypoint.
# custom:
#   gates:
#     entries: [
#       "pm2", "forever", "supervis", "s6", "/init", "-init", "my_init", "runsv", "runit", 'sv\b', "circus", "honcho",
#       "monit", 'god\b', "systemd", "systemctl", "sl-", 'slc\b', "strong", "passenger", "foreman", "overmind",
#       "hivemind", "goreman", "forego", 'nf\b', "concurrently", "run-all", "run-p", "cron", "watch", "--hot",
#       "nodemon", "node-dev", "tsnd", 'nest\b', "phusion", "linuxserver", "hassio", "homeassistant",
#       "home-assistant", "discourse", "gitlab", "procodile", "shoreman", "process-compose", "pebble", "bluepill",
#       "multirun", "mprocs", "reflex", "CompileDaemon", "--reload", "flask", "chaperone", "horust", "dinit",
#       "immortal", "svscan", "perpd", "perpboot", '\bair\b', '\bentr\b', "chokidar", '\brerun\b'
#     ]
package lib.onelayer.supervision

import data.lib.onelayer.command
import data.lib.onelayer.container
import data.lib.onelayer.inventory
import data.lib.onelayer.manager
import data.lib.onelayer.pm2
import data.lib.onelayer.resource
import data.lib.onelayer.workload

# METADATA
# description: >-
#   One entry per container that runs a manager of any class: {record, found, hidden}. found lists {process,
#   manager, parsed, apps, config, parent} in order: managers that the command line starts, then managers that these
#   start. hidden tells that the cause lies in an Image that is reported by itself.
entries := [] if {
	not _suspicious
} else := [entry |
	some record in container.records
	found := _found(record, record.all_processes)
	count(found) > 0
	entry := {"record": record, "found": found, "hidden": _hidden(record, found)}
]

# METADATA
# description: The entries whose cause the input answers for.
answerable := [entry |
	some entry in entries
	not entry.hidden
]

# METADATA
# description: >-
#   The one manager that a container is reported for, as {entry, record, item, verdict}: verdict is daemonised, job or
#   entrypoint. Watchers, parallel runners and cron daemons have rules of their own.
primary := [chosen |
	some entry in answerable
	candidates := [item |
		some item in entry.found
		item.manager.class in {"supervisor", "procfile"}
		item.manager.starts
	]
	count(candidates) > 0
	item := _most_telling(candidates)
	chosen := {
		"entry": entry,
		"record": entry.record,
		"item": item,
		"verdict": _verdict(entry.record, item, candidates),
	}
]

# METADATA
# description: >-
#   The severity of a manager by what is known of it: supervisord and Procfile runners are an error with two programs or
#   more; what only one branch of a script starts is a warning.
severity(record, item) := container.severity(record, "warning") if {
	item.process.maybe
} else := container.severity(record, "error") if {
	item.manager.name in {"supervisord", "foreman"}
	count(programs(record, item)) > 1
} else := container.severity(record, "warning") if {
	item.manager.name in {"supervisord", "foreman"}
} else := container.severity(record, item.manager.severity)

# METADATA
# description: >-
#   What one manager starts when it is more than one application, as {count, by, severity, path, item}: the apps of
#   a PM2 file, the programs of supervisord, the types of a Procfile, the scripts of a parallel runner.
groups(entry) := [group |
	some item in entry.found
	item.manager.starts
	group := _group(entry.record, item)
]

# METADATA
# description: >-
#   An application that a shell leaves in the background, with what runs in front: {behind, front}. A helper beside
#   a program that replaces the shell is no such pair, and neither is a single program that the shell waits for.
pairs(record) := [{"behind": behind[0], "front": front} |
	not _parallel(record)
	behind := [process | some process in record.processes; _application(process); process.background; process.loop == null]
	count(behind) > 0
	front := _front(record, behind)
]

# METADATA
# description: The programs that a manager starts, as {name, path, words}; what PM2 starts is in the apps of its item.
programs(record, item) := _programs(record, item.manager, item.process)

# METADATA
# description: The severity of what an item certainly or only maybe does.
certainty(item, otherwise) := "warning" if {
	item.process.maybe
	otherwise == "error"
} else := otherwise

# METADATA
# description: The place of an attribute of an application, in the process file or else where the command stands.
app_path(record, item, segments) := container.place(record, array.concat(_file_path(item), segments)) if {
	count(segments) > 0
	item.config.key != ""
} else := container.place(record, item.process.path)

# METADATA
# description: True for an application of PM2 of which more than one copy runs in the container.
multiplied(app) if {
	app.instances in {"max", "unknown"}
	app.declared
} else if {
	is_number(app.instances)
	app.instances > 1
}

# METADATA
# description: Commands that do no work of their own in a start script.
helpers := {
	"sleep", "tail", "echo", "printf", "cat", "touch", "true", "false", "wait", "read", "test", "[", "kill",
	"mkdir", "chmod",
	"chown", "rm", "cp", "mv", "ln", "date", "curl", "wget", "nc", "cd", "set", "export", "trap", ":", "exit",
	"tee", "grep",
	"sed", "awk", "find", "ls", "id", "env", "source", ".", "eval", "local", "return", "shift", "fg", "jobs",
	"inotifywait",
}

# METADATA
# description: >-
#   The processes of the RUN instructions of an Image that mention PM2: what was done with it while building.
build_processes(record) := [process |
	record.kind == "onelayer.dev/Image"
	some run in record.folded.runs
	contains(run.text, "pm2")
	words := [{"v": word, "path": run.path, "from": "image"} | some word in ["/bin/sh", "-c", run.text]]
	some process in command.run(object.union(record.command, {"words": words})).processes
]

# METADATA
# description: >-
#   The volume mounts of a container at PM2's home or below it, as {mount, path}; the home is where PM2_HOME says, else
#   .pm2 of the user.
home_mounts(record) := [place |
	record.pod != null
	some index, mount in record.spec.volumeMounts
	is_string(mount.mountPath)
	_is_home(record, mount.mountPath)
	place := {"mount": mount.mountPath, "path": array.concat(record.path, ["volumeMounts", index, "mountPath"])}
]

# METADATA
# description: A short name for what runs, such as pm2-runtime or the nested pm2 of supervisord.
label(item) := sprintf("%s under %s", [_program(item), item.parent]) if {
	item.parent != ""
} else := _program(item)

_is_home(record, folder) if {
	regex.match(`(^|/)\.pm2(/|$)`, folder)
} else if {
	home := trim_suffix(record.env.PM2_HOME.value, "/")
	home != ""
	startswith(concat("", [folder, "/"]), concat("", [home, "/"]))
}

_program(item) := item.manager.binary if {
	regex.match(`^(?:python[\d.]*|node|nodejs|bun)$`, item.process.name)
	item.manager.binary != ""
} else := item.process.name

# METADATA
# description: >-
#   The value of the process file that an item reads, as {key, value}: its key among the files of the image and what the
#   file holds. Undefined when the file is not in the input.
process_file(record, parsed) := {"key": key, "value": value, "kind": kind} if {
	parsed.is_config
	key := command.file_of(record.command, parsed.target)
	some kind in _process_kinds
	value := record.command.files[key][kind]
} else := {"key": key, "value": value, "kind": kind} if {
	parsed.target == ""
	parsed.verb in {"start", "startOrRestart", "startOrReload", "startOrGracefulReload", "restart", "reload"}
	key := command.file_of(record.command, "ecosystem.config.js")
	kind := "ecosystem"
	value := record.command.files[key][kind]
}

_suspicious if {
	some record in resource.all
	startswith(record.kind, "onelayer.dev/")
} else if {
	some entry in workload.containers
	_telling(_said(entry.container))
} else if {
	inventory.any_image
	some entry in workload.containers
	inventory.image_of(resource.text(object.get(entry.container, "image", "")))
}

_said(spec) := concat(" ", array.concat([spec.image | is_string(spec.image)], [word |
	some field in ["command", "args"]
	some word in spec[field]
	is_string(word)
]))

_telling(said) if {
	manager.hinted(said)
} else if {
	contains(said, "$")
}

_file_path(item) := ["spec", "files", item.config.key, item.config.kind]

_group(record, item) := {
	"count": count(item.apps),
	"by": item.process.name,
	"severity": certainty(item, "error"),
	"path": app_path(record, item, item.apps[1].path),
	"item": item,
} if {
	item.config.key != ""
	count(item.apps) > 1
} else := {
	"count": count(listed),
	"by": item.process.name,
	"severity": certainty(item, "error"),
	"path": container.place(record, listed[1].path),
	"item": item,
} if {
	listed := programs(record, item)
	count(listed) > 1
} else := {
	"count": item.manager.children,
	"by": item.process.name,
	"severity": "warning",
	"path": container.place(record, item.process.path),
	"item": item,
} if {
	item.manager.class == "parallel"
	item.manager.children > 1
	item.process.last
}

_parallel(record) if {
	some process in record.processes
	manager.of(process).class == "parallel"
}

_application(process) if {
	not process.substitution
	not process.name in helpers
	not _manages(process)
}

_manages(process) if manager.of(process).starts

_front(record, behind) := front[count(front) - 1].name if {
	front := [process |
		some process in record.all_processes
		_application(process)
		not process.background
		process.shells > 0
		process.order > behind[0].order
	]
	count(front) > 0
} else := behind[1].name if {
	count(behind) > 1
	every process in record.all_processes {
		not _owns(process)
	}
}

_owns(process) if {
	process.last
	not process.background
	_application(process)
	process.shells == 0
}

_process_kinds := ["ecosystem", "packageJSON"]

_hidden(record, found) if {
	every item in found {
		not item.process in record.processes
	}
} else := false

_found(record, processes) := array.concat(direct, nested) if {
	direct := _items(record, processes, "")
	nested := [item |
		some outer in direct
		some program in _programs(record, outer.manager, outer.process)
		result := command.run(object.union(record.command, {"words": program.words}))
		some item in _items(
			record, [process |
				some inner in result.processes
				process := object.union(inner, {
					"chain": array.concat(
						array.concat(outer.process.chain, [{
							"path": program.path,
							"note": sprintf("%s starts %s", [outer.process.name, program.name]),
						}]),
						inner.chain,
					),
					"from": outer.process.from,
				})
			],
			outer.process.name,
		)
	]
}

_items(record, processes, parent) := [item |
	some process in processes
	found := manager.of(process)
	item := object.union(
		{"process": process, "manager": _settled(record, process, found), "parent": parent},
		_pm2(record, process, found),
	)
]

_settled(record, process, found) := object.union(found, {"class": "supervisor", "name": "s6"}) if {
	found.class == "init_candidate"
	_s6_evidence(record)
	process
} else := found

_s6_evidence(record) if {
	some path, _ in record.command.files
	regex.match(`(^|/)(s6|s6-rc\.d|services\.d|cont-init\.d|s6-overlay)/`, path)
} else if {
	some run in record.folded.runs
	contains(run.text, "s6-overlay")
} else if {
	some copy in record.folded.copies
	regex.match(`s6|services\.d|cont-init\.d`, copy.src)
} else if {
	some ref in record.bases
	manager.base_image(ref).name == "s6"
}

_pm2(record, process, found) := {"parsed": parsed, "apps": apps, "config": config} if {
	found.name == "pm2"
	parsed := pm2.parse(process.argv)
	config := _config(record, parsed)
	env := {name: variable.value | some name, variable in record.env}
	apps := pm2.apps(parsed, pm2.with_env(config.value, env))
} else := {"parsed": null, "apps": [], "config": {"key": "", "value": null, "kind": ""}}

_config(record, parsed) := process_file(record, parsed) if {
	process_file(record, parsed)
} else := {"key": "", "value": null, "kind": ""}

_most_telling(candidates) := item if {
	ranked := [rank |
		some index, candidate in candidates
		rank := [_rank(candidate), index]
	]
	item := candidates[min(ranked)[1]]
}

_rank(item) := 0 if {
	item.manager.severity == "error"
	item.manager.foreground
	not item.process.maybe
} else := 1 if {
	item.manager.severity == "error"
	not item.process.maybe
} else := 2

_verdict(record, item, candidates) := "daemonised" if {
	_daemonised(record, item, candidates)
} else := "job" if {
	record.job
} else := "entrypoint"

_daemonised(record, item, candidates) if {
	item.parent == ""
	every candidate in candidates {
		_detached(record, candidate)
	}
	_idle(record)
}

_detached(record, item) if {
	item.process.background
} else if {
	item.manager.name in {"pm2", "forever"}
	not item.manager.foreground
} else if {
	item.manager.name == "supervisord"
	not item.manager.foreground
	files := _supervisor_files(record, item.process)
	count(files) > 0
	every key in files {
		_detaches(record.command.files[key].supervisor)
	}
}

_detaches(sections) if {
	is_object(sections.supervisord)
	said := lower(resource.text(object.get(sections.supervisord, "nodaemon", "")))
	not said in {"true", "on", "yes", "1"}
}

_idle(record) if {
	every process in _foreground(record) {
		_idles(process)
	}
}

_foreground(record) := [process |
	some process in record.all_processes
	process.last
	not process.background
]

_idles(process) if {
	process.name in {"tail", "sleep", "wait", "cat", "read", "true", "yes", "echo", "printf", "fg", "exit"}
} else if {
	manager.of(process)
}

_programs(record, found, process) := _supervisor_programs(record, process) if {
	found.name == "supervisord"
} else := _procfile_programs(record) if {
	found.class == "procfile"
} else := _service_programs(record) if {
	found.name in {"s6", "runit", "my_init"}
} else := []

_supervisor_programs(record, process) := [program |
	some key in _supervisor_files(record, process)
	some section, settings in record.command.files[key].supervisor
	startswith(section, "program:")
	is_string(settings.command)
	path := ["spec", "files", key, "supervisor", section, "command"]
	program := {
		"name": substring(section, 8, -1),
		"path": path,
		"words": [{"v": word, "path": path, "from": "image"} | some word in container.split_words(settings.command)],
	}
]

_supervisor_files(record, process) := [key] if {
	some index, word in process.argv
	word in {"-c", "--configuration"}
	key := command.file_of(record.command, process.argv[index + 1])
	record.command.files[key].supervisor
	not record.command.files[key].supervisor.include
} else := [key | some key, file in record.command.files; file.supervisor]

_procfile_programs(record) := [program |
	some key, file in record.command.files
	some type, line in file.procfile
	is_string(line)
	path := ["spec", "files", key, "procfile", type]
	program := {
		"name": type,
		"path": path,
		"words": [{"v": word, "path": path, "from": "image"} | some word in ["/bin/sh", "-c", line]],
	}
]

_service_programs(record) := [program |
	some key, file in record.command.files
	file.script
	regex.match(`(^|/)[^/]+/run$`, key)
	path := ["spec", "files", key, "script", 0]
	program := {"name": split(key, "/")[count(split(key, "/")) - 2], "path": path, "words": [
	{"v": word, "path": path, "from": "image"} |
		some word in ["/bin/sh", concat("", ["/", key])]
	]}
]
