package attacks

import (
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
)

// nameAttacks are names of entries that could mean another file than they seem to. Everything is truly signed.
func nameAttacks() []attack {
	named := func(name string) func(k *kit) []byte {
		return func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert(name, "package lib.onelayer.policies.a\n")))
		}
	}
	return []attack{
		{name: "name that leaves the folder", reason: refusal.EntryName, opa: accepts, build: named("../../x.rego")},
		{name: "name that leaves a folder inside", reason: refusal.EntryName, opa: accepts, build: named("lib/../../x.rego")},
		{name: "absolute name", reason: refusal.EntryName, build: named("/etc/x.rego")},
		{name: "name that starts with a dot and a slash", reason: refusal.EntryName, opa: accepts, build: named("./x.rego")},
		{name: "name with an empty part", reason: refusal.EntryName, opa: accepts, build: named("lib//x.rego")},
		{name: "name with a dot as a part", reason: refusal.EntryName, opa: accepts, build: named("lib/./x.rego")},
		{name: "name with a backslash", reason: refusal.EntryName, opa: accepts, build: named(`lib\x.rego`)},
		{name: "name with a drive letter", reason: refusal.EntryName, opa: accepts, build: named("C:x.rego")},
		{name: "name that ends with a dot", reason: refusal.EntryName, opa: accepts, build: named("lib/x.rego.")},
		{name: "name that ends with a space", reason: refusal.EntryName, opa: accepts, build: named("lib/x.rego ")},
		{name: "name of a device on Windows", reason: refusal.EntryName, opa: accepts, build: named("lib/aux.rego")},
		{name: "hidden file", reason: refusal.EntryName, opa: accepts, build: named("lib/.x.rego")},
		{name: "name with a line end", reason: refusal.EntryName, opa: accepts, build: named("lib/x\n.rego")},
		{name: "name that differs in case", reason: refusal.DuplicateEntry, opa: accepts, build: named("policies/A/a.rego")},
		{name: "file that is the folder of another", reason: refusal.DuplicateEntry, opa: accepts, build: named("policies/a/a.rego/b.rego")},
		{name: "folder of a file by another case", reason: refusal.DuplicateEntry, opa: accepts, build: named("policies/a/A.rego/b.rego")},
		{name: "name in composed Unicode", reason: refusal.EntryType, opa: accepts, build: func(k *kit) []byte { return k.unicode("lib/\u00e9.rego") }},
		{name: "name in decomposed Unicode", reason: refusal.EntryType, opa: accepts, build: func(k *kit) []byte { return k.unicode("lib/e\u0301.rego") }},
		{name: "name with a zero byte", reason: refusal.EntryHeader, build: func(k *kit) []byte {
			p := k.honest()
			listed := p.files()
			k.reseal(p.insert("policies/b.rego", "package lib.onelayer.policies.a\n")).claim("files", without(p.files(), listed))
			return k.changed(p, func(text string) string {
				at := strings.Index(text, "policies/b.rego\x00")
				header := strings.Replace(text[at:], "policies/b.rego\x00\x00", "policies/b.rego\x00x", 1)
				return text[:at] + checksummed([]byte(header))
			})
		}},
		{name: "very long name", reason: refusal.EntryName, opa: accepts, build: named(strings.Repeat("long/", 49) + "x.rego")},
	}
}
