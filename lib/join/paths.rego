package lib.onelayer.join

_folder(file) := regex.replace(file, `/?[^/]*$`, "")

_base(file) := regex.replace(file, `^.*/`, "")

_up(path) := [concat("/", array.slice(parts, 0, count(parts) - less)) |
	parts := [part | some part in split(path, "/"); part != ""]
	some less in numbers.range(0, count(parts))
]

_joined(folder, name) := trim(_level(_level(_level(concat("", ["/", concat("/", parts), "/"])))), "/") if {
	parts := [part |
		some part in split(concat("/", [folder, name]), "/")
		not part in {"", "."}
	]
}

_level(path) := regex.replace(path, `/[^/]*[^/.][^/]*/\.\./`, "/")

_matches(pattern, path) if {
	pattern == path
} else if {
	_globbed(pattern)
	glob.match(pattern, ["/"], path)
}

_globbed(pattern) if regex.match(`[*?\[]`, pattern)

_repository(ref) := regex.replace(regex.replace(untagged, `^(index\.)?docker\.io/`, ""), `^library/`, "") if {
	untagged := regex.replace(split(ref, "@")[0], `:[^/:]*$`, "")
}

_tagged(ref) if regex.match(`@|:[^/]*$`, ref)

_defaults(written) := regex.replace(written, `\$\{[^}-]*-([^}]*)\}`, "$1")

_remote(context) if regex.match(`://|^git@|^github\.com/`, context)
