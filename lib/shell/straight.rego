package lib.onelayer.shell

_straight_text := concat("", [
	`^[ \t]*[A-Za-z0-9_./:@%+,^*?~=-]+(?:[ \t]+[A-Za-z0-9_./:@%+,^*?~=-]+)*`,
	`(?:[ \t]*(?:&&|;)[ \t]*[A-Za-z0-9_./:@%+,^*?~=-]+(?:[ \t]+[A-Za-z0-9_./:@%+,^*?~=-]+)*)*[ \t]*$`,
])

# METADATA
# title: The simple commands of plain shell text
# description: |
#   Text of one line with plain words, `&&` and `;` only. Undefined for all other text. Records are those of read.
straight(text) := [command |
	some i, tokens in words
	command := {
		"words": tokens,
		"symbolic": [],
		"args": {},
		"assignments": [],
		"redirects": [],
		"env": {},
		"before": _between(operators, i - 1),
		"after": _between(operators, i),
		"background": false,
		"maybe": false,
		"loop": null,
		"function": "",
		"substitution": false,
		"line": 0,
		"last": i == last,
	}
] if {
	regex.match(_straight_text, text)
	words := [regex.find_n(`[^ \t]+`, part, -1) | some part in regex.split(`&&|;`, text)]
	every tokens in words {
		_is_usual(tokens[0])
	}
	operators := regex.find_n(`&&|;`, text, -1)
	last := max({-1} | {i | some i, tokens in words; not builtins[tokens[0]]})
}

_is_usual(word) if {
	not _fixed[word]
	not _declaring[word]
	not contains(word, "=")
}

_between(operators, i) := operators[i] if {
	i >= 0
	operators[i]
} else := ""
