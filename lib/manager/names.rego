package lib.onelayer.manager

import data.lib.onelayer.base_images

# METADATA
# title: The manager that a probe or hook command talks to
# description: A name as of gives it; undefined for every other command.
probe_command(argv) := found.name if {
	found := of({"argv": argv})
	found.class == "supervisor"
}

# METADATA
# title: The manager that a base image brings and starts
# description: |
#   {name, cmd} for a reference with or without registry, tag and digest; cmd is what a child image without an own
#   command runs, [] when that is not known. Undefined for every other image; a name that merely contains "pm2" proves
#   nothing.
base_image(ref) := base_images.of(ref)

# METADATA
# title: A text that may name a manager
# description: |
#   True for the words of a command line or an image reference, joined by blanks, that of, probe_command or base_image
#   may know a manager in. It costs little and errs on the side of true: what is not hinted starts no manager.
hinted(text) if glob.match(_hints, null, concat("", [text, " "]))

_hints := concat("", ["{*", concat("*,*", _marks), "*}"])

_marks := [
	"pm2", "forever", "supervis", "s6", "/init", "-init", "my_init", "runsv", "runit", "sv ", "circus", "honcho", "monit",
	"god ", "systemd", "systemctl", "sl-", "slc ", "strong", "passenger", "foreman", "overmind", "hivemind", "goreman",
	"forego", "nf start", "concurrently", "run-all", "run-p", "cron", "watch", "--hot", "nodemon", "node-dev", "tsnd",
	"nest start", "phusion", "linuxserver", "hassio", "homeassistant", "home-assistant", "discourse", "gitlab",
	"procodile", "shoreman", "process-compose", "pebble", "bluepill", "multirun", "mprocs", "reflex", "CompileDaemon",
	"--reload", "flask", "chaperone", "horust", "dinit", "immortal", "svscan", "perpd", "perpboot", "air ", "entr ",
	"chokidar", "rerun",
]

# METADATA
# title: The manager that a package installs
# description: |
#   ecosystem is "npm", "pip", "apt", "apk" or "gem"; word is a package as an installer takes it, with its version
#   (pm2@5, honcho==1.1, supervisor=4.2). Undefined for every other package: tpm2-tools, forever-monitor, @pm2/io.
packaged(ecosystem, word) := _packages[ecosystem][name] if {
	is_string(word)
	found := regex.find_all_string_submatch_n(
		`^(@[^@/\s]+/[\w.-]+|[A-Za-z0-9][\w.+-]*)(?:\[[^\]]*\])?\s*(?:[@=<>~!^:;,\s].*)?$`,
		word, 1,
	)
	name := _package_name(ecosystem, found[0][1])
}

_package_name(ecosystem, name) := lower(name) if {
	ecosystem == "pip"
} else := name

_packages := {
	"npm": {
		"pm2": "pm2",
		"@socket.io/pm2": "pm2",
		"forever": "forever",
		"nodemon": "nodemon",
		"supervisor": "supervisor",
		"node-dev": "node-dev",
		"ts-node-dev": "ts-node-dev",
		"concurrently": "concurrently",
		"npm-run-all": "npm-run-all",
		"npm-run-all2": "npm-run-all",
		"foreman": "foreman",
		"strong-pm": "strong-pm",
		"strong-supervisor": "strong-pm",
		"strongloop": "strong-pm",
	},
	"pip": {"supervisor": "supervisord", "circus": "circus", "honcho": "foreman"},
	"apt": {
		"supervisor": "supervisord",
		"circus": "circus",
		"python3-circus": "circus",
		"runit": "runit",
		"runit-systemd": "runit",
		"s6": "s6",
		"s6-overlay": "s6",
		"monit": "monit",
		"honcho": "foreman",
		"ruby-foreman": "foreman",
		"passenger": "passenger",
	},
	"apk": {
		"supervisor": "supervisord",
		"runit": "runit",
		"s6": "s6",
		"s6-overlay": "s6",
		"monit": "monit",
		"pm2": "pm2",
		"py3-honcho": "foreman",
	},
	"gem": {"foreman": "foreman", "god": "god", "passenger": "passenger"},
}
