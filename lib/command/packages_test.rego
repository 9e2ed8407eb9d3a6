package lib.onelayer.command_test

import data.lib.onelayer.command

test_pnpm if {
	result := command.run(_spec(
		["pnpm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"prestart": "a",
						"start": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"a | a pnpm 1 |  | maybe prestart",
		"node x | node pnpm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_pnpm_run if {
	result := command.run(_spec(
		["pnpm", "run", "--silent", "pm2"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"pm2": "pm2 start x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2 start x | pm2 pnpm 1 |  | last pm2",
	]
	[entry.note | some entry in result.unknown] == []
}

test_pnpm_filter if {
	result := command.run(_spec(
		["pnpm", "--filter", "@x/api...", "run", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {},
				},
			},
			"a/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node a",
					},
					"name": "@x/api",
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node a | node pnpm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_pnpm_filter_folder if {
	result := command.run(_spec(
		["pnpm", "-F", "{./a}", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {},
				},
			},
			"a/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node a",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node a | node pnpm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_pnpm_filter_star if {
	result := command.run(_spec(
		["pnpm", "--filter=@x/*", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {},
				},
			},
			"a/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node a",
					},
					"name": "@x/a",
				},
			},
			"b/package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node b",
					},
					"name": "@x/b",
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node a | node pnpm 1 |  | last start",
		"node b | node pnpm 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_pnpm_parallel if {
	result := command.run(_spec(
		["pnpm", "run", "--parallel", "pm2"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"pm2": "no",
					},
				},
			},
			"a/package.json": {
				"packageJSON": {
					"scripts": {
						"pm2": "pm2 start a",
					},
				},
			},
			"b/package.json": {
				"packageJSON": {
					"scripts": {
						"pm2": "pm2 start b",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2 start a | pm2 pnpm 1 |  | background last pm2",
		"pm2 start b | pm2 pnpm 1 |  | background last pm2",
	]
	[entry.note | some entry in result.unknown] == []
}

test_pnpm_exec if {
	result := command.run(_spec(
		["pnpm", "exec", "pm2-runtime", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2-runtime x | pm2-runtime pnpm 1 | pnpm | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bun if {
	result := command.run(_spec(
		["bun", "run", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "bun x.ts",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"bun x.ts | bun bun 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bun_bin if {
	result := command.run(_spec(
		["bun", "x", "pm2", "start"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2 start | pm2 bun 1 | bun | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bun_file if {
	result := command.run(_spec(
		["bun", "run", "src/index.ts"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"bun run src/index.ts | bun bun 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bun_file_alone if {
	result := command.run(_spec(
		["bun", "index.ts"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"bun index.ts | bun bun 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bun_script if {
	result := command.run(_spec(
		["bun", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node bun 1 |  | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_bun_install if {
	result := command.run(_spec(
		["bun", "install"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"bun install | bun bun 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_corepack if {
	result := command.run(_spec(
		["corepack", "pnpm", "start"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"start": "node x",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node pnpm 1 | corepack | last start",
	]
	[entry.note | some entry in result.unknown] == []
}

test_run_p if {
	result := command.run(_spec(
		["run-p", "api:*", "web"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"api:a": "node a",
						"api:b": "node b",
						"web": "node w",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"run-p api:* web | run-p run-p 0 |  | last",
		"node a | node run-p 1 | run-p | background api:a",
		"node b | node run-p 1 | run-p | background api:b",
		"node w | node run-p 1 | run-p | background web",
	]
	[entry.note | some entry in result.unknown] == []
}

test_run_s if {
	result := command.run(_spec(
		["run-s", "a", "b"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"a": "node a",
						"b": "node b",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"run-s a b | run-s run-s 0 |  | last",
		"node a | node run-s 1 | run-s | a",
		"node b | node run-s 1 | run-s | b",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_run_all if {
	result := command.run(_spec(
		["npm-run-all", "-p", "--max-parallel", "2", "a"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"a": "node a",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"npm-run-all -p --max-parallel 2 a | npm-run-all npm-run-all 0 |  | last",
		"node a | node npm-run-all 1 | npm-run-all | background a",
	]
	[entry.note | some entry in result.unknown] == []
}

test_npm_run_all_serial if {
	result := command.run(_spec(
		["npm-run-all", "a"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"a": "node a",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"npm-run-all a | npm-run-all npm-run-all 0 |  | last",
		"node a | node npm-run-all 1 | npm-run-all | a",
	]
	[entry.note | some entry in result.unknown] == []
}

test_concurrently if {
	result := command.run(_spec(
		["concurrently", "-n", "x,y", "npm:a*", "node b", "yarn:c"],
		{
			"package.json": {
				"packageJSON": {
					"scripts": {
						"a1": "node a",
						"c": "node c",
					},
				},
			},
		},
	))
	[_brief(process) | some process in result.processes] == [
		"concurrently -n x,y npm:a* node b yarn:c | concurrently concurrently 0 |  | last",
		"node a | node concurrently 1 | concurrently | background a1",
		"node b | node concurrently 0 | concurrently | background",
		"node c | node concurrently 1 | concurrently | background c",
	]
	[entry.note | some entry in result.unknown] == []
}

test_conc if {
	result := command.run(_spec(
		["conc", "node b"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"conc node b | conc conc 0 |  | last",
		"node b | node conc 0 | conc | background",
	]
	[entry.note | some entry in result.unknown] == []
}
