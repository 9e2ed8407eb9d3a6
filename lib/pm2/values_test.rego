package lib.onelayer.pm2_test

import data.lib.onelayer.pm2

_filled(text, env) := pm2.with_env({"apps": [{"instances": {"$expr": text}, "script": "a.js"}]}, env).apps[0].instances

test_values_of_the_environment if {
	every text in [
		"process.env.WORKERS", "process.env.WORKERS || 1", "process.env.WORKERS ?? '1'", "process.env['WORKERS'] || 1",
		"Number(process.env.WORKERS) || 1", "parseInt(process.env.WORKERS, 10) || 2",
		"parseInt(process.env.WORKERS || '1', 10)", "+process.env.WORKERS || 1", "(process.env.WORKERS || 1)",
		`process.env["WORKERS"] ?? 1`, "Number.parseInt(process.env.WORKERS ?? '1', 10)",
	] {
		_filled(text, {"WORKERS": "4", "OTHER": "5"}) == "4"
		_filled(text, {"OTHER": "5"}) == {"$expr": text}
		_filled(text, {"WORKERS": 4}) == {"$expr": text}
		_filled(text, {"WORKERS": "${N}"}) == {"$expr": text}
	}
	every text in [
		"process.env.WORKERS ? 4 : 1", "process.env.WORKERS * 2", "Math.max(process.env.WORKERS, 2)",
		"process.env.WORKERS || os.cpus().length", "config.WORKERS || 1", "process.env.WORKERS === '4'",
	] {
		_filled(text, {"WORKERS": "4"}) == {"$expr": text}
	}
}

test_other_values_stay if {
	every value in [
		null, [], {"apps": "x"}, {"apps": [7, {"instances": 2}]},
		{"apps": [{"script": {"$expr": "process.env.A"}}]},
	] {
		pm2.with_env(value, {"A": "4"}) == value
	}
	odd := {"apps": [7, {"exec_mode": {"$expr": "process.env.MODE || 'fork'"}, "instances": {"$expr": 7}}], "deploy": {}}
	pm2.with_env(odd, {"MODE": "cluster"}) == {
		"apps": [7, {"exec_mode": "cluster", "instances": {"$expr": 7}}],
		"deploy": {},
	}
}
