# METADATA
# scope: package
# title: Images
# description: >-
#   Folds the instructions of a Dockerfile into what the image runs, as the builder does: stages and their
#   inheritance, ARG and ENV, SHELL, the last CMD and ENTRYPOINT, a CMD that a later ENTRYPOINT clears. The
#   configuration of a built image wins over its Dockerfile. An Image without both is a stand-alone process file.
package lib.onelayer.image

import data.lib.onelayer.base_images
import data.lib.onelayer.resource

# METADATA
# description: >-
#   What one Image runs: {entrypoint, cmd, workdir, user, env, base, copies, inline, runs, healthcheck, known}.
#   entrypoint and cmd are null or {words, shell, path}; each word is {v, path, from}. bases maps references to
#   Images, so that a base that is itself in the input is followed, two deep; a well-known base image brings its
#   default command. known is false when nothing tells what the container would start.
fold(img, bases) := folded if {
	first := _own(img)
	second := _inherit(first, _base(first.base, bases))
	third := _inherit(second, _base(second.base, bases))
	folded := object.union(third, {"known": _known(third)})
}

# METADATA
# description: True for an Image that is nothing but a process file judged by itself.
standalone(img) if {
	not img.spec.dockerfile
	not img.spec.config
} else := false

# METADATA
# description: >-
#   An image reference as registries compare it: without docker.io/ and library/, without a digest, with the tag latest
#   where none is given.
normal(ref) := _tagged(trim_prefix(trim_prefix(split(ref, "@")[0], "docker.io/"), "library/"))

# METADATA
# description: Text with the variables replaced that vars knows; an unknown one stays as it is written.
expand(value, vars) := value if {
	not contains(value, "$")
} else := strings.replace_n(_replacements(value, vars), value)

_replacements(value, vars) := {written: replacement |
	some written in regex.find_n(`\$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-+][^}]*)?\}|\$[A-Za-z_][A-Za-z0-9_]*`, value, -1)
	name := regex.find_n(`[A-Za-z_][A-Za-z0-9_]*`, written, 1)[0]
	replacement := _replacement(written, name, vars)
}

_replacement(written, name, vars) := alternative if {
	contains(written, "+")
	vars[name]
	alternative := trim_suffix(regex.replace(written, `^\$\{[A-Za-z0-9_]+:?\+`, ""), "}")
} else := vars[name] if {
	is_string(vars[name])
} else := trim_suffix(regex.replace(written, `^\$\{[A-Za-z0-9_]+:?-`, ""), "}") if {
	regex.match(`^\$\{[A-Za-z0-9_]+:?-`, written)
}

_nothing := {
	"entrypoint": null,
	"cmd": null,
	"workdir": "",
	"user": "",
	"env": {},
	"env_paths": {},
	"base": "",
	"base_path": ["spec"],
	"copies": [],
	"inline": {},
	"runs": [],
	"healthcheck": null,
	"stopsignal": "",
}

_tagged(ref) := ref if {
	contains(regex.replace(ref, `^.*/`, ""), ":")
} else := concat("", [ref, ":latest"])

_own(img) := _from_config(img.spec.config) if {
	is_object(img.spec.config)
} else := _from_dockerfile(img) if {
	is_array(img.spec.dockerfile)
} else := _nothing

_from_config(config) := object.union(_nothing, {
	"entrypoint": _config_command(config, "Entrypoint"),
	"cmd": _config_command(config, "Cmd"),
	"workdir": resource.text(object.get(config, "WorkingDir", "")),
	"user": resource.text(object.get(config, "User", "")),
	"base_path": ["spec", "config"],
})

_config_command(config, field) := {"shell": false, "path": path, "words": words} if {
	is_array(config[field])
	count(config[field]) > 0
	path := ["spec", "config", field]
	words := [{"v": resource.text(word), "path": array.concat(path, [index]), "from": "image"} |
		some index, word in config[field]
	]
} else := null

_base("", _) := _nothing

_base(ref, bases) := found if {
	ref != ""
	found := _own(bases[normal(ref)])
} else := _well_known(ref) if {
	ref != ""
}

_well_known(ref) := object.union(_nothing, {"cmd": {"shell": false, "path": [], "words": [word |
	some value in base_images.of(ref).cmd
	word := {"v": value, "path": [], "from": "image"}
]}}) if {
	count(base_images.of(ref).cmd) > 0
} else := _nothing

_inherit(child, base) := object.union(child, {
	"entrypoint": _first(child.entrypoint, _rebased(base.entrypoint, child.base_path), null),
	"cmd": _inherited_cmd(child, base),
	"workdir": _first(child.workdir, base.workdir, ""),
	"user": _first(child.user, base.user, ""),
	"env": object.union(base.env, child.env),
	"env_paths": object.union(_moved(base.env_paths, child.base_path), child.env_paths),
	"copies": array.concat(base.copies, child.copies),
	"base": base.base,
	"bases": array.concat(object.get(child, "bases", []), [child.base | child.base != ""]),
})

_moved(paths, path) := {name: moved |
	some name, _ in paths
	moved := path
}

_inherited_cmd(child, base) := child.cmd if {
	child.cmd != null
} else := null if {
	child.entrypoint != null
} else := _rebased(base.cmd, child.base_path)

_rebased(null, _) := null

_rebased(command, path) := {"shell": command.shell, "path": path, "words": [word |
	some inherited in command.words
	word := {"v": inherited.v, "path": path, "from": "image"}
]} if {
	command != null
}

_first(value, fallback, empty) := value if {
	value != empty
} else := fallback

_known(folded) if {
	folded.entrypoint != null
} else if {
	folded.cmd != null
} else := false

# METADATA
# description: >-
#   What an image reference runs when nothing but the reference is known: the default command of a well-known base
#   image.
reference(ref) := object.union(folded, {"base": ref, "bases": [ref], "known": _known(folded)}) if {
	folded := _well_known(ref)
}
