package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source"
)

// presence is a rule that fires on one word of a ConfigMap, and says so in its needles.
func presence(id, word string) rule {
	return rule{id: id, kinds: []string{"/ConfigMap", kindImage}, needles: []string{word}, body: fmt.Sprintf(`
violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": "found", "path": ["data", key]}) if {
	some record in resource.of({"/ConfigMap", "onelayer.dev/Image"})
	some key, text in record.obj.data
	contains(lower(text), %q)
}`, word)}
}

var absence = rule{id: "process/absent", kinds: []string{"/ConfigMap"}, body: `
violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": "found", "path": []}) if {
	some record in resource.of({"/ConfigMap"})
	not record.obj.data.ready
}`}

func gatedRules() []rule {
	return []rule{presence("process/pm2", "pm2"), presence("process/forever", "forever"), presence("process/path", "bin/x"), absence}
}

// spellings are ways to write the words of the rules, with and without their letters in the text.
var spellings = []string{
	"pm2", "PM2", `"pm2"`, `"\x70m2"`, `"\u0070m2"`, `"p\U0000006d2"`, "\"p\\\n      m2\"", "'pm2'", "!!binary cG0y", "!!str pm2",
	"!<tag:yaml.org,2002:binary> cG0y", "|\n    for\n    ever", "forever", ">-\n    run\n    forever", "bin/x", "plain", "*word",
	`"for\
      ever"`, "{a: pm2}", "12",
}

func spelled(random *rand.Rand, name int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m%d\n  labels: {word: &word forever}\ndata:\n", name)
	for i := range 1 + random.IntN(4) {
		fmt.Fprintf(&text, "  key%d: %s\n", i, spellings[random.IntN(len(spellings))])
	}
	if random.IntN(2) == 0 {
		text.WriteString("  ready: yes\n")
	}
	return text.String()
}

func TestGatingChangesNoFinding(t *testing.T) {
	lib := library(t, gatedRules()...)
	random := rand.New(rand.NewPCG(3, 4))
	var documents []*source.Document
	for i := range 600 {
		documents = append(documents, document(t, fmt.Sprintf("%d.yaml", i), 1, spelled(random, i)))
	}
	gated := check(t, lib, "", Options{}, tree(unit(documents...)))
	engine, err := New(lib, nil, Options{})
	require.NoError(t, err)
	engine.gating = false
	open, err := engine.Run(t.Context(), tree(unit(documents...)))
	require.NoError(t, err)
	assert.Equal(t, open, gated)
	assert.Greater(t, len(gated.Findings), 500)
}

func TestChoiceOfRules(t *testing.T) {
	engine, err := New(library(t, append(gatedRules(), presence("process/words", "two words"))...), nil, Options{})
	require.NoError(t, err)
	p, err := engine.plan(map[string]bool{"/ConfigMap": true, kindImage: true})
	require.NoError(t, err)
	number := map[string]int{}
	for i, r := range p.rules {
		number[r.ID] = i
	}
	always := []string{"process/absent", "process/words"}
	all := append([]string{"process/pm2", "process/forever", "process/path"}, always...)
	images := []string{"process/pm2", "process/forever", "process/path", "process/words"}
	cases := map[string]struct {
		kind, text string
		gate       bool
		want       []string
	}{
		"no needle":             {"/ConfigMap", "a: b", true, always},
		"one needle":            {"/ConfigMap", "a: pm2", true, append([]string{"process/pm2"}, always...)},
		"without gate":          {"/ConfigMap", "a: b", false, all},
		"a doubtful text":       {"/ConfigMap", `a: "\x61"`, true, all},
		"no text":               {"/ConfigMap", "", true, all},
		"our own kind":          {kindImage, "a: b", true, images},
		"a kind without a rule": {"/Secret", "a: pm2", true, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := &source.Document{GroupKind: c.kind}
			if c.text != "" {
				doc.Raw = []byte(c.text)
			}
			var text *ruleSet
			if c.gate {
				text = p.scanned(doc)
			}
			got, any := p.choose(doc, &ruleSet{}, text)
			var want ruleSet
			for _, id := range c.want {
				want.add(number[id])
			}
			assert.Equal(t, want, got)
			assert.Equal(t, len(c.want) > 0, any)
		})
	}
}

func TestDocumentsThatMayRunAnImageAreNotGated(t *testing.T) {
	bare := document(t, "a.yaml", 1, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {ready: x, word: pm2}\n")
	bare.Raw = []byte("image: Shop/Web@sha256:12")
	lib := library(t, gatedRules()...)
	found := []string{"process/pm2 a.yaml:4 data.word"}
	for refs, want := range map[string][]string{
		"refs: [registry.example.com:5000/shop/web:1.2]":  found,
		"assumedRefs: [x/y, web]":                         found,
		"refs: [3], assumedRefs: ['12']":                  found,
		"refs: [shop/webber, '', 7], assumedRefs: {a: b}": {},
		"other: [web]": {},
	} {
		img := &source.Document{
			GroupKind: kindImage, File: "Dockerfile", Value: value(t, "{kind: Image, apiVersion: onelayer.dev/v1alpha1, spec: {"+refs+"}}"),
			Object: finding.Object{APIVersion: source.APIVersion, Kind: "Image", Name: "i"},
		}
		assert.Equal(t, want, brief(check(t, lib, "", Options{}, tree(unit(bare, img))).Findings), refs)
	}
	assert.Empty(t, check(t, lib, "", Options{}, tree(unit(bare))).Findings)
}

// anywhere is a rule that fires on every ConfigMap, so that only its gate keeps it from doing so.
func anywhere(id string, needles, around []string) rule {
	return rule{id: id, kinds: []string{"/ConfigMap"}, needles: needles, around: around, body: `
violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": "found", "path": []}) if {
	some record in resource.of({"/ConfigMap"})
}`}
}

func TestGatesOfSurroundingsAndNumbers(t *testing.T) {
	lib := library(t,
		anywhere("process/either", []string{"own", "unit:mesh"}, nil),
		anywhere("process/both", []string{"own"}, []string{"mesh"}),
		anywhere("process/around", nil, []string{"mesh"}),
		anywhere("process/number", []string{"'15021'"}, nil),
		anywhere("process/pair", []string{"'first & unit:second'", "'first & unit:third'"}, nil))
	namespace := func(labels string) *source.Document {
		return document(t, "ns.yaml", 1, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: "+labels+"\n")
	}
	image := document(t, "image.yaml", 1, "apiVersion: onelayer.dev/v1alpha1\nkind: Image\nmetadata: {name: mesh}\nspec: {refs: [x/mesh]}\n")
	cases := map[string]struct {
		data, config string
		beside       *source.Document
		want         []string
	}{
		"nothing":                           {"{a: b}", "", namespace("{a: b}"), nil},
		"the word of the document":          {"{a: own}", "", namespace("{a: b}"), []string{"either"}},
		"a word beside it":                  {"{a: b}", "", namespace("{a: MESH}"), []string{"around", "either"}},
		"a word beside it in other letters": {"{a: b}", "", namespace(`{a: "\x6desh"}`), []string{"around", "either"}},
		"a word of the configuration":       {"{a: b}", "{mesh: {}}", namespace("{a: b}"), []string{"around", "either"}},
		"both words":                        {"{a: own}", "", namespace("{a: mesh}"), []string{"around", "both", "either"}},
		"a word in the document itself":     {"{a: own, b: mesh}", "", namespace("{a: b}"), []string{"around", "both", "either"}},
		"a word of an Image":                {"{a: own}", "", image, []string{"either"}},
		"a number":                          {"{a: 15021}", "", namespace("{a: b}"), []string{"number"}},
		"a number as text":                  {"{a: '15021'}", "", namespace("{a: b}"), []string{"number"}},
		"a number in another spelling":      {"{a: 0x3AAD}", "", namespace("{a: b}"), []string{"number"}},
		"a number with a fraction":          {"{a: 1.5021e4}", "", namespace("{a: b}"), []string{"number"}},
		"the first of a pair":               {"{a: first}", "", namespace("{a: b}"), nil},
		"the second of a pair":              {"{a: b}", "", namespace("{a: second}"), nil},
		"both of a pair":                    {"{a: first}", "", namespace("{a: second}"), []string{"pair"}},
		"both of another pair":              {"{a: first}", "", namespace("{a: third}"), []string{"pair"}},
		"both of a pair in one document":    {"{a: first, b: third}", "", namespace("{a: b}"), []string{"pair"}},
		"another number":                    {"{a: 15022}", "", namespace("{a: b}"), nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := document(t, "a.yaml", 1, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: "+c.data+"\n")
			var want []string
			for _, id := range c.want {
				want = append(want, "process/"+id)
			}
			var got []string
			for _, found := range check(t, lib, c.config, Options{}, tree(unit(doc, c.beside))).Findings {
				got = append(got, found.ID)
			}
			assert.Equal(t, want, got)
		})
	}
}

func TestTooManyRulesAreRefused(t *testing.T) {
	p := &Engine{library: library(t)}
	for i := range maxRules {
		_ = i
		p.rules = append(p.rules, ruleFor("/ConfigMap"))
	}
	_, err := p.plan(map[string]bool{"/ConfigMap": true})
	assert.ErrorContains(t, err, "more than")
}
