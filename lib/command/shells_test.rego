package lib.onelayer.command_test

import data.lib.onelayer.command

test_sh_list if {
	result := command.run(_spec(
		["sh", "-c", "pm2 start x && pm2 logs"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2 start x | pm2 sh 1 |  | ",
		"pm2 logs | pm2 sh 1 |  | && last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_one if {
	result := command.run(_spec(
		["/bin/sh", "-c", "node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_exec if {
	result := command.run(_spec(
		["sh", "-ec", "cd /app && exec node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | exec | && last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_exec_early if {
	result := command.run(_spec(
		["sh", "-c", "exec node x; node y"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | exec | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_exec_option if {
	result := command.run(_spec(
		["sh", "-c", "exec -a n node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node node 0 | exec | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_options if {
	result := command.run(_spec(
		["bash", "-euxo", "pipefail", "-c", "node $KNOWN \"$@\"", "name", "a b"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node node a b | node bash 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_cluster if {
	result := command.run(_spec(
		["bash", "-ceuo", "pipefail", "node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node bash 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_long if {
	result := command.run(_spec(
		["bash", "--rcfile", "x", "--login", "+e", "--", "x.sh"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"bash --rcfile x --login +e -- x.sh | bash bash 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"script x.sh is not in the input",
	]
}

test_sh_alone if {
	result := command.run(_spec(
		["bash"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"bash | bash bash 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_shell if {
	result := command.run(_spec(
		["sh", "-c", "sh -c \"bash -c 'node x'\""],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_five if {
	result := command.run(_spec(
		["sh", "-c", "sh -c \"sh -c 'sh -c \\\"sh -c x\\\"'\""],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == [
		"shells are nested too deep",
	]
}

test_sh_background if {
	result := command.run(_spec(
		["sh", "-c", "node a & node b & wait"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node a | node sh 1 |  | background",
		"node b | node sh 1 |  | & background",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_loop if {
	result := command.run(_spec(
		["sh", "-c", "while true; do node x; sleep 5; done"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | maybe loop",
		"sleep 5 | sleep sh 1 |  | ; maybe last loop",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_pipe_exec if {
	result := command.run(_spec(
		["sh", "-c", "exec a | b"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"a | a sh 1 | exec | last",
		"b | b sh 1 |  | | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_eval if {
	result := command.run(_spec(
		["sh", "-c", "eval \"node x && node y\""],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | ",
		"node y | node sh 1 |  | && last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_eval_open if {
	result := command.run(_spec(
		["sh", "-c", "eval \"$X y\""],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == [
		"the command word $X is not known",
	]
}

test_sh_eval_alone if {
	result := command.run(_spec(
		["sh", "-c", "eval; ."],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == []
}

test_sh_open if {
	result := command.run(_spec(
		["sh", "-c", "$RUN start"],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == [
		"the command word $RUN is not known",
	]
}

test_sh_command if {
	result := command.run(_spec(
		["sh", "-c", "command -v node && command node x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 | command | && last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_substitution if {
	result := command.run(_spec(
		["sh", "-c", "exec `pm2-runtime start pm2.json`"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"pm2-runtime start pm2.json | pm2-runtime sh 1 |  | substitution",
	]
	[entry.note | some entry in result.unknown] == [
		"the command word `pm2-runtime start pm2.json` is not known",
	]
}

test_sh_assignments if {
	result := command.run(_spec(
		["sh", "-c", "A=1 A=2 B=$X node x >/dev/null"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_nested_env if {
	result := command.run(_spec(
		["sh", "-c", "export A=1 B=$X; sh -c 'node $A $B $C'"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node 1 $X $C | node sh 1 |  | ; last symbolic",
	]
	[entry.note | some entry in result.unknown] == []
}

test_sh_unread if {
	result := command.run(_spec(
		["sh", "-c", "node x; \"y"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"node x | node sh 1 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"the text cannot be read from here on",
	]
}

test_sh_script_open if {
	result := command.run(_spec(
		["sh", "$SCRIPT"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"sh $SCRIPT | sh sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"script $SCRIPT is not in the input",
	]
}

test_sh_script_open_inside if {
	result := command.run(_spec(
		["bash", "-c", "sh $SCRIPT"],
		{},
	))
	[_brief(process) | some process in result.processes] == []
	[entry.note | some entry in result.unknown] == [
		"the script $SCRIPT is not known",
	]
}

test_sh_missing if {
	result := command.run(_spec(
		["sh", "/x/y.sh", "z"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"sh /x/y.sh z | sh sh 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == [
		"script /x/y.sh is not in the input",
	]
}

test_open_word if {
	result := command.run(_spec(
		["$RUN", "x"],
		{},
	))
	[_brief(process) | some process in result.processes] == [
		"$RUN x | $RUN $RUN 0 |  | last",
	]
	[entry.note | some entry in result.unknown] == []
}
