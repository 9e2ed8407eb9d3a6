package attacks

import (
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

// contentAttacks are about what a bundle holds; all but the first two are truly signed.
func contentAttacks() []attack {
	return []attack{
		{name: "tampered Rego", reason: refusal.Revision, build: func(k *kit) []byte {
			return k.stolen(func(p *parts) { p.replace("policies/a/a.rego", "always", "never!") })
		}},
		{name: "tampered Rego with its new revision", reason: refusal.HashWrong, build: func(k *kit) []byte {
			return k.stolen(func(p *parts) { k.reseal(p.replace("policies/a/a.rego", "always", "never!")) })
		}},
		{name: "tampered manifest", reason: refusal.Revision, build: func(k *kit) []byte {
			return k.stolen(func(p *parts) { p.replace(".manifest", `"lib/onelayer/policies/a"`, `"lib/onelayer/policies"`) })
		}},
		{name: "tampered configuration", reason: refusal.HashWrong, build: func(k *kit) []byte {
			content := signingtest.Content()
			if err := content.Config(map[string]any{"a": "b"}); err != nil {
				k.t.Fatal(err)
			}
			p := k.of(content)
			p.claim("files", p.files())
			return k.pack(k.reseal(p.replace("lib/onelayer/config/data.json", `"b"`, `"c"`)))
		}},
		{name: "revision of other content", reason: refusal.Revision, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().replace(".manifest", `"revision":"`, `"revision":"0`)) }},
		{name: "no manifest", reason: refusal.Manifest, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			p.entries, p.data = p.entries[1:], p.data[1:]
			return k.pack(p)
		}},
		{name: "manifest and nothing else", reason: refusal.Empty, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			p.entries, p.data = p.entries[:1], p.data[:1]
			return k.pack(k.reseal(p))
		}},
		{name: "root of everything", reason: refusal.Roots, opa: accepts, build: func(k *kit) []byte { return k.rooted(`[""]`) }},
		{name: "no roots", reason: refusal.Roots, build: func(k *kit) []byte { return k.rooted(`[]`) }},
		{name: "root within a root", reason: refusal.Roots, build: func(k *kit) []byte { return k.rooted(`["lib","lib/onelayer/policies/a","onelayer"]`) }},
		{name: "root twice", reason: refusal.Roots, build: func(k *kit) []byte { return k.rooted(`["lib","onelayer","onelayer"]`) }},
		{name: "root that is no path", reason: refusal.Roots, opa: accepts, build: func(k *kit) []byte { return k.rooted(`["../lib","lib","onelayer"]`) }},
		{name: "Rego outside of the roots", reason: refusal.Roots, build: func(k *kit) []byte { return k.rooted(`["onelayer"]`) }},
		{name: "configuration outside of the roots", reason: refusal.Roots, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("lib/onelayer/config/data.json", `{"a":1}`)))
		}},
		{name: "Rego that does not parse", reason: refusal.Rego, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().replace("policies/a/a.rego", "violation contains", "violation contains if")))
		}},
		{name: "Rego that is empty", reason: refusal.Rego, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("policies/b.rego", "")))
		}},
		{name: "another version of Rego", reason: refusal.Manifest,
			build: func(k *kit) []byte {
				return k.pack(k.reseal(k.honest().replace(".manifest", `"rego_version":1`, `"rego_version":7`)))
			}},
		{name: "Rego v0", reason: refusal.Manifest,
			build: func(k *kit) []byte {
				return k.pack(k.reseal(k.honest().replace(".manifest", `"rego_version":1`, `"rego_version":0`)))
			}},
		{name: "versions of Rego by file", reason: refusal.JSONShape, opa: accepts, build: func(k *kit) []byte {
			return k.pack(k.honest().replace(".manifest", `"metadata":`, `"file_rego_versions":{},"metadata":`))
		}},
		{name: "second manifest by its ending", reason: refusal.FileKind, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("foo.manifest", `{"revision":"x","roots":[""]}`)))
		}},
		{name: "manifest under another name", reason: refusal.Manifest, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			p.entries[0].Name = "foo.manifest"
			k.sortEntries(p)
			return k.pack(p)
		}},
		{name: "manifest in a folder", reason: refusal.EntryName, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("lib/.manifest", `{"revision":"x","roots":[""]}`)))
		}},
		{name: "binary manifest beside", reason: refusal.EntryName, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert(".manifest.pb", "x")))
		}},
		{name: "delta in a signed snapshot", reason: refusal.FileKind, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("patch.json", `{"data":[{"op":"upsert","path":"/a","value":1}]}`)))
		}},
		{name: "delta that wipes", reason: refusal.FileKind, build: func(k *kit) []byte {
			p := (&parts{unsigned: true}).add(".manifest", `{"revision":"x","roots":["onelayer"]}`).add("patch.json", `{"data":[]}`)
			k.resealAny(p)
			return k.pack(p)
		}},
		{name: "data beside the policies", reason: refusal.FileKind, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("data.json", `{"other":1}`)))
		}},
		{name: "data within the roots", reason: refusal.FileKind, opa: accepts, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("onelayer/more/data.json", `{"a":1}`)))
		}},
		{name: "WebAssembly", reason: refusal.FileKind, opa: accepts, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("policy.wasm", "x")))
		}},
		{name: "test of a policy", reason: refusal.FileKind, opa: accepts, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("policies/a/a_test.rego", "package lib.onelayer.policies.a\n")))
		}},
	}
}

// stolen changes the files under an honest signature.
func (k *kit) stolen(change func(*parts)) []byte {
	p := k.honest()
	p.signatures = k.sign(p, compress(k.t, k.tar(p)))
	change(p)
	return k.pack(p)
}

// rooted is the honest bundle with other roots.
func (k *kit) rooted(roots string) []byte {
	p := k.honest()
	before, rest, found := strings.Cut(string(p.data[0]), `"roots":`)
	_, after, _ := strings.Cut(rest, "]")
	if !found {
		k.t.Fatal("the manifest has no roots")
	}
	p.data[0] = []byte(before + `"roots":` + roots + after)
	p.entries[0].Size = int64(len(p.data[0]))
	return k.pack(k.reseal(p))
}
