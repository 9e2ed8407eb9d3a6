# METADATA
# scope: package
# title: Base images
# description: |
#   Knows the images that bring a process manager, by their reference alone. It knows nothing of Dockerfiles and of what
#   a manager does.
package lib.onelayer.base_images

# METADATA
# description: |
#   {name, cmd} of the manager that a base image brings and starts, for a reference with or without registry, tag and
#   digest; cmd is what a child image without an own command runs, [] when that is not known. Undefined for every other
#   image; a name that merely contains "pm2" proves nothing.
of(ref) := object.union({"cmd": []}, base) if {
	is_string(ref)
	bare := regex.replace(regex.replace(lower(trim_space(ref)), `@.*$`, ""), `:[^/]*$`, "")
	segments := split(bare, "/")
	last := count(segments) - 1
	last > 0
	base := _base(segments[last - 1], segments[last])
}

_base(owner, name) := known[owner][name] if {
	known[owner][name]
} else := {"name": "passenger", "cmd": ["/sbin/my_init"]} if {
	owner == "phusion"
	startswith(name, "passenger-")
} else := {"name": "s6", "cmd": ["/init"]} if {
	owner in {"linuxserver", "hassio-addons"}
} else := {"name": "s6", "cmd": ["/init"]} if {
	owner in {"homeassistant", "home-assistant"}
	regex.match(`-base(?:-[a-z]+)?$`, name)
} else := {"name": "systemd", "cmd": ["/sbin/init"]} if {
	regex.match(`^(?:systemd(?:-.*)?|.*-systemd|ubi\d*-init)$`, name)
}

# METADATA
# description: The images that are known by owner and name, as {name, cmd?}.
known := {
	"keymetrics": {
		"pm2": {"name": "pm2", "cmd": ["pm2-runtime", "start", "pm2.json"]},
		"pm2-docker-alpine": {"name": "pm2", "cmd": ["pm2-runtime", "start", "pm2.json"]},
	},
	"thinhhv": {"pm2": {"name": "pm2"}},
	"shanelau": {"pm2-docker": {"name": "pm2"}},
	"really": {"node-pm2-git": {"name": "pm2"}},
	"phusion": {
		"baseimage": {"name": "my_init", "cmd": ["/sbin/my_init"]},
		"baseimage-docker": {"name": "my_init", "cmd": ["/sbin/my_init"]},
	},
	"strongloop": {"strong-pm": {"name": "strong-pm"}},
	"crazymax": {"alpine-s6": {"name": "s6", "cmd": ["/init"]}},
	"discourse": {"base": {"name": "runit"}},
	"gitlab": {"gitlab-ce": {"name": "runit"}, "gitlab-ee": {"name": "runit"}},
}
