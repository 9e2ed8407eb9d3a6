package policy_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
)

// repository is the root of the repository as seen from this package.
const repository = "../.."

// lib makes a lawful lib module sample around the text given; lines is how many lines stand before the text.
func lib(text string) policy.Source {
	return policy.Source{File: "lib/sample/sample.rego", Text: []byte(libHead + text)}
}

const libHead = `# METADATA
# scope: package
# title: Sample
# description: A module for tests.
package lib.onelayer.sample

`

// others are lawful modules that a module under test may ask.
func others() []policy.Source {
	var sources []policy.Source
	for _, name := range []string{"other", "regex"} {
		text := strings.ReplaceAll(libHead, "sample", name) + "# METADATA\n# description: What it is.\n"
		sources = append(sources, policy.Source{File: "lib/" + name + "/" + name + ".rego", Text: []byte(text + "x := {\"a\": \"a\"}\n")})
	}
	return sources
}

const policyText = `# METADATA
# scope: package
# title: A rule
# description: A rule for tests.
package lib.onelayer.policies.process.some_rule

import data.lib.onelayer.finding
import data.lib.onelayer.sample

violation contains finding.new(rego.metadata.chain(), obj, {"msg": "x", "path": []}) if {
	some obj in sample.all
}
`

const findingText = `# METADATA
# scope: package
# title: Findings
# description: A stand-in.
package lib.onelayer.finding

# METADATA
# description: Makes a finding.
new(chain, obj, details) := [chain, obj, details]
`

const sampleText = libHead + `# METADATA
# description: All of them.
all := [1, 2]
`

func policySources(text string) []policy.Source {
	return []policy.Source{
		{File: "lib/finding/finding.rego", Text: []byte(findingText)},
		{File: "lib/sample/sample.rego", Text: []byte(sampleText)},
		{File: "policies/process/some_rule/some_rule.rego", Text: []byte(text)},
	}
}

// render shows violations as file:line law.
func render(violations []policy.Violation) []string {
	out := []string{}
	for _, v := range violations {
		out = append(out, fmt.Sprintf("%s:%d %s", v.File, v.Line, v.Law))
	}
	return out
}

func TestLawsOnModules(t *testing.T) {
	const documented = "# METADATA\n# description: What it is.\n"
	tests := map[string]struct {
		text string
		want []string
	}{
		"lawful":                       {documented + "all := [1]\n", nil},
		"not formatted":                {documented + "all  := [1]\n", []string{"9 format"}},
		"long line":                    {documented + "all := \"" + strings.Repeat("x", 120) + "\"\n", []string{"9 line-length"}},
		"longest line":                 {documented + "all := \"" + strings.Repeat("x", 111) + "\"\n", nil},
		"comment":                      {"# why\n_all := [1]\n", []string{"7 comments"}},
		"comment after code":           {"_all := [1] # why\n", []string{"7 comments"}},
		"public without METADATA":      {"all := [1]\n", []string{"7 metadata"}},
		"METADATA without description": {"# METADATA\n# custom:\n#   x: y\nall := [1]\n", []string{"10 metadata"}},
		"one METADATA of two bodies":   {documented + "all contains 1\n\nall contains 2\n", nil},
		"other scope":                  {"# METADATA\n# scope: subpackages\n# title: x\n_all := [1]\n", []string{"7 parse"}},
		"syntax error":                 {"_all := [\n", []string{"8 parse", "8 parse"}},
		"import of rego.v1":            {"import rego.v1\n\n_all := [1]\n", []string{"7 imports"}},
		"import of other data":         {"import data.other.thing\n\n_all := thing\n", []string{"7 imports"}},
		"import of input":              {"import input.review\n\n_all := review\n", []string{"7 imports"}},
		"import of the library":        {"import data.lib.onelayer.other\n\n_all := other.x\n", nil},
		"import after a rule":          {"_x := 1\n\nimport data.lib.onelayer.other\n\n_all := other.x\n", []string{"9 imports"}},
		"unused import":                {"import data.lib.onelayer.other\n\n_all := 1\n", []string{"7 floor"}},
		"input":                        {"_all := input.kind\n", []string{"7 references"}},
		"bare input":                   {"_all if is_object(input)\n", []string{"7 references"}},
		"data outside imports":         {"_all := data.lib.onelayer.other.x\n", []string{"7 references"}},
		"nested data":                  {"_all := count(data.lib.onelayer.other.x)\n", []string{"7 references"}},
		"inventory elsewhere":          {"_all := data.inventory.cluster\n", []string{"7 references"}},
		"argument like a namespace":    {"_f(object) := object.a\n", []string{"7 names"}},
		"rule like a namespace":        {documented + "time := 1\n", []string{"9 names"}},
		"import like a namespace":      {"import data.lib.onelayer.regex\n\n_all := regex.x\n", []string{"7 names"}},
		"alias like a builtin":         {"import data.lib.onelayer.other as count\n\n_all := count.x\n", []string{"7 names"}},
		"local like a namespace":       {"_all := [1 | json := 1; json == 1]\n", []string{"7 names"}},
		"some like a namespace":        {"_all := [time | some time in [1]]\n", []string{"7 names"}},
		"every like a namespace":       {"_all if {\n\tevery array in [1] {\n\t\tarray == 1\n\t}\n}\n", []string{"8 names"}},
		"argument in an else":          {"_f(x) := 1 if {\n\tx == 1\n} else := y if {\n\tarray := 2\n\ty := array\n}\n", []string{"10 names"}},
		"key like a namespace":         {"_all := {\"time\": 1}.time\n", nil},
		"in a set of constants":        {"_f(x) if x in {\"a\", 1, null}\n", nil},
		"in a named set":               {"_f(x) if x in _s\n\n_s := {\"a\", _b}\n\n_b := \"b\"\n", nil},
		"in a set with a name":         {"_f(x) if x in {\"a\", _b}\n\n_b := \"b\"\n", []string{"7 membership"}},
		"in a list with a reference":   {"_f(x, y) if x in [y.a]\n", []string{"7 membership"}},
		"a constant in a mixed set":    {"_f(x) if true in {x, false}\n", nil},
		"iteration over a mixed set":   {"_f(x) := [y | some y in {\"a\", x}]\n", nil},
		"overlapping function":         {"_f(x) := 1 if x == 1\n\n_f(x) := 2 if x == 2\n", []string{"9 overlap"}},
		"overlapping rule":             {"_all := 1 if _b\n\n_all := 2 if not _b\n\n_b := true\n", []string{"9 overlap"}},
		"different constants":          {"_f(\"a\", _) := 1\n\n_f(\"b\", _) := 2\n", nil},
		"one constant":                 {"_f(\"a\") := 1\n\n_f(x) := 2 if x == 2\n", []string{"9 overlap"}},
		"argument excluded":            {"_f(null) := 1\n\n_f(x) := 2 if {\n\tx != null\n\t_b\n}\n\n_b := true\n", nil},
		"excluded in one branch":       {"_f(null) := 1\n\n_f(x) := 2 if {\n\tx != null\n} else := 3\n", []string{"9 overlap"}},
		"another constant excluded":    {"_f(null) := 1\n\n_f(x) := 2 if x != 1\n", []string{"9 overlap"}},
		"exclusion denied":             {"_f(null) := 1\n\n_f(x) := 2 if not x != null\n", []string{"9 overlap"}},
		"same value":                   {"_f(x) if x == 1\n\n_f(x) if x == 2\n", nil},
		"other arity":                  {"_f(x) := x\n", nil},
		"else with another value":      {"_f(x) if x == 1\n\n_f(x) if {\n\tx == 2\n} else := 3\n", []string{"9 overlap"}},
		"default":                      {"default _all := 1\n\n_all := 2 if _b\n\n_b := true\n", nil},
		"sets":                         {"_all contains 1\n\n_all contains 2\n", nil},
		"walk":                         {"_all := [x | walk([1], x)]\n", []string{"7 builtins"}},
		"http.send":                    {"_all := http.send({})\n", []string{"7 builtins", "7 floor"}},
		"clock":                        {"_all := time.now_ns()\n", []string{"7 builtins"}},
		"constant pattern":             {"_f(x) := regex.match(`a`, x)\n", nil},
		"pattern in a rule":            {"_p := `a`\n\n_f(x) := regex.replace(x, _p, \"\")\n", nil},
		"pattern made of constants":    {"_f(x) := regex.match(_p, x)\n\n_p := concat(\"|\", [_a, `b`])\n\n_a := `a`\n", nil},
		"pattern made of an import":    {"import data.lib.onelayer.other\n\n_f(x) := regex.match(_p, x)\n\n_p := concat(\"|\", [other.x.a])\n", []string{"9 constant-regex"}},
		"pattern passed on":            {"_f(p, x) := regex.match(p, x)\n\n_g(p, x) := _f(p, x)\n\n_a := _g(`a`, \"\")\n\n_b(x) := _f(_p, x)\n\n_p := `b`\n", nil},
		"variable passed on":           {"_f(p, x) := regex.match(p, x)\n\n_a(x) := _f(`a`, x)\n\n_b(x) := _f(x, x)\n", []string{"7 constant-regex"}},
		"public function":              {documented + "f(p, x) := regex.match(p, x)\n", []string{"9 constant-regex"}},
		"pattern in a local":           {"_f(x) if {\n\tp := concat(\"\", [x])\n\tregex.match(p, x)\n}\n", []string{"9 constant-regex"}},
		"dynamic pattern":              {"_f(x) := regex.match(x, \"a\")\n", []string{"7 constant-regex"}},
		"pattern in the other place":   {"_f(x) := regex.replace(`a`, x, \"\")\n", []string{"7 constant-regex"}},
		"dynamic rule":                 {"_p := \"a\" if _b\n\n_b := true\n\n_f(x) := regex.split(_p, x)\n", []string{"11 constant-regex"}},
		"newer builtin":                {"_all := array.flatten([[1]])\n", []string{"7 floor"}},
		"newer syntax":                 {"_f(x) := $\"{x}\"\n", []string{"7 floor", "7 floor"}},
		"deprecated builtin":           {"_f(x) := any(x)\n", []string{"1 format", "7 builtins"}},
		"undefined in the library":     {"import data.lib.onelayer.other\n\n_all := other.y\n", []string{"9 defined"}},
		"undefined module":             {"import data.lib.onelayer.none\n\n_all := none.x.y\n", []string{"9 defined"}},
		"undefined, with more behind":  {"import data.lib.onelayer.other\n\n_f(x) := other.y[x].z\n", []string{"9 defined"}},
		"a name that is computed":      {"import data.lib.onelayer.other\n\n_f(x) := other[x]\n", nil},
		"behind what is defined":       {"import data.lib.onelayer.other\n\n_f(x) := [other.x.a, x]\n", nil},
		"documents of the user":        {"import data.lib.onelayer.config\n\n_f(x) := config.rules[x]\n", nil},
		"document by half its name":    {"import data.lib.onelayer.configs\n\n_all := configs.x\n", []string{"9 defined"}},
		"unsafe variable":              {"_all := x\n", []string{"7 floor"}},
		"unused local":                 {"_all := 1 if x := 2\n", []string{"7 floor"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := []string{}
			for _, place := range test.want {
				want = append(want, "lib/sample/sample.rego:"+place)
			}
			require.ElementsMatch(t, want, render(policy.Laws(append(others(), lib(test.text)))))
		})
	}
}

func TestLawsOnPlaces(t *testing.T) {
	body := "# METADATA\n# description: x\nall := 1\n"
	second := policy.Source{File: "lib/sample/more.rego", Text: []byte("package lib.onelayer.sample\n\n" + body)}
	bare := policy.Source{File: "lib/bare/bare.rego", Text: []byte("package lib.onelayer.bare\n\n" + body)}
	tests := map[string]struct {
		sources []policy.Source
		want    []string
	}{
		"two files, one METADATA": {[]policy.Source{lib("_x := 1\n"), second}, nil},
		"no package METADATA":     {[]policy.Source{bare}, []string{"lib/bare/bare.rego:1 metadata"}},
		"two package METADATA": {
			[]policy.Source{lib("_x := 1\n"), {File: "lib/sample/z.rego", Text: []byte(libHead + "_y := 1\n")}},
			[]string{"lib/sample/z.rego:1 metadata", "lib/sample/z.rego:1 floor"},
		},
		"title missing": {
			[]policy.Source{{File: "lib/bare/bare.rego", Text: []byte("# METADATA\n# scope: package\n# description: x\n" + string(bare.Text))}},
			[]string{"lib/bare/bare.rego:1 metadata"},
		},
		"wrong folder": {
			[]policy.Source{{File: "lib/other/sample.rego", Text: []byte(libHead + "_x := 1\n")}},
			[]string{"lib/other/sample.rego:5 path"},
		},
		"test": {
			[]policy.Source{{File: "lib/sample/sample_test.rego", Text: []byte("package lib.onelayer.sample_test\n\ntest_x if data.x\n")}},
			nil,
		},
		"test in the package itself": {
			[]policy.Source{{File: "lib/sample/sample_test.rego", Text: []byte("package lib.onelayer.sample\n\ntest_x if data.x\n")}},
			[]string{"lib/sample/sample_test.rego:1 path"},
		},
		"input where it is owned": {
			[]policy.Source{{File: "lib/resource/resource.rego", Text: []byte(strings.ReplaceAll(libHead, "sample", "resource") + "_x := input.x\n")}},
			nil,
		},
		"inventory where it is owned": {
			[]policy.Source{{File: "lib/synced/synced.rego", Text: []byte(strings.ReplaceAll(libHead, "sample", "synced") + "_x := data.inventory.x\n")}},
			nil,
		},
		"other data in inventory": {
			[]policy.Source{{File: "lib/synced/synced.rego", Text: []byte(strings.ReplaceAll(libHead, "sample", "synced") + "_x := data.other.x\n")}},
			[]string{"lib/synced/synced.rego:7 references"},
		},
		"clock where it is owned": {
			[]policy.Source{{File: "lib/exempt/exempt.rego", Text: []byte(strings.ReplaceAll(libHead, "sample", "exempt") + "_x := time.now_ns()\n")}},
			nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.ElementsMatch(t, test.want, render(policy.Laws(test.sources)))
		})
	}
}

func TestLawsOnPolicies(t *testing.T) {
	const file = "policies/process/some_rule/some_rule.rego"
	tests := map[string]struct {
		text string
		want []string
	}{
		"lawful": {policyText, nil},
		"helper": {policyText + "\n_helper := 1\n", nil},
		"other public rule": {
			policyText + "\n# METADATA\n# description: x\ndeny := 1\n",
			[]string{file + ":16 policy-shape"},
		},
		"another value": {
			strings.Replace(policyText, "finding.new(rego.metadata.chain(), obj, {\"msg\": \"x\", \"path\": []})", "finding.new([], obj, {\"msg\": \"x\", \"path\": []})", 1),
			[]string{file + ":10 policy-shape"},
		},
		"a plain value": {
			strings.Replace(policyText, "finding.new(rego.metadata.chain(), obj, {\"msg\": \"x\", \"path\": []})", "[finding, obj]", 1),
			[]string{file + ":10 policy-shape"},
		},
		"a complete rule": {
			strings.Replace(policyText, "violation contains", "violation :=", 1),
			[]string{file + ":10 policy-shape"},
		},
		"no rule": {
			policyText[:strings.Index(policyText, "import")] + "_x := 1\n",
			[]string{file + ":1 policy-shape"},
		},
		"wrong folder": {
			strings.Replace(policyText, "some_rule", "same_rule", 1),
			[]string{file + ":5 path"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.ElementsMatch(t, test.want, render(policy.Laws(policySources(test.text))))
		})
	}
}

func TestLibraryIsLawful(t *testing.T) {
	for _, read := range []func() ([]policy.Source, error){
		func() ([]policy.Source, error) { return policy.ReadSources(os.DirFS(repository)) },
		func() ([]policy.Source, error) { return policy.ReadTests(os.DirFS(repository)) },
	} {
		sources, err := read()
		require.NoError(t, err)
		for _, v := range policy.Laws(sources) {
			t.Errorf("%s:%d: %s: %s", v.File, v.Line, v.Law, v.Msg)
		}
	}
}
