package lib.onelayer.policies.process.manager_image_test

import data.lib.onelayer.config
import data.lib.onelayer.policies.process.manager_image
import data.lib.onelayer.prepared

_all := {[found.id, found.severity, found.path] | some found in manager_image.violation}

_id := "process/manager-image"

_deployment(container) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "api", "namespace": "shop"},
	"spec": {"template": {"spec": {"containers": [object.union({"name": "api", "image": "shop/api:1.0"}, container)]}}},
}

_joined(img) := {
	"images": {"shop/api:1.0": [{"name": "api", "assumed": false}]},
	"bases": {"shop/api:1.0": img},
	"consumers": {},
	"autoscalers": {},
	"mesh": false,
}

_built(base) := {
	"apiVersion": "onelayer.dev/v1alpha1",
	"kind": "Image",
	"metadata": {"name": "api", "annotations": {"onelayer.dev/source": "Dockerfile"}},
	"spec": {"files": {}, "dockerfile": [{
		"cmd": "from",
		"sub": "",
		"json": false,
		"flags": [],
		"value": [base],
		"heredocs": [],
		"stage": 0,
	}]},
}

_place := "spec.template.spec.containers[0].image"

test_containers if {
	every ref in ["keymetrics/pm2:18-alpine", "docker.io/phusion/baseimage:noble", "lscr.io/linuxserver/nginx"] {
		_all == {[_id, "warning", _place]} with input as _deployment({"image": ref})
	}
	every ref in ["node:22", "example.com/air/pm25:1", "pm2:1"] {
		_all == set() with input as _deployment({"image": ref})
	}
}

test_images if {
	_all == {[_id, "warning", "spec.dockerfile[0]"]} with input as _built("keymetrics/pm2:18")
	_all == set() with input as _built("node:22")
	_all == set() with input as _deployment({}) with prepared as _joined(_built("keymetrics/pm2:18"))
}

test_allowed_managers if {
	settings := {"rules": {_id: {"parameters": {"allowed_managers": ["s6"]}}}}
	_all == set() with input as _deployment({"image": "linuxserver/nginx"}) with config as settings
	_all == {[_id, "warning", _place]} with input as _deployment({"image": "keymetrics/pm2"}) with config as settings
}

test_what_the_finding_says if {
	found := manager_image.violation with input as _deployment({"image": "keymetrics/pm2:18"})
	{[item.msg, item.related] | some item in found} == {[
		concat("", [
			"process/manager-image: container \"api\" is built on keymetrics/pm2:18, a base image of pm2; ",
			"use the plain runtime image",
		]),
		[],
	]}
}
