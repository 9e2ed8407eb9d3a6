package lib.onelayer.policies.process.manager_installed_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.process.manager_installed
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_installed.violation}

_id := "process/manager-installed"

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"template": {"spec": {"containers": [object.union({"name": "api", "image": "shop/api:1.0"}, container)]}}},
}

_step(cmd, json, value) := {
	"cmd": cmd,
	"sub": "",
	"json": json,
	"flags": [],
	"value": value,
	"heredocs": [],
	"stage": 0,
}

_image(files, steps) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "api", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {"files": files, "dockerfile": array.concat([_step("from", false, ["node:22"])], steps)},
}

_joined(img) := {
	"images": {"shop/api:1.0": [{"name": "api", "assumed": false}]},
	"bases": {"shop/api:1.0": img},
	"consumers": {},
	"autoscalers": {},
	"mesh": false,
}

_run(line) := _image({}, [_step("run", false, [line])])

_package(fields) := _image({"package.json": {"packageJSON": fields}}, [_step("cmd", true, ["node", "x.js"])])

_place := "spec.dockerfile[1].value[0]"

test_installations if {
	every line in [
		"npm install -g pm2@6", "npm i -g forever", "yarn global add pm2", "apt-get update && apt-get install supervisor",
		"apk add --no-cache runit", "pip install circus==0.18", "gem install god",
	] {
		_all == {[_id, "warning", _place]} with input as _run(line)
	}
}

test_other_commands if {
	every line in [
		"npm install", "npm install -g nodemon", "npm uninstall -g pm2", "npm ls install pm2x", "npm run pm2 add-on",
		"apt-get remove supervisor", "apt-get install -y tini", "apt-get purge install-info supervisor", "apk del runit",
		"apk del add-on s6", "pip install flask", "pip download install-x circus", "gem install rails",
		"gem uninstall add-x god", "bundle install god", "git add s6 runit", "npm ls --add --pm2",
	] {
		_all == set() with input as _run(line)
	}
}

test_dependencies if {
	place := `spec.files["package.json"].packageJSON.dependencies.pm2`
	_all == {[_id, "warning", place]} with input as _package({"dependencies": {"pm2": "6", "express": "5"}})
	_all == set() with input as _package({"dependencies": {"nodemon": "3"}, "devDependencies": {"pm2": "6"}})
}

test_only_images_that_are_built if {
	alone := {
		"apiVersion": "onelayer.dev/v1alpha1",
		"kind": "Image",
		"metadata": {"name": "x", "annotations": {"onelayer.dev/source": "package.json"}},
		"spec": {"files": {"package.json": {"packageJSON": {"dependencies": {"pm2": "6"}}}}},
	}
	_all == set() with input as alone
	_all == set() with input as _deployment({}) with prepared as _joined(_run("npm install -g pm2"))
	known := _joined(_package({"dependencies": {"pm2": "6"}}))
	_all == set() with input as _deployment({}) with prepared as known
}

test_allowed_managers if {
	settings := {"rules": {_id: {"parameters": {"allowed_managers": ["pm2"]}}}}
	_all == set() with input as _run("npm install -g pm2") with config as settings
	_all == set() with input as _package({"dependencies": {"pm2": "6"}}) with config as settings
	_all == {[_id, "warning", _place]} with input as _run("npm install -g forever") with config as settings
}

test_what_the_findings_say if {
	run := manager_installed.violation with input as _run("npm install -g pm2")
	{[item.msg, item.related] | some item in run} == {[
		sprintf("%s: image Dockerfile installs pm2, which nothing in a container needs; remove it", [_id]),
		[],
	]}
	ships := manager_installed.violation with input as _package({"dependencies": {"pm2": "6"}})
	{[item.msg, item.related] | some item in ships} == {[
		concat("", [
			"process/manager-installed: image Dockerfile ships pm2 as a runtime dependency of package.json; ",
			"remove it or move it to devDependencies",
		]),
		[],
	]}
}
