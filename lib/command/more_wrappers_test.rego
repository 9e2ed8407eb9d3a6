package lib.onelayer.command_test

import data.lib.onelayer.command

_of_line(line) := [_brief(process) | some process in command.run(_spec(split(line, " "), {})).processes]

_of_text(line, text) := [_brief(process) |
	some process in command.run(_spec(array.concat(split(line, " "), [text]), {})).processes
]

test_wrappers_that_replace_themselves if {
	cases := {
		"asdf": "asdf exec", "nodenv": "nodenv exec", "rbenv": "rbenv exec", "pyenv": "pyenv exec",
		"direnv": "direnv exec .", "n": "n exec 20", "mise": "mise exec node@20 --", "rtx": "rtx x --",
		"rye": "rye run", "chroot": "chroot --userspec=a:b /srv", "unshare": "unshare -r -w /srv --",
		"prlimit": "prlimit --nofile=9",
		"softlimit": "softlimit -m 100 -o 9", "s6-softlimit": "s6-softlimit -m 9", "envdir": "envdir /env",
		"s6-envdir": "s6-envdir /env", "authbind": "authbind --deep --depth 2", "proxychains": "proxychains -f a",
		"proxychains4": "proxychains4 -q", "eatmydata": "eatmydata --", "fixuid": "fixuid -q",
		"bank-vaults": "bank-vaults env",
		"conjur-env": "conjur-env", "ssm-env": "ssm-env -- ", "dd-trace-run": "dd-trace-run",
		"ddtrace-run": "ddtrace-run", "newrelic-admin": "newrelic-admin run-program",
		"opentelemetry-instrument": "opentelemetry-instrument --traces_exporter console",
	}
	wrong := {name: got |
		some name, line in cases
		got := _of_line(concat(" ", [trim_right(line, " "), "node x"]))
		got != [concat("", ["node x | node node 0 | ", name, " | last"])]
	}
	wrong == {}
}

test_wrappers_that_stay if {
	cases := {
		"volta": "volta run --node 20", "nvm": "nvm exec --silent 20", "fnm": "fnm exec --using 20 --",
		"pdm": "pdm run -p /srv", "conda": "conda run -n web --no-capture-output", "mamba": "mamba run --cwd /srv",
		"micromamba": "micromamba run -p /env", "foreman": "foreman run -e .env", "honcho": "honcho run -f Procfile",
		"forego": "forego run -e .env", "lerna": "lerna exec --scope web --", "faketime": "faketime -f +1d",
		"firejail": "firejail --quiet", "strace": "strace -f -o /tmp/x", "berglas": "berglas exec --local --",
		"teller": "teller run --reset --", "secrethub": "secrethub run --", "hcp": "hcp vault-secrets run --app=a --",
		"dbus-run-session": "dbus-run-session --config-file x --", "datadog-init": "datadog-init",
		"varlock": "varlock run --", "keyway": "keyway run --env prod --", "phase": "phase run --env prod",
	}
	wrong := {name: got |
		some name, line in cases
		got := _of_line(concat(" ", [line, "node x"]))
		got != [concat("", ["node x | node ", name, " 0 | ", name, " | last"])]
	}
	wrong == {}
	_of_line("faketime 2020 node x") == ["node x | node faketime 0 | faketime | last"]
	_of_line("pnpx -p pm2 pm2@5 x") == ["pm2 x | pm2 pnpx 1 | pnpx | last"]
}

test_wrappers_of_a_text if {
	cases := {
		"script": "script -qec", "nix-shell": "nix-shell -p nodejs --run",
		"consul-template": "consul-template -once -exec",
	}
	wrong := {name: got |
		some name, line in cases
		got := _of_text(line, "node x")
		got != [concat("", ["node x | node ", name, " 0 | ", name, " | last"])]
	}
	wrong == {}
}

test_other_commands_of_the_same_tools if {
	every line in [
		"volta install node", "nvm use 20", "asdf install x", "direnv allow .", "mise run web -- x", "chroot /srv",
		"conda install x",
		"foreman start", "honcho start", "lerna run x", "berglas access -- x", "bank-vaults unseal x", "hcp auth -- x",
		"newrelic-admin validate-config x", "phase init x", "script typescript", "nix-shell x.nix", "consul-template -once",
	] {
		words := split(line, " ")
		[process.argv | some process in command.run(_spec(words, {})).processes] == [words]
	}
}

test_options_before_the_subcommand if {
	_of_line("chamber -b s3 exec a -- node x") == ["node x | node node 0 | chamber | last"]
	_of_line("op --account a run --env-file b -- node x") == ["node x | node op 0 | op | last"]
}

test_run_of_a_binary if {
	files := {"package.json": {"packageJSON": {"scripts": {"web": "node web.js"}}}}
	copied := object.union(_spec(["yarn", "run", "pm2-runtime", "x"], files), {"workdir": "/app"})
	[process.argv | some process in command.run(copied).processes] == [["pm2-runtime", "x"]]
	_of_line("bun run --silent pm2-runtime x") == ["pm2-runtime x | pm2-runtime bun 1 | bun | last"]
	own := object.union(copied, {"words": _spec(["yarn", "run", "web"], files).words})
	[process.argv | some process in command.run(own).processes] == [["node", "web.js"]]
	npm := object.union(copied, {"words": _spec(["npm", "run", "pm2-runtime"], files).words})
	[process.name | some process in command.run(npm).processes] == ["npm"]
}
