package lib.onelayer.command_test

import data.lib.onelayer.command

_lookup(word, workdir, paths) := found if {
	found := command.file_of(
		{
			"workdir": workdir,
			"copies": [{"src": "docker/", "dest": "/app/"}],
			"files": {path: {"script": []} | some path in paths},
		},
		word,
	)
} else := null

test_file_of if {
	cases := [
		{"word": "start.sh", "workdir": "/app", "files": ["docker/start.sh", "start.sh"], "found": "docker/start.sh"},
		{"word": "/app/start.sh", "workdir": "", "files": ["docker/start.sh", "start.sh"], "found": "docker/start.sh"},
		{"word": "/srv/start.sh", "workdir": "", "files": ["docker/start.sh"], "found": "docker/start.sh"},
		{"word": "start.sh", "workdir": "/srv", "files": ["docker/start.sh", "start.sh"], "found": null},
		{"word": "start.sh", "workdir": "/srv", "files": ["docker/other.sh"], "found": null},
	]
	every case in cases {
		_lookup(case.word, case.workdir, case.files) == case.found
	}
}
