package lib.onelayer.command_test

import data.lib.onelayer.command

_repository := {
	"package.json": {"packageJSON": {"name": "shop", "scripts": {"start": "turbo run start"}}},
	"apps/web/package.json": {"packageJSON": {"name": "web", "scripts": {"start": "pm2-runtime web.js"}}},
	"apps/api/package.json": {"packageJSON": {"name": "@shop/api", "scripts": {
		"start": "node api.js",
		"dev": "nodemon api.js",
	}}},
}

_in_repository(line) := [sprintf("%s|%s|%s", [concat(" ", process.argv), concat(" ", process.wrappers), process.pid1]) |
	some process in command.run(_spec(split(line, " "), _repository)).processes
]

test_runners_of_monorepos if {
	every line, name in {
		"turbo run start --filter=web": "turbo", "turbo start -F web --ui stream": "turbo",
		"turbo run start --filter ./apps/web": "turbo", "lerna run start --scope=web": "lerna",
		"nx run web:start": "nx", "nx run web:start:production": "nx", "nx start web": "nx",
		"nx start web --parallel 3": "nx",
	} {
		_in_repository(line) == [sprintf("pm2-runtime web.js|%s|%s", [name, name])]
	}
	_in_repository("npx turbo run start --filter=web") == ["pm2-runtime web.js|npx turbo|npx"]
	_in_repository("turbo run dev") == ["nodemon api.js|turbo|turbo"]
	_in_repository("turbo run start dev --filter=@shop/api") == ["node api.js|turbo|turbo", "nodemon api.js|turbo|turbo"]
	_in_repository("turbo run start --filter=@shop/api -- --port 80") == ["node api.js --port 80|turbo|turbo"]
	every line in ["turbo run start", "lerna run start", "rushx start", "npm start"] {
		{split(text, "|")[0] | some text in _in_repository(line)} == {"node api.js", "pm2-runtime web.js"}
	}
}

test_what_a_runner_starts_is_not_in_the_input if {
	every line in [
		"turbo run build", "turbo prune web", "turbo", "turbo run start --filter=other", "nx run other:start",
		"nx serve web",
		"nx run web", "nx affected", "lerna bootstrap", "lerna run x", "rushx other", "rushx", "nx run",
	] {
		words := split(line, " ")
		answer := command.run(_spec(words, _repository))
		[process.argv | some process in answer.processes] == [words]
		{missing.note | some missing in answer.unknown} == {"what it starts is not in the input"}
	}
}

_daemon(line) := [[concat(" ", process.argv), process.pid1, process.background] |
	some process in command.run(_spec(split(line, " "), {})).processes
]

test_start_stop_daemon if {
	every options in ["--start --exec /bin/web", "-S -x /bin/web", "-S --exec=/bin/web", "-S -u web -x /bin/web"] {
		_daemon(concat("", ["start-stop-daemon ", options, " -- -p 80"])) == [["/bin/web -p 80", "web", false]]
		_daemon(concat("", ["start-stop-daemon ", options])) == [["/bin/web", "web", false]]
	}
	_daemon("start-stop-daemon -S -b -x /bin/web") == [["/bin/web", "web", true]]
	_daemon("start-stop-daemon --start --background --startas /bin/web --exec /bin/node -- a") == [
		["/bin/web a", "web", true],
	]
	every line in [
		"start-stop-daemon --stop --exec /bin/web", "start-stop-daemon -S", "start-stop-daemon",
		"start-stop-daemon -K -x web",
		"start-stop-daemon --exec web -- --start",
	] {
		[process.argv | some process in command.run(_spec(split(line, " "), {})).processes] == [split(line, " ")]
	}
}
