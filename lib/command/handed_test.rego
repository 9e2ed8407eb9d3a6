package lib.onelayer.command_test

import data.lib.onelayer.command

_handed(line) := {text |
	some process in command.run(_spec(split(line, " "), {})).processes
	process.maybe
	text := concat(" ", process.argv)
}

test_an_unknown_program_may_run_what_it_is_given if {
	cases := {
		"init9 pm2-runtime app.js": {"pm2-runtime app.js"},
		"/opt/init9 -q --flag x /usr/bin/pm2-docker start e.json": {"/usr/bin/pm2-docker start e.json"},
		"init9 pm2-runtime -i 2 app": {"pm2-runtime -i 2 app"},
		"init9 pm2 start app": {"pm2 start app"},
		"init9 forever bin/www.js": {"forever bin/www.js"},
		"init9 /usr/bin/supervisord -n": {"/usr/bin/supervisord -n"},
		"init9 circusd /etc/circus.ini": {"circusd /etc/circus.ini"},
		"init9 runsvdir -P /etc/service": {"runsvdir -P /etc/service"},
		"init9 s6-svscan /etc/s6": {"s6-svscan /etc/s6"},
		"/run.sh pm2-runtime app.js": {"pm2-runtime app.js"},
		"init9 init8 supervisord -c x": {"supervisord -c x"},
		"init9 supervisord -c circusd x.ini": {"supervisord -c circusd x.ini", "circusd x.ini"},
	}
	every line, expected in cases {
		_handed(line) == expected
	}
}

test_the_unknown_program_stays if {
	result := command.run(_spec(["init9", "pm2-runtime", "app.js"], {}))
	[_brief(process) | some process in result.processes] == [
		"init9 pm2-runtime app.js | init9 init9 0 |  | last",
		"pm2-runtime app.js | pm2-runtime pm2-runtime 0 |  | maybe last",
	]
	result.unknown == []
}

test_a_name_alone_is_handed_nothing if {
	every line in {
		"init9 pm2-runtime", "init9 pm2-runtime app", "init9 -n pm2-runtime --every 3", "init9 pm2 list", "init9 pm2",
		"init9 supervisord", "init9 forever young",
		"init9 runsvdir", "init9 circusd --help", "init9 mypm2-runtime app.js", "init9 supervisordx -n", "/run.sh x",
		"pkill -f supervisord -n", "grep pm2 start", "node app.js pm2 start", "kubectl exec web pm2 start",
	} {
		_handed(line) == set()
	}
}

test_handed_in_a_shell if {
	_handed("sh -c init9\tpm2-runtime\tapp.js;echo") == {"pm2-runtime app.js"}
	spec := _spec(["init9", "pm2-runtime", "app.js"], {"files": {"init9.txt": {"script": ["x"]}}})
	[process.maybe | some process in command.run(spec).processes] == [false, true]
}
