package lib.onelayer.base_images_test

import data.lib.onelayer.base_images

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
	{ref: base | some ref, _ in wants; base := base_images.of(ref)} == wants
}

test_ordinary_images if {
	every ref in [
		"node:20", "keymetrics", "acme/pm2-service", "acme/my-pm2", "phusion/other", "homeassistant/home-assistant:stable",
		"${BASE}", "", null, 3, "nginx@sha256:abc",
	] {
		not base_images.of(ref)
	}
}
