package entry

import "github.com/onelayer/onelayer/internal/policy"

// conftest is package main: for each rule one deny_ and one warn_, because the configuration may give a rule either
// severity whatever its METADATA says.
func conftest(library *policy.Library) string {
	var w writer
	w.head("main", "The entry for conftest", `Generated from the METADATA of the policies; change it there. For each rule it holds deny_RULE for errors and
		warn_RULE for warnings, and for what is worth knowing if the configuration asks with conftest.info. The
		configuration is data.lib.onelayer.config: conftest test --data FILE.`,
		library.Rules(), "admission", "configuration", "exempt", "params", "resource", "subject", "synced")
	for _, rule := range library.Rules() {
		if own(rule) {
			w.conftestOwn(rule)
		} else {
			w.conftestRule(rule)
		}
	}
	w.line("%s", conftestCommon)
	w.hints(ofObjects(library))
	w.dispatch(ofObjects(library))
	w.help(library.Rules())
	return w.String()
}

// heads are the rules that conftest looks for, with the severities that each reports.
var heads = []struct{ prefix, levels string }{{"deny", `"error"`}, {"warn", "_warned"}}

func (w *writer) conftestRule(rule *policy.Rule) {
	name := slug(rule)
	for _, head := range heads {
		w.line("%s_%s contains _flat(found, subject.file(judged, found)) if {", head.prefix, name)
		w.line("\t_asked(%s)\n\tsome judged in _subjects", quote(rule.ID))
		w.line("\tsome found in _%s with input as judged.input\n\t\twith data.lib.onelayer.prepared as _prepared", name)
		w.line("\t%s\n}\n", level(head.levels))
	}
	w.line("_%s contains found if {\n\t%s in _due\n\tsome found in policy_%s.violation\n\tnot exempt.accepted(found)\n}\n",
		name, quote(rule.ID), name)
}

func (w *writer) conftestOwn(rule *policy.Rule) {
	name := slug(rule)
	for _, head := range heads {
		w.line("%s_%s contains _flat(found, \"\") if {\n\tsome found in _%s\n\t%s\n}\n", head.prefix, name, name, level(head.levels))
	}
	for _, kind := range rule.AppliesTo {
		w.line("_%s contains found if {\n\tparams.enabled(%s)\n\tsome [kind, asked] in _own\n\tkind == %s\n\tsome found in policy_%s.violation with input as asked\n}\n",
			name, quote(rule.ID), quote(kind), name)
	}
}

func level(levels string) string {
	if levels[0] == '"' {
		return "found.severity == " + levels
	}
	return "found.severity in " + levels
}

const conftestCommon = `_flat(found, file) := object.union(fields, _located(file)) if {
	fields := {
		"msg": found.msg,
		"id": found.id,
		"severity": found.severity,
		"path": found.path,
		"object": found.object,
		"remediation": _remediation[found.id],
		"docs": concat("", [_docs, found.id, ".md"]),
	}
}

_located(file) := {"_loc": {"file": file, "line": 1}} if {
	file != ""
} else := {}

_warned := {"warning", "info"} if {
	params.config.conftest.info == true
} else := {"warning"}

_asked(id) if {
	some kind in _kinds
	id in _rules[kind]
	_hinted(id)
}

_kinds := _given_kinds | {"onelayer.dev/Image" | _of_files}

_given_kinds := kinds if {
	kinds := {record.kind | some record in resource.all} with input as _given
}

_of_files if {
	some kind in _given_kinds
	startswith(kind, "onelayer.dev/")
}

_hinted(id) if {
	not _hints[id]
} else if {
	_of_files
} else if {
	some hint in _hints[id].plain
	contains(_text, hint)
} else if {
	regex.match(_hints[id].words, _text)
} else if {
	synced.cluster[resource.api_version].Image
}

_text := lower(sprintf("%v", [input]))

_subjects := subjects if subjects := subject.all with input as _given

_prepared := prepared if prepared := subject.prepared with input as _given

_own contains [kind, asked] if {
	not admission.silent
	some kind, asked in configuration.asked with input as _given
}

_given := input if {
	resource.combined
} else := input if {
	resource.in_cluster
} else := {"onelayer": {"document": input, "file": _file}}

_file := trim_prefix(replace(whole, ` + "`\\`" + `, "/"), concat("", [_folder, "/"])) if {
	whole := concat("/", [data.conftest.file.dir, data.conftest.file.name])
} else := ""

_folder := object.get(opa.runtime(), ["env", "PWD"], "/")
`
