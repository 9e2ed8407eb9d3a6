package lib.onelayer.command

# METADATA
# title: The file of the image that a word of a command line names
# description: |
#   The key among spec.files: through the copies of the image, else the only file of that name. Undefined when the
#   input holds no such file.
file_of(spec, word) := path if {
	path := _copied(_absolute(word, spec.workdir), spec)
} else := found[0] if {
	base := _base(word)
	found := [path | some path, _ in spec.files; _base(path) == base]
	count(found) == 1
}
