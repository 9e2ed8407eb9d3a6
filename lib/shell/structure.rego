package lib.onelayer.shell

_any := `[wvITLEFWURDOCNAX!{}\[\]Z]`

_pattern := concat("", [`\(`, _any, `(?:\|`, _any, `)*\)|[wvITLEFWURDOCNX!{}\[\]Z](?:\|`, _any, `)*\)`])

_segments := concat("", [
	`C`, _any, `n*Nn*(?:`, _pattern, `)?|:n*(?:`, _pattern, `)?|R(?:#|`, _any, `(?:n*N`, _any, `*)?)|X`, _any,
	`(?:\(\))?n*|w\(\)n*|\[[^\]]*\](?:<`, _any, `)*|#(?:<`, _any, `)*|[+|\-]n*|[FOA})](?:<`, _any, `)*|(?:(?:v|<`, _any,
	`)+|[wN\]])(?:`, _any, `|<`, _any, `)*|.`,
])

_single_kinds := {"w": "S", "v": "S", "N": "S", "]": "S", "#": "t"}

_continued := {"C": "c", "R": "r", "X": "g", "[": "t", "#": "t", "+": "+", "-": "-", "|": "|", ":": "c"}

_filled(text, letter) := regex.replace(text, `.`, letter)

_shape(segment) := object.get(_single_kinds, segment, segment) if count(segment) == 1

else := concat("", [substring(segment, 0, 1), _filled(substring(segment, 2, -1), "c"), "p"]) if {
	regex.match(`^[C:].*\)$`, segment)
} else := concat("", ["G", _filled(substring(segment, 1, -1), "g")]) if regex.match("^(?:X|w\\(\\))", segment)

else := concat("", ["t", _filled(substring(segment, 1, -1), "t")]) if regex.match("^[\\[#]", segment)

else := concat("", [first, _filled(substring(segment, 1, -1), _continued[first])]) if {
	first := substring(segment, 0, 1)
	_continued[first]
} else := concat("", [substring(segment, 0, 1), _filled(substring(segment, 1, -1), "q")]) if {
	regex.match(`^[FOA})]`, segment)
} else := concat("", ["S", _filled(substring(segment, 1, -1), "s")])

_innermost := concat("|", [
	`I[^IWURC{(FOA})]*F`,
	`[WUR][^IWURC{(FOA})]*O`,
	`C[^IWURC{(FOA})]*A`,
	`\{[^IWURC{(FOA})]*\}`,
	`\([^IWURC{(FOA})]*\)`,
])

_cover := concat("", [_innermost, `|[^IWURC{(]+|[IWURC{(]`])

_is_frame(segment) if regex.match(`^[IWURC{(].*[FOA})]$`, segment)

_folded(segment) := _filled(segment, "x") if _is_frame(segment)

else := segment

_fold(text) := {"text": text, "frames": []} if not regex.match(`[IWURC{(]`, text)

else := {"text": folded, "frames": frames} if {
	segments := regex.find_n(_cover, text, -1)
	frames := [{"at": at, "text": segment} |
		some i, segment in segments
		_is_frame(segment)
		at := count(concat("", array.slice(segments, 0, i)))
	]
	folded := concat("", [_folded(segment) | some segment in segments])
}

_frames(text) := {"text": last.text, "frames": frames} if {
	first := _fold(text)
	second := _fold(first.text)
	third := _fold(second.text)
	fourth := _fold(third.text)
	fifth := _fold(fourth.text)
	sixth := _fold(fifth.text)
	seventh := _fold(sixth.text)
	last := _fold(seventh.text)
	every_frame := [first, second, third, fourth, fifth, sixth, seventh, last]
	frames := [frame | some level in every_frame; some frame in level.frames]
}

_stray(text) := indexof(text, found) if {
	some found in regex.find_n(_strays, text, 1)
}

_strays := concat("|", [_broken, `[^Sst;n&+|!xqGg-]`])

_broken := `[Ss][xt(]|Gg*(?:[^gx]|$)|[+|-](?:[^+|Stx!G-]|$)|[TLED]n*[&;+|-]`

_if_clauses := `^I[^TLEDpcr]*T[^TLEDpcr]*(?:L[^TLEDpcr]*T[^TLEDpcr]*)*(?:E[^TLEDpcr]*)?F$`

_loop_clauses := `^[WUR]r*[^TLEDpcr]*D[^TLEDpcr]*O$`

_case_clauses := `^Cc*(?:p[^TLEDr:]*(?::c*p[^TLEDr:]*)*(?::c*)?)?A$`

_group := `^[{(][^TLEDpcr]*[)}]$`

_clauses := concat("|", [_if_clauses, _loop_clauses, _case_clauses, _group])

_unsound(frame) if not regex.match(_clauses, frame.text)

_unsound(frame) if regex.match(_broken, frame.text)

_ends(top, frames, last) := min((({last} | {at | at := _stray(top)}) | {frame.at |
	some frame in frames
	_unsound(frame)
}))
