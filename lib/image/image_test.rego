package lib.onelayer.image_test

import data.lib.onelayer.image

_from(value) := {"cmd": "from", "value": value}

_exec(cmd, value) := {"cmd": cmd, "json": true, "value": value}

_shell(cmd, text) := {"cmd": cmd, "json": false, "value": [text]}

_fold(instructions) := image.fold({"spec": {"dockerfile": instructions}}, {})

_argv(command) := [word.v | some word in command.words]

test_last_command_wins_with_the_place_of_each_word if {
	folded := _fold([_from(["node:22"]), _exec("cmd", ["node", "a.js"]), _exec("cmd", ["node", "b.js"])])
	folded.cmd == {"shell": false, "path": ["spec", "dockerfile", 2, "value", 0], "words": [
		{"v": "node", "path": ["spec", "dockerfile", 2, "value", 0], "from": "image"},
		{"v": "b.js", "path": ["spec", "dockerfile", 2, "value", 1], "from": "image"},
	]}
	folded.entrypoint == null
	folded.known
	folded.bases == ["node:22"]
	folded.base_path == ["spec", "dockerfile", 0]
}

test_shell_form_uses_the_shell_before_it if {
	folded := _fold([_from(["node"]), _exec("shell", ["/bin/bash", "-ec"]), _shell("cmd", "npm start")])
	folded.cmd.shell
	_argv(folded.cmd) == ["/bin/bash", "-ec", "npm start"]
	_argv(_fold([_from(["node"]), _shell("cmd", "npm start")]).cmd) == ["/bin/sh", "-c", "npm start"]
}

test_entrypoint_of_a_later_stage_clears_the_command if {
	cleared := _fold([
		_from(["node", "AS", "base"]), _exec("cmd", ["pm2-runtime", "x"]),
		_from(["base"]), _exec("entrypoint", ["node"]),
	])
	cleared.cmd == null
	_argv(cleared.entrypoint) == ["node"]
	kept := _fold([_from(["node"]), _exec("cmd", ["a.js"]), _exec("entrypoint", ["node"])])
	_argv(kept.cmd) == ["a.js"]
}

test_stage_chosen_by_argument_and_target if {
	instructions := [
		{"cmd": "arg", "value": ["KIND=runtime"]},
		_from(["node", "as", "plain"]), _exec("cmd", ["node", "."]),
		_from(["plain", "as", "runtime"]), _exec("cmd", ["pm2-runtime", "."]),
		_from(["${KIND}"]),
	]
	_argv(_fold(instructions).cmd) == ["pm2-runtime", "."]
	targeted := image.fold({"spec": {"dockerfile": instructions, "target": "Plain"}}, {})
	_argv(targeted.cmd) == ["node", "."]
	absent := image.fold({"spec": {"dockerfile": instructions, "target": "none"}}, {})
	_argv(absent.cmd) == ["pm2-runtime", "."]
}

test_list_that_is_no_json if {
	folded := _fold([_from(["node"]), _shell("cmd", "['pm2-runtime','app.js']")])
	_argv(folded.cmd) == ["pm2-runtime", "app.js"]
	_argv(_fold([_from(["node"]), _exec("cmd", ["pm2 start app.js"])]).cmd) == ["pm2", "start", "app.js"]
	_fold([_from(["node"]), _exec("cmd", [])]).cmd == null
}

test_environment if {
	folded := _fold([
		{"cmd": "arg", "value": ["TAG=9"]},
		_from(["node"]),
		{"cmd": "arg", "value": ["TAG", "EXTRA='x y'"]},
		{"cmd": "env", "value": ["A", "1", "=", "B", "\"$A/$TAG\"", "=", "A", "2", "="]},
		{"cmd": "env", "value": ["OLD", "style"]},
		{"cmd": "env", "value": ["KEY", "***", "="]},
	])
	folded.env == {"A": "2", "B": "2/9", "OLD": "style", "TAG": "9", "EXTRA": "x y"}
	folded.env_paths == {
		"A": ["spec", "dockerfile", 3, "value", 7],
		"B": ["spec", "dockerfile", 3, "value", 4],
		"OLD": ["spec", "dockerfile", 4, "value", 1],
		"KEY": ["spec", "dockerfile", 5, "value", 1],
	}
}

test_argument_handed_to_its_namesake if {
	folded := _fold([
		_from(["node"]),
		{"cmd": "arg", "value": ["RUNNER=pm2-runtime"]},
		{"cmd": "env", "value": ["RUNNER", "$RUNNER", "=", "OTHER", "${OTHER}", "="]},
	])
	folded.env == {"RUNNER": "pm2-runtime", "OTHER": "${OTHER}"}
}

test_workdir if {
	_fold([_from(["node"]), _shell("workdir", "/app"), _shell("workdir", "api/")]).workdir == "/app/api"
	_fold([_from(["node"]), _shell("workdir", "/app"), _shell("workdir", "/srv")]).workdir == "/srv"
	_fold([_from(["node"])]).workdir == ""
}

test_copies if {
	folded := _fold([
		_from(["node", "as", "build"]), _shell("workdir", "/src"),
		{"cmd": "copy", "value": [".", "."]},
		_from(["node"]), _shell("workdir", "/app"),
		{"cmd": "copy", "value": ["./package.json", "yarn.lock", "./"]},
		{"cmd": "copy", "value": ["/docker/start.sh", "/start.sh"]},
		{"cmd": "add", "value": ["https://example.com/x", "/x"]},
		{"cmd": "copy", "flags": ["--from=build"], "value": ["/src/dist", "dist"]},
		{"cmd": "copy", "flags": ["--from=0"], "value": ["/src", "/copy"]},
		{"cmd": "copy", "flags": ["--from=elsewhere"], "value": ["/a", "/b"]},
		{"cmd": "copy", "value": ["alone"]},
	])
	folded.copies == [
		{"src": "package.json", "dest": "/app/"},
		{"src": "yarn.lock", "dest": "/app/"},
		{"src": "docker/start.sh", "dest": "/start.sh"},
		{"src": "dist", "dest": "/app/dist"},
		{"src": "", "dest": "/copy/"},
	]
}

test_copies_through_two_stages if {
	folded := _fold([
		_from(["node", "as", "one"]), {"cmd": "copy", "value": ["api", "/one/api"]},
		_from(["node", "as", "two"]), {"cmd": "copy", "flags": ["--from=one"], "value": ["/one", "/two"]},
		_from(["node"]), {"cmd": "copy", "flags": ["--from=two"], "value": ["/two/api", "/app"]},
		{"cmd": "copy", "flags": ["--from=two"], "value": ["/other", "/x"]},
	])
	folded.copies == [{"src": "api", "dest": "/app"}]
}

test_files_written_by_the_image_itself if {
	folded := _fold([
		_from(["node"]), _shell("workdir", "/app"),
		_shell("run", `echo '#!/bin/sh' > start.sh && echo "exec node x" >> /app/start.sh`),
		{"cmd": "run", "value": ["cat <<EOF > /run.sh"], "heredocs": [{"name": "EOF", "content": "node y\n"}]},
		{"cmd": "copy", "value": ["<<EOF", "/go.sh"], "heredocs": [{"name": "EOF", "content": "node z"}]},
		{"cmd": "run", "value": ["<<EOF"], "heredocs": [{"name": "EOF", "content": "id\necho 'node h' > /here.sh\n"}]},
		{"cmd": "run", "value": ["python <<EOF"], "heredocs": [{"name": "EOF", "content": "echo 'node h' > /no.sh\n"}]},
	])
	folded.inline == {
		"/app/start.sh": {"script": ["#!/bin/sh", "exec node x"], "at": ["spec", "dockerfile", 2, "value", 0]},
		"/run.sh": {"script": ["node y", ""], "at": ["spec", "dockerfile", 3, "value", 0]},
		"/go.sh": {"script": ["node z"], "at": ["spec", "dockerfile", 4, "value", 0]},
		"/here.sh": {"script": ["node h"], "at": ["spec", "dockerfile", 5, "value", 0]},
	}
}

test_odd_instructions if {
	folded := _fold([_from(["node"]), {"cmd": "copy", "value": ["a", "b", "/data"]}, {"cmd": "run"}])
	folded.copies == [{"src": "a", "dest": "/data/"}, {"src": "b", "dest": "/data/"}]
	folded.runs == [{"text": "", "path": ["spec", "dockerfile", 2], "heredocs": []}]
}

test_runs_healthcheck_user_and_signal if {
	folded := _fold([
		_from(["node"]),
		{"cmd": "run", "value": ["npm i -g pm2"], "heredocs": ["odd"]},
		{"cmd": "healthcheck", "sub": "CMD", "json": true, "value": ["pm2", "ping"]},
		_shell("user", "node"),
		_shell("stopsignal", "SIGINT"),
	])
	folded.runs == [{"text": "npm i -g pm2", "path": ["spec", "dockerfile", 1, "value", 0], "heredocs": []}]
	_argv(folded.healthcheck) == ["pm2", "ping"]
	folded.user == "node"
	folded.stopsignal == "SIGINT"
	_fold([_from(["node"]), {"cmd": "healthcheck", "sub": "NONE", "value": []}]).healthcheck == null
}

test_base_among_the_images if {
	base := {"spec": {"dockerfile": [_from(["grand"]), _exec("cmd", ["pm2-docker", "process.yml"])]}}
	grand := {"spec": {"dockerfile": [_from(["scratch"]), _shell("workdir", "/w"), _exec("entrypoint", ["/tini", "--"])]}}
	child := {"spec": {"dockerfile": [_from(["shop/base:1"])]}}
	folded := image.fold(child, {"shop/base:1": base, "grand:latest": grand})
	folded.cmd == {"shell": false, "path": ["spec", "dockerfile", 0], "words": [
		{"v": "pm2-docker", "path": ["spec", "dockerfile", 0], "from": "image"},
		{"v": "process.yml", "path": ["spec", "dockerfile", 0], "from": "image"},
	]}
	_argv(folded.entrypoint) == ["/tini", "--"]
	folded.workdir == "/w"
	folded.bases == ["shop/base:1", "grand"]
}

test_well_known_base if {
	folded := _fold([_from(["keymetrics/pm2:latest-alpine"])])
	_argv(folded.cmd) == ["pm2-runtime", "start", "pm2.json"]
	folded.known
	_argv(image.reference("keymetrics/pm2").cmd) == ["pm2-runtime", "start", "pm2.json"]
	image.reference("nginx").known == false
	image.reference("").bases == [""]
}

test_built_configuration_wins if {
	img := {"spec": {
		"dockerfile": [_from(["node"]), _exec("cmd", ["pm2-runtime"])],
		"config": {"Cmd": ["node", 3], "Entrypoint": [], "WorkingDir": "/app", "User": 1000},
	}}
	folded := image.fold(img, {})
	folded.cmd.words == [
		{"v": "node", "path": ["spec", "config", "Cmd", 0], "from": "image"},
		{"v": "3", "path": ["spec", "config", "Cmd", 1], "from": "image"},
	]
	folded.entrypoint == null
	folded.workdir == "/app"
	folded.user == "1000"
}

test_nothing_known if {
	image.fold({"spec": {"files": {}}}, {}).known == false
	_fold([]).known == false
	_fold(["odd", {"cmd": "run"}, _from([])]).known == false
	_fold([_from(["scratch"])]).base == ""
}

test_standalone if {
	image.standalone({"spec": {"files": {}}})
	image.standalone({"spec": {"dockerfile": []}}) == false
	image.standalone({"spec": {"config": {}}}) == false
}

test_normal if {
	image.normal("docker.io/library/node") == "node:latest"
	image.normal("registry:5000/a/b") == "registry:5000/a/b:latest"
	image.normal("a/b:1@sha256:00") == "a/b:1"
}

test_expand if {
	vars := {"A": "1", "B": ""}
	image.expand("plain", vars) == "plain"
	image.expand("$A-${A}-${C:-d}-${C}-${A:+yes}-${C:+no}-$C", vars) == "1-1-d-${C}-yes-${C:+no}-$C"
}
