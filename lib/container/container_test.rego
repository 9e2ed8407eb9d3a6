package lib.onelayer.container_test

import data.lib.onelayer.container

_image(source, spec) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "img", "annotations": {"onelayer.dev/source": source}},
	"spec": spec,
}

_list_form(cmd, words) := {"cmd": cmd, "json": true, "value": words}

_text_form(cmd, text) := {"cmd": cmd, "json": false, "value": [text]}

_from(ref) := _text_form("from", ref)

_dockerfile(instructions) := {
	"refs": ["shop/api:1"],
	"assumedRefs": ["shop/guess"],
	"dockerfile": array.concat([_from("node:20")], instructions),
}

_entry_and_cmd := _image("Dockerfile", _dockerfile([
	_list_form("entrypoint", ["node"]),
	_list_form("cmd", ["server.js"]),
]))

_inventory(img) := {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"img": img}}}}

_pod(container) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "api"},
	"spec": {"containers": [object.union({"name": "main", "image": "shop/api:1"}, container)]},
}

_compose(source, service) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Compose",
	"metadata": {"name": "shop", "annotations": {"onelayer.dev/source": source}},
	"spec": {"services": {"web": service, "odd": null}},
}

_text(words) := [word.v | some word in words]

_records(obj, img) := found if {
	found := container.records with input as obj with data.inventory as _inventory(img)
}

_only(obj, img) := found[0] if {
	found := _records(obj, img)
	count(found) == 1
}

_alone(source, files) := [[record.label, record.path, _text(record.command.words)] |
	some record in found
] if {
	found := container.records with input as _image(source, {"files": files})
}

_severities(record) := [container.severity(record, wanted) | some wanted in ["error", "warning", "info"]]

_strict(record) := found if {
	found := _severities(record) with data.lib.onelayer.config as {"strict": true}
}

test_kinds if {
	container.kinds & {"/Pod", "apps/Deployment", "onelayer.dev/Image", "onelayer.dev/Compose", "/Service"} == {
		"/Pod",
		"apps/Deployment",
		"onelayer.dev/Image",
		"onelayer.dev/Compose",
	}
}

test_manifest_over_image if {
	cases := [
		{"container": {}, "words": ["node", "server.js"]},
		{"container": {"command": ["python"]}, "words": ["python"]},
		{"container": {"command": ["python"], "args": ["a.py", 3]}, "words": ["python", "a.py", "3"]},
		{"container": {"args": ["other.js"]}, "words": ["node", "other.js"]},
		{"container": {"command": "text", "args": []}, "words": ["node", "server.js"]},
	]
	every case in cases {
		_text(_only(_pod(case.container), _entry_and_cmd).command.words) == case.words
	}
}

test_image_without_one_of_the_two if {
	without_entry := _image("Dockerfile", _dockerfile([_list_form("cmd", ["node", "a.js"])]))
	_text(_only(_pod({}), without_entry).command.words) == ["node", "a.js"]
	without_cmd := _image("Dockerfile", _dockerfile([_list_form("entrypoint", ["node", "b.js"])]))
	_text(_only(_pod({}), without_cmd).command.words) == ["node", "b.js"]
	in_a_shell := _image("Dockerfile", _dockerfile([
		_list_form("cmd", ["ignored"]),
		_text_form("entrypoint", "node c.js"),
	]))
	_text(_only(_pod({}), in_a_shell).command.words) == ["/bin/sh", "-c", "node c.js"]
}

test_unknown_images if {
	unknown := _only(_pod({"image": "other:2"}), _entry_and_cmd)
	[unknown.image, unknown.image_ref, unknown.bases, unknown.command.words] == [null, "other:2", ["other:2"], []]
	none := container.records with input as _pod({"image": ["odd"]})
	[[record.image_ref, record.command.words] | some record in none] == [["", []]]
	bare := container.records with input as {
		"apiVersion": "v1", "kind": "Pod",
		"metadata": {"name": "x"},
		"spec": {"containers": [{}]},
	}
	[[record.name, record.image_ref, record.processes] | some record in bare] == [["", "", []]]
}

test_well_known_image if {
	record := _only(_pod({"image": "keymetrics/pm2:18"}), _entry_and_cmd)
	path := ["spec", "containers", 0, "image"]
	record.command.words == [
		{"v": "pm2-runtime", "path": path, "from": "manifest"},
		{"v": "start", "path": path, "from": "manifest"},
		{"v": "pm2.json", "path": path, "from": "manifest"},
	]
}

test_labels_and_roles if {
	pod := {
		"apiVersion": "batch/v1",
		"kind": "Job",
		"metadata": {"name": "once"},
		"spec": {"template": {"spec": {
			"containers": [{"name": "a"}],
			"initContainers": [{"name": "b"}, {"name": "c", "restartPolicy": "Always"}],
			"ephemeralContainers": [{"name": "d"}],
		}}},
	}
	found := container.records with input as pod
	[[record.label, record.role, record.job] | some record in found] == [
		[`container "a"`, "main", true],
		[`init container "b"`, "init", true],
		[`sidecar "c"`, "sidecar", true],
		[`ephemeral container "d"`, "ephemeral", true],
	]
}

test_variables_of_the_manifest if {
	record := _only(
		_pod({
			"command": ["$(RUN)", "$(MISSING)", "$(SECRET)"],
			"env": [
				{"name": "RUN", "value": "first"},
				{"name": "RUN", "value": "node"},
				{"name": "SECRET", "valueFrom": {"secretKeyRef": {}}},
				{"name": "EMPTY", "value": null},
			],
		}),
		_entry_and_cmd,
	)
	_text(record.command.words) == ["node", "$(MISSING)", "$(SECRET)"]
	record.command.env == {"RUN": "node"}
	path := ["spec", "containers", 0, "env"]
	record.env == {
		"RUN": {"value": "node", "path": array.concat(path, [1]), "from": "manifest"},
		"EMPTY": {"value": null, "path": array.concat(path, [3]), "from": "manifest"},
		"SECRET": {"value": null, "path": array.concat(path, [2]), "from": "manifest"},
	}
}

test_variables_of_the_image if {
	img := _image("Dockerfile", _dockerfile([{"cmd": "env", "value": ["A", "1", "=", "B", "2", "="]}]))
	record := _only(_pod({"env": [{"name": "B", "value": "3"}]}), img)
	record.command.env == {"A": "1", "B": "3"}
	record.env == {
		"A": {"value": "1", "path": ["spec", "dockerfile", 1, "value", 1], "from": "image"},
		"B": {"value": "3", "path": ["spec", "containers", 0, "env", 0], "from": "manifest"},
	}
}

test_working_folder if {
	img := _image("Dockerfile", _dockerfile([_text_form("workdir", "/app")]))
	_only(_pod({}), img).command.workdir == "/app"
	_only(_pod({"workingDir": "/srv"}), img).command.workdir == "/srv"
	_only(_compose("compose.yaml", {"image": "shop/api:1", "working_dir": "/opt"}), img).command.workdir == "/opt"
}

test_services if {
	cases := [
		{"service": {}, "words": ["node", "server.js"]},
		{"service": {"command": "run 'two words'"}, "words": ["node", "run", "two words"]},
		{"service": {"command": ["run", 8080]}, "words": ["node", "run", "8080"]},
		{"service": {"entrypoint": "python -m web"}, "words": ["python", "-m", "web"]},
		{"service": {"entrypoint": ["python"], "command": ["a.py"]}, "words": ["python", "a.py"]},
		{"service": {"entrypoint": {"odd": true}, "command": []}, "words": ["node"]},
	]
	every case in cases {
		record := _only(_compose("compose.yaml", object.union({"image": "shop/api:1"}, case.service)), _entry_and_cmd)
		_text(record.command.words) == case.words
		[record.label, record.role, record.path] == [`service "web"`, "service", ["spec", "services", "web"]]
	}
}

test_service_that_is_built if {
	img := object.union(_entry_and_cmd, {"spec": {"refs": ["compose.onelayer.dev/shop/web"]}})
	record := _only(_compose("compose.yaml", {"image": "other:3"}), img)
	_text(record.command.words) == ["node", "server.js"]
	record.image == img
	record.processes == []
	[process.argv | some process in record.all_processes] == [["node", "server.js"]]
}

test_service_environment if {
	as_object := _only(_compose("compose.yaml", {"environment": {"A": "1", "B": 2, "C": null}}), _entry_and_cmd)
	path := ["spec", "services", "web", "environment"]
	as_object.env == {
		"A": {"value": "1", "path": array.concat(path, ["A"]), "from": "manifest"},
		"B": {"value": "2", "path": array.concat(path, ["B"]), "from": "manifest"},
		"C": {"value": null, "path": array.concat(path, ["C"]), "from": "manifest"},
	}
	as_list := _only(_compose("compose.yaml", {"environment": ["A=0", "A=x=y", "B"]}), _entry_and_cmd)
	as_list.env == {
		"A": {"value": "x=y", "path": array.concat(path, [1]), "from": "manifest"},
		"B": {"value": null, "path": array.concat(path, [2]), "from": "manifest"},
	}
	as_list.command.env == {"A": "x=y"}
	_only(_compose("compose.yaml", {"environment": "odd"}), _entry_and_cmd).env == {}
}

test_split_words if {
	cases := {
		"": [],
		`a  b`: ["a", "b"],
		`sh -c "exec node a.js"`: ["sh", "-c", "exec node a.js"],
		`a\ b 'c d'e`: ["a b", "c de"],
	}
	every text, words in cases {
		container.split_words(text) == words
	}
}

test_an_image_by_itself if {
	found := container.records with input as _entry_and_cmd with data.inventory as _inventory(_entry_and_cmd)
	[[record.label, record.role, record.path, record.job, _text(record.command.words)] | some record in found] == [[
		"image Dockerfile",
		"image",
		["spec", "dockerfile", 0],
		false,
		["node", "server.js"],
	]]
	[container.related(record) | some record in found] == [[]]
}

test_the_label_of_an_image_far_away if {
	source := "services/shop/backend/orders/container/Dockerfile"
	labels := {record.label | some record in _records(_image(source, _dockerfile([])), null)}
	labels == {"image ...ices/shop/backend/orders/container/Dockerfile"}
}

test_an_image_that_only_jobs_run if {
	job := {
		"apiVersion": "batch/v1",
		"kind": "Job",
		"metadata": {"name": "once", "namespace": "shop"},
		"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "shop/api:1"}]}}},
	}
	jobs := {"shop": {"batch/v1": {"Job": {"once": job}}}}
	inventory := object.union(_inventory(_entry_and_cmd), {"namespace": jobs})
	found := container.records with input as _entry_and_cmd with data.inventory as inventory
	[record.job | some record in found] == [true]
	related := container.related(found[0]) with data.inventory as inventory
	related == [{
		"note": "Job once runs this image",
		"object": {"apiVersion": "batch/v1", "kind": "Job", "namespace": "shop", "name": "once"},
		"path": ["spec", "template", "spec", "containers", 0, "image"],
	}]
	mixed := object.union(inventory, {"cluster": {"onelayer.dev/v1alpha1": {"Compose": {"shop": _compose(
		"compose.yaml",
		{"image": "shop/api:1"},
	)}}}})
	both := container.records with input as _entry_and_cmd with data.inventory as mixed
	[record.job | some record in both] == [false]
	container.related(_only(_pod({}), _entry_and_cmd)) == []
}

test_standalone_files if {
	_alone("ecosystem.config.js", {"ecosystem.config.js": {"ecosystem": {"apps": []}}}) == [[
		"image ecosystem.config.js",
		["spec", "files", "ecosystem.config.js", "ecosystem"],
		["pm2-runtime", "start", "ecosystem.config.js"],
	]]
	_alone("web/package.json", {"package.json": {"packageJSON": {}}, "a.sh": {"script": []}}) == [[
		"image web/package.json",
		["spec", "files", "package.json", "packageJSON"],
		["npm", "start"],
	]]
	_alone("elsewhere", {"supervisord.conf": {"supervisor": {}}}) == [[
		"image elsewhere",
		["spec", "files", "supervisord.conf", "supervisor"],
		["supervisord", "-n", "-c", "supervisord.conf"],
	]]
	_alone("start.sh", {"start.sh": {"script": ["node a.js"]}}) == [[
		"image start.sh",
		["spec", "files", "start.sh", "script", 0],
		["/bin/sh", "/start.sh"],
	]]
	_alone("Procfile", {"Procfile": {"procfile": {"web": "node a.js", "worker": "node b.js"}}}) == [
		["image Procfile", ["spec", "files", "Procfile", "procfile", "web"], ["/bin/sh", "-c", "node a.js"]],
		["image Procfile", ["spec", "files", "Procfile", "procfile", "worker"], ["/bin/sh", "-c", "node b.js"]],
	]
	_alone("odd.txt", {"odd.txt": {"unknown": true}}) == []
	_alone("none", {"a": {"script": []}, "b": {"script": []}}) == []
}

test_development_files if {
	cases := {
		"Dockerfile": false,
		"services/device/Dockerfile": false,
		".devcontainer/Dockerfile": true,
		"Dockerfile.dev": true,
		"web/Development.Dockerfile": true,
		"containerfile_local": true,
	}
	every source, expected in cases {
		found := container.records with input as _image(source, _dockerfile([]))
		[record.development | some record in found] == [expected]
	}
	_only(_compose("compose.override.yaml", {}), _entry_and_cmd).development == true
	_only(_compose("docker-compose-dev.base.yml", {}), _entry_and_cmd).development == true
	_only(_compose("compose.yaml", {}), _entry_and_cmd).development == false
}

test_development_of_the_image if {
	_only(_pod({}), _image("Dockerfile.dev", _dockerfile([]))).development == true
	_only(_pod({}), _image("Dockerfile", object.union(_dockerfile([]), {"target": "dev"}))).development == true
	_only(_pod({"env": [{"name": "NODE_ENV", "value": "Development"}]}), _entry_and_cmd).development == true
	_only(_pod({"env": [{"name": "NODE_ENV", "value": "production"}]}), _entry_and_cmd).development == false
}

test_severity if {
	_severities(_only(_pod({}), _entry_and_cmd)) == ["error", "warning", "info"]
	assumed := _only(_pod({"image": "shop/guess"}), _entry_and_cmd)
	_severities(assumed) == ["warning", "warning", "info"]
	_severities(_only(_pod({"image": "shop/guess", "command": ["x"]}), _entry_and_cmd)) == ["error", "warning", "info"]
	alone := container.records with input as _image("Procfile", {"files": {"Procfile": {"procfile": {"web": "node a"}}}})
	[_severities(record) | some record in alone] == [["warning", "warning", "info"]]
	development := _only(_pod({"env": [{"name": "NODE_ENV", "value": "dev"}]}), _entry_and_cmd)
	_severities(development) == ["warning", "info", "info"]
	_strict(development) == ["error", "warning", "info"]
}

test_answerable if {
	[_only(_pod({}), _entry_and_cmd).processes, count(_only(_pod({}), _entry_and_cmd).all_processes)] == [[], 1]
	[process.argv | some process in _only(_pod({"args": ["a.js"]}), _entry_and_cmd).processes] == []
	[process.argv | some process in _only(_pod({"command": ["a"]}), _entry_and_cmd).processes] == [["a"]]
	review := {"review": {"object": _pod({})}}
	[process.argv | some process in _only(review, _entry_and_cmd).processes] == [["node", "server.js"]]
}

_with_file := _image("Dockerfile", object.union(
	_dockerfile([{"cmd": "copy", "value": ["start.sh", "/start.sh"]}, _list_form("cmd", ["/start.sh"])]),
	{"files": {"start.sh": {"script": ["#!/bin/sh", "exec node a.js"]}}},
))

test_process_of_a_file_that_the_manifest_leads_to if {
	record := _only(_pod({"command": ["/start.sh"]}), _with_file)
	[[process.argv, process.from, container.place(record, process.path)] | some process in record.processes] == [[
		["node", "a.js"],
		"image",
		["spec", "containers", 0, "command", 0],
	]]
}

test_places if {
	workload := _only(_pod({}), _with_file)
	inside := ["spec", "files", "start.sh", "script", 1]
	container.place(workload, inside) == ["spec", "containers", 0, "image"]
	container.place(workload, array.concat(workload.path, ["env", 0])) == array.concat(workload.path, ["env", 0])
	service := _only(_compose("compose.yaml", {"build": "."}), _with_file)
	container.place(service, inside) == ["spec", "services", "web"]
	found := container.records with input as _with_file
	container.place(found[0], inside) == inside
}

test_place_of_an_inline_file if {
	img := _image("Dockerfile", _dockerfile([
		{
			"cmd": "copy",
			"value": ["EOF", "/start.sh"],
			"heredocs": [{"name": "EOF", "content": "#!/bin/sh\nexec node a.js\n", "expand": false}],
		},
		_list_form("cmd", ["/start.sh"]),
	]))
	found := container.records with input as img
	[[process.argv, container.place(record, process.path)] | some record in found; some process in record.processes] == [[
		["node", "a.js"],
		["spec", "dockerfile", 1, "value", 0],
	]]
}

test_evidence if {
	chain := {"chain": [
		{"note": "in the image", "path": ["spec", "files", "a"]},
		{"note": "in the manifest", "path": ["spec", "containers", 0, "command", 0]},
		{"note": "nowhere", "path": []},
	]}
	container.evidence(_only(_pod({}), _with_file), chain) == [
		{"note": "in the image"},
		{"note": "in the manifest", "path": ["spec", "containers", 0, "command", 0]},
		{"note": "nowhere"},
	]
	found := container.records with input as _with_file
	container.evidence(found[0], chain) == [
		{"note": "in the image", "path": ["spec", "files", "a"]},
		{"note": "in the manifest", "path": ["spec", "containers", 0, "command", 0]},
		{"note": "nowhere"},
	]
}
