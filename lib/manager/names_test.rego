package lib.onelayer.manager_test

import data.lib.onelayer.manager

test_base_images if {
	pm2 := {"name": "pm2", "cmd": ["pm2-runtime", "start", "pm2.json"]}
	s6 := {"name": "s6", "cmd": ["/init"]}
	init := {"name": "my_init", "cmd": ["/sbin/my_init"]}
	systemd := {"name": "systemd", "cmd": ["/sbin/init"]}
	wants := {
		"keymetrics/pm2": pm2,
		"keymetrics/pm2:18-alpine": pm2,
		"docker.io/keymetrics/pm2:latest-stretch@sha256:abc": pm2,
		"registry.corp:5000/hub/keymetrics/pm2-docker-alpine:8": pm2,
		"thinhhv/pm2:latest": {"name": "pm2", "cmd": []},
		"phusion/baseimage:focal-1.2.0": init,
		"phusion/passenger-nodejs:2.5": {"name": "passenger", "cmd": ["/sbin/my_init"]},
		"lscr.io/linuxserver/nginx": s6,
		"ghcr.io/linuxserver/baseimage-alpine:3.19": s6,
		"ghcr.io/hassio-addons/base:15": s6,
		"homeassistant/amd64-base:3.19": s6,
		"strongloop/strong-pm": {"name": "strong-pm", "cmd": []},
		"jrei/systemd-ubuntu:22.04": systemd,
		"registry.access.redhat.com/ubi9/ubi-init": systemd,
		"redhat/ubi8-init:latest": systemd,
		"discourse/base:2.0": {"name": "runit", "cmd": []},
	}
	{ref: base | some ref, _ in wants; base := manager.base_image(ref)} == wants
}

test_ordinary_images if {
	every ref in [
		"node:20", "keymetrics", "acme/pm2-service", "acme/my-pm2", "phusion/other", "homeassistant/home-assistant:stable",
		"${BASE}", "", null, 3, "nginx@sha256:abc",
	] {
		not manager.base_image(ref)
	}
}

test_packages if {
	wants := {
		"npm": {
			"pm2": "pm2",
			"pm2@5": "pm2",
			"pm2@^5.2": "pm2",
			"@socket.io/pm2@5.0.0": "pm2",
			"forever@latest": "forever",
			"supervisor": "supervisor",
			"npm-run-all": "npm-run-all",
		},
		"pip": {"supervisor==4.2.5": "supervisord", "Circus>=0.18": "circus", "honcho[export]~=1.1": "foreman"},
		"apt": {"supervisor=4.2.5-1": "supervisord", "runit": "runit", "s6:amd64": "s6", "monit": "monit"},
		"apk": {"supervisor~=4.2": "supervisord", "s6-overlay": "s6", "pm2@edge": "pm2"},
		"gem": {"foreman:0.87": "foreman", "god": "god"},
	}
	{ecosystem: found |
		some ecosystem, names in wants
		found := {name: manager.packaged(ecosystem, name) | some name, _ in names}
	} == wants
}

test_ordinary_packages if {
	every pair in [
		["npm", "tpm2-tools"], ["npm", "npm2"], ["npm", "pm2-logrotate"], ["npm", "@pm2/io"], ["npm", "forever-monitor"],
		["npm", "jm-cc/pm2"], ["npm", "./pm2"], ["npm", ""], ["npm", null], ["apt", "tpm2-abrmd"], ["apt", "pm2"],
		["pip", "-r"], ["cargo", "pm2"], [3, "pm2"],
	] {
		not manager.packaged(pair[0], pair[1])
	}
}

_plain := {
	"node", "nodejs", "bun", "deno", "tsx", "service", "uvicorn", "gunicorn", "hypercorn", "cargo", "dotnet",
}

test_every_manager_is_hinted if {
	named := {name | some name, _ in object.union(manager._kinds, manager._fixed)} - _plain
	{name | some name in named; not manager.hinted(concat(" ", [name, "start"]))} == set()
	{name |
		some name in (manager._node_programs - _plain)
		not manager.hinted(concat(" ", ["node", name, "start"]))
	} == set()
}

test_every_manager_image_is_hinted if {
	refs := {concat("/", [owner, name]) | some owner, names in manager._known_images; some name, _ in names}
	others := {"phusion/passenger-x", "linuxserver/x", "hassio-addons/x", "homeassistant/x-base", "home-assistant/x-base"}
	{ref | some ref in ((refs | others) | {"x/systemd-x", "x/ubi9-init"}); not manager.hinted(ref)} == set()
}

test_every_program_that_watches_is_hinted if {
	every line in [
		"node --watch x.js", "bun --hot x", "nest start -w", "tsx watch x", "deno run --watch x", "service cron start",
		"cargo watch", "dotnet watch run", "gunicorn --reload a:b", "uvicorn a:b --reload", "hypercorn --reload a:b",
	] {
		manager.hinted(line)
	}
}

test_what_is_not_hinted if {
	every line in [
		"node server.js --port 80", "shop/web:1 python app.py", "nginx -g daemon off;", "svc nfs godot -c nest.conf x",
		"uvicorn a:b", "cargo run",
	] {
		not manager.hinted(line)
	}
}
