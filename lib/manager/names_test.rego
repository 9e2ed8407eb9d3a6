package lib.onelayer.manager_test

import data.lib.onelayer.base_images
import data.lib.onelayer.manager

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
	refs := {concat("/", [owner, name]) | some owner, names in base_images.known; some name, _ in names}
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
