package attacks

import (
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
)

// jsonAttacks write JSON that could be read in two ways. Those with a duplicate key are tried on onelayer's verifier only.
func jsonAttacks() []attack {
	manifest := func(change func(text string) string) func(k *kit) []byte {
		return func(k *kit) []byte {
			p := k.honest()
			k.setManifest(p, change(string(p.data[0])))
			return k.pack(p)
		}
	}
	token := func(change func(header, claims string) (string, string)) func(k *kit) []byte {
		return func(k *kit) []byte {
			p := k.honest()
			p.token = func(header, claims string) string { return k.token(change(header, claims)) }
			return k.pack(p)
		}
	}
	file := func(change func(text string) string) func(k *kit) []byte {
		return func(k *kit) []byte {
			p := k.honest()
			p.signatures = []byte(change(string(k.sign(p, compress(k.t, k.tar(p))))))
			return k.pack(p)
		}
	}
	swap := func(old, new string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, new, 1) }
	}
	return []attack{
		{name: "roots twice in the manifest", reason: refusal.JSONDuplicateKey, opa: untried, build: manifest(swap(`"roots":`, `"roots":[""],"roots":`))},
		{name: "name twice deep in the manifest", reason: refusal.JSONDuplicateKey, opa: untried, build: manifest(swap(`"name":`, `"name":"x","name":`))},
		{name: "key twice by an escape", reason: refusal.JSONDuplicateKey, opa: untried, build: manifest(swap(`"roots":`, `"r\u006fots":[""],"roots":`))},
		{name: "signatures twice", reason: refusal.JSONDuplicateKey, opa: untried, build: file(swap(`{`, `{"signatures":[],`))},
		{name: "claim twice", reason: refusal.JSONDuplicateKey, opa: untried,
			build: token(func(h, c string) (string, string) {
				return h, strings.Replace(c, `"scope":`, `"scope":"x","scope":`, 1)
			})},
		{name: "field of the header twice", reason: refusal.JSONDuplicateKey, opa: untried,
			build: token(func(h, c string) (string, string) { return strings.Replace(h, `"alg":`, `"alg":"none","alg":`, 1), c })},
		{name: "key twice in the configuration", reason: refusal.JSONDuplicateKey, opa: untried, build: func(k *kit) []byte {
			return k.configured(`{"a":1,"a":2}`)
		}},
		{name: "configuration that is not canonical", reason: refusal.JSONNotCanonical, build: func(k *kit) []byte { return k.configured(`{"a": 1}`) }},
		{name: "configuration that is no object", reason: refusal.JSONShape, opa: accepts, build: func(k *kit) []byte { return k.configured(`[]`) }},
		{name: "text behind the manifest", reason: refusal.JSONTrailing, build: manifest(func(text string) string { return text + "{}" })},
		{name: "line end behind the manifest", reason: refusal.JSONNotCanonical, build: manifest(func(text string) string { return text + "\n" })},
		{name: "space in the manifest", reason: refusal.JSONNotCanonical, build: manifest(swap(`{`, `{ `))},
		{name: "byte order mark", reason: refusal.JSONSyntax, build: manifest(func(text string) string { return "\ufeff" + text })},
		{name: "manifest in YAML", reason: refusal.JSONSyntax, build: manifest(func(string) string { return "roots: [onelayer]\n" })},
		{name: "roots in capital letters", reason: refusal.JSONNotCanonical, build: manifest(swap(`"roots":`, `"Roots":`))},
		{name: "manifest that is null", reason: refusal.JSONNotCanonical, opa: accepts, build: manifest(func(string) string { return "null" })},
		{name: "text behind the signatures", reason: refusal.JSONTrailing, opa: accepts, build: file(func(text string) string { return text + "{}" })},
		{name: "space in the signatures", reason: refusal.JSONNotCanonical, opa: accepts, build: file(swap(`{`, `{ `))},
		{name: "space in the claims", reason: refusal.JSONNotCanonical, opa: accepts,
			build: token(func(h, c string) (string, string) { return h, strings.Replace(c, `{`, `{ `, 1) })},
		{name: "claims that are no JSON", reason: refusal.JSONSyntax, build: token(func(h, c string) (string, string) { return h, "claims" + c })},
	}
}

// configured is a truly signed bundle with any text for a configuration.
func (k *kit) configured(text string) []byte {
	p := k.honest().insert("lib/onelayer/config/data.json", text)
	manifest := k.manifestOf(p)
	manifest["roots"] = []string{"lib/onelayer/config", "lib/onelayer/policies/a", "onelayer"}
	k.setManifest(p, canonical(manifest))
	return k.pack(k.reseal(p))
}
