package policy_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
)

const ruleMetadata = `# METADATA
# scope: package
# title: A rule
# description: What it is.
# related_resources:
#   - ref: https://example.com/page
#     description: a page
# custom:
#   id: process/some-rule
#   severity: warning
#   severities: [error, warning]
#   group: process
#   concerns: [lifecycle]
#   layers: [container, kubernetes]
#   applies_to: [apps/Deployment, /Service, onelayer.dev/Image]
#   needs: [object, source]
#   needles: [pm2]
#   parameters:
#     limit:
#       type: integer
#       description: How many.
#       default: 2
#     modes:
#       type: array
#       description: Which.
#       default: [on]
#       items:
#         type: string
#         enum: [on, off]
#   remediation:
#     default: Do it.
#     linkerd: Do it there.
#   fix: manual
#   since: 0.1.0
#   aliases: [process/old-rule]
`

const ruleBody = `package lib.onelayer.policies.process.some_rule

import data.lib.onelayer.sample

violation contains sample.all
`

// tree makes a library of one rule, one module that it imports, one that it reaches through that, and one beside.
func tree(metadata string) fstest.MapFS {
	module := func(name, text string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.ReplaceAll(libHead, "sample", name) + text)}
	}
	return fstest.MapFS{
		"lib/base/base.rego":                        module("base", "import data.lib.onelayer.config\n\n_x := config\n"),
		"lib/base/base_test.rego":                   {Data: []byte("not rego")},
		"lib/base/more.rego":                        {Data: []byte("package lib.onelayer.base\n\n_y := 1\n")},
		"lib/beside/beside.rego":                    module("beside", "_x := 1\n"),
		"lib/exempt/exempt.rego":                    module("exempt", "declared := set()\n"),
		"lib/params/params.rego":                    module("params", "enabled(_) := true\n"),
		"lib/sample/sample.rego":                    module("sample", "import data.lib.onelayer.base\n\nall := base\n"),
		"policies/process/some_rule/some_rule.rego": {Data: []byte(metadata + ruleBody)},
	}
}

func TestLoadReadsMetadata(t *testing.T) {
	library, err := policy.Load(tree(ruleMetadata))
	require.NoError(t, err)
	want := &policy.Rule{
		ID: "process/some-rule", Title: "A rule", Description: "What it is.", Group: "process",
		Severity: finding.Warning, Severities: []finding.Severity{finding.Error, finding.Warning},
		Concerns: []string{"lifecycle"}, Layers: []string{"container", "kubernetes"},
		AppliesTo: []string{"apps/Deployment", "/Service", "onelayer.dev/Image"},
		Needs:     []string{"object", "source"}, Needles: []string{"pm2"},
		Parameters: map[string]policy.Parameter{
			"limit": {Type: "integer", Description: "How many.", Default: 2.0},
			"modes": {
				Type: "array", Description: "Which.", Default: []any{"on"},
				Items: &policy.Items{Type: "string", Enum: []any{"on", "off"}},
			},
		},
		Remediation: policy.Remediation{Default: "Do it.", Linkerd: "Do it there."},
		Fix:         "manual", Since: "0.1.0", Aliases: []string{"process/old-rule"},
		RelatedResources: []policy.RelatedResource{{Ref: "https://example.com/page", Description: "a page"}},
		Package:          "lib.onelayer.policies.process.some_rule", File: "policies/process/some_rule/some_rule.rego",
	}
	require.Equal(t, []*policy.Rule{want}, library.Rules())
	for _, id := range []string{"process/some-rule", "process/old-rule"} {
		rule, ok := library.Rule(id)
		require.True(t, ok)
		require.Equal(t, want, rule)
	}
	_, ok := library.Rule("process/none")
	require.False(t, ok)
	require.True(t, want.Judges("/Service"))
	require.False(t, want.Judges("/Pod"))
	require.Equal(t, "Do it there.", want.Remediation.For("linkerd"))
	require.Equal(t, "Do it.", want.Remediation.For("sidecar"))
	require.Len(t, library.Sources(), 7)
}

func TestLoadReadsWhatRaisesASeverity(t *testing.T) {
	library, err := policy.Load(tree(strings.Replace(ruleMetadata, "needles: [pm2]", `raised_by: {error: [pm2, "unit:istio"]}`, 1)))
	require.NoError(t, err)
	require.Equal(t, map[finding.Severity][]string{finding.Error: {"pm2", "unit:istio"}}, library.Rules()[0].RaisedBy)
}

func TestLoadRefusesMetadataOutsideTheSchema(t *testing.T) {
	const file = "policies/process/some_rule/some_rule.rego"
	tests := map[string]struct{ old, new, want string }{
		"unknown field":          {"#   fix: manual", "#   fix: manual\n#   fxi: manual", `:34: custom: unknown field "fxi"`},
		"unknown parameter key":  {"#       default: 2", "#       default: 2\n#       max: 3", `:23: custom: unknown field "max"`},
		"wrong type":             {"severities: [error, warning]", "severities: error", ":11: custom.severities: want []finding.Severity, got string"},
		"id of another folder":   {"id: process/some-rule", "id: process/other", `:9: custom.id "process/other" belongs in policies/process/other/other.rego`},
		"malformed id":           {"id: process/some-rule", "id: process_some", `:9: custom.id "process_some" is not of the form group/rule`},
		"unknown group":          {"id: process/some-rule", "id: other/some-rule", `:9: custom.id: unknown group "other"`},
		"group is not the id's":  {"group: process", "group: mesh", `:12: custom.group "mesh" is not the group of id "process/some-rule"`},
		"severity not listed":    {"severity: warning", "severity: info", `:11: custom.severities does not hold the severity "info"`},
		"unknown severity":       {"severities: [error, warning]", "severities: [fatal, warning]", `:11: custom.severities: unknown value "fatal"`},
		"severity twice":         {"severities: [error, warning]", "severities: [error, error, warning]", `:11: custom.severities: "error" stands there twice`},
		"unknown concern":        {"concerns: [lifecycle]", "concerns: [life]", `:13: custom.concerns: unknown value "life"`},
		"no concern":             {"concerns: [lifecycle]", "concerns: []", ":13: custom.concerns is missing"},
		"unknown layer":          {"layers: [container, kubernetes]", "layers: [pod]", `:14: custom.layers: unknown value "pod"`},
		"kind without slash":     {"/Service", "Service", `:15: custom.applies_to: "Service" is not group/Kind`},
		"no kind":                {"#   applies_to: [apps/Deployment, /Service, onelayer.dev/Image]\n", "", ":1: custom.applies_to is missing"},
		"unknown need":           {"needs: [object, source]", "needs: [internet]", `:16: custom.needs: unknown value "internet"`},
		"empty needle":           {"needles: [pm2]", `needles: [""]`, ":17: custom.needles: an empty needle is in every document"},
		"empty surrounding":      {"needles: [pm2]", `surroundings: [""]`, ":17: custom.surroundings: an empty needle is in every document"},
		"needles around twice":   {"needles: [pm2]", "needles: [\"unit:a\"]\n#   surroundings: [b]", ":18: custom.surroundings: needles that begin with unit: say"},
		"raised to the default":  {"needles: [pm2]", "raised_by: {warning: [pm2]}", ":17: custom.raised_by.warning: want one of severities that is not the default"},
		"raised to another":      {"needles: [pm2]", "raised_by: {info: [pm2]}", ":17: custom.raised_by.info: want one of severities that is not the default"},
		"raised by nothing":      {"needles: [pm2]", "raised_by: {error: []}", ":17: custom.raised_by.error is missing"},
		"raised by an empty one": {"needles: [pm2]", "raised_by: {error: [\"unit:\"]}", ":17: custom.raised_by.error: an empty needle is in every document"},
		"raised twice":           {"needles: [pm2]", "raised_by: {error: [a, a]}", `:17: custom.raised_by.error: "a" stands there twice`},
		"empty needle of a unit": {"needles: [pm2]", `needles: ["unit:"]`, ":17: custom.needles: an empty needle is in every document"},
		"parameter name":         {"#     limit:", "#     Limit:", `:19: custom.parameters.Limit: not a snake_case name`},
		"parameter without text": {"#       description: How many.\n", "", ":19: custom.parameters.limit: description is missing"},
		"parameter type":         {"type: integer", "type: int", `:19: custom.parameters.limit: unknown type "int"`},
		"default of other type":  {"default: 2", "default: x", ":22: custom.parameters.limit.default does not fit its own schema"},
		"no default":             {"#       default: 2\n", "", ": custom.parameters.limit.default does not fit its own schema"},
		"default out of enum":    {"default: [on]", "default: [up]", ":26: custom.parameters.modes.default does not fit its own schema"},
		"array without items":    {"#       items:\n#         type: string\n#         enum: [on, off]\n", "", ":23: custom.parameters.modes: an array needs items"},
		"items without array":    {"default: 2", "default: 2\n#       items: {type: string}", ":23: custom.parameters.limit: only an array has items"},
		"item type":              {"#         type: string", "#         type: array", `:27: custom.parameters.modes.items: unknown type "array"`},
		"no remediation":         {"#     default: Do it.\n", "", ":30: custom.remediation.default is missing"},
		"unknown mode":           {"linkerd: Do", "consul: Do", `:32: custom: unknown field "consul"`},
		"unknown fix":            {"fix: manual", "fix: auto", `:33: custom.fix: unknown value "auto"`},
		"since is no release":    {"since: 0.1.0", "since: soon", `:34: custom.since "soon" is not a release`},
		"effective no release":   {"since: 0.1.0", "since: 0.1.0\n#   effective: soon", `:35: custom.effective "soon" is not a release`},
		"alias of itself":        {"process/old-rule", "process/some-rule", `:35: custom.aliases: "process/some-rule" is not another id`},
		"no title":               {"# title: A rule\n", "", ":1: title is missing"},
		"no description":         {"# description: What it is.\n", "", ": description is missing"},
		"authors":                {"# custom:", "# authors: [A. Uthor]\n# custom:", ":1: METADATA of a policy holds"},
		"no METADATA":            {ruleMetadata, "", ":1: a policy has one package METADATA, found 0"},
		"YAML error":             {"since: 0.1.0", "since: [0.1.0", ": yaml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, ruleMetadata, test.old)
			_, err := policy.Load(tree(strings.Replace(ruleMetadata, test.old, test.new, 1)))
			require.ErrorContains(t, err, file)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestLoadReadsGates(t *testing.T) {
	const head = "# METADATA\n# scope: package\n# title: T\n# description: D\n"
	const body = "package lib.onelayer.beside\n\nall := [1]\n\nof(_) := 1\n"
	load := func(custom string) (*policy.Library, error) {
		files := tree(ruleMetadata)
		files["lib/beside/beside.rego"] = &fstest.MapFile{Data: []byte(head + custom + body)}
		return policy.Load(files)
	}
	library, err := load("# custom:\n#   gates:\n#     all: [b, a]\n")
	require.NoError(t, err)
	require.Equal(t, []policy.Gate{{Rule: "lib.onelayer.beside.all", Needles: []string{"b", "a"}}}, library.Gates())
	for custom, want := range map[string]string{
		"# custom:\n#   gate: {}\n":                         `:5: decode custom of a shared package, which holds gates only: json: unknown field "gate"`,
		"# custom:\n#   gates: [a]\n":                       ":5: decode custom of a shared package",
		"# custom:\n#   gates:\n#     all: []\n":            ":7: custom.gates.all is missing",
		"# custom:\n#   gates:\n#     all: [a, a]\n":        `:7: custom.gates.all: "a" stands there twice`,
		"# custom:\n#   gates:\n#     all: [\"\"]\n":        `:7: custom.gates.all: "" is no literal of the document itself`,
		"# custom:\n#   gates:\n#     all: [\"unit:a\"]\n":  `:7: custom.gates.all: "unit:a" is no literal of the document itself`,
		"# custom:\n#   gates:\n#     of: [a]\n":            ":7: custom.gates.of: no rule of this file has that name and a value of its own",
		"# custom:\n#   gates:\n#     a: [b]\n#     z: [b]": ":7: custom.gates.a: no rule of this file",
	} {
		_, err := load(strings.TrimSuffix(custom, "\n") + "\n")
		require.ErrorContains(t, err, "lib/beside/beside.rego"+want)
	}
}

func TestLoadRefusesBrokenLibraries(t *testing.T) {
	files := tree(ruleMetadata)
	files["lib/broken/broken.rego"] = &fstest.MapFile{Data: []byte("package lib.onelayer.broken\n\nx := [\n")}
	files["lib/typo/typo.rego"] = &fstest.MapFile{Data: []byte("package lib.onelayer.typo\n\nimport data.lib.onelayer.baes\n")}
	second := strings.NewReplacer("some-rule", "twin", "some_rule", "twin").Replace(ruleMetadata + ruleBody)
	files["policies/process/twin/twin.rego"] = &fstest.MapFile{Data: []byte(second)}
	library, problems, err := policy.LoadPartial(files)
	require.NoError(t, err)
	require.Len(t, library.Rules(), 1)
	text := ""
	for _, problem := range problems {
		text += problem.Error() + "\n"
	}
	require.Regexp(t, regexp.MustCompile(`lib/broken/broken.rego:4: .*`), text)
	require.Contains(t, text, "lib/typo/typo.rego:1: import of data.lib.onelayer.baes, which no module defines\n")
	require.Contains(t, text, `policies/process/twin/twin.rego:1: id "process/old-rule" is also claimed by policies/process/some_rule/some_rule.rego`)
	_, err = policy.Load(files)
	require.ErrorContains(t, err, "load policy library: ")
}

func TestLoadOfNothing(t *testing.T) {
	library, err := policy.Load(fstest.MapFS{})
	require.NoError(t, err)
	require.Empty(t, library.Rules())
}

func names(modules []*ast.Module) []string {
	out := []string{}
	for _, module := range modules {
		out = append(out, module.Package.Location.File)
	}
	return out
}

func TestModulesGivesTheImportClosure(t *testing.T) {
	library, err := policy.Load(tree(ruleMetadata))
	require.NoError(t, err)
	closure := []string{
		"lib/base/base.rego", "lib/base/more.rego", "lib/sample/sample.rego", "policies/process/some_rule/some_rule.rego",
	}
	tests := map[string]struct{ names, want []string }{
		"nothing":       {nil, []string{}},
		"rule":          {[]string{"process/some-rule"}, closure},
		"former id":     {[]string{"process/old-rule"}, closure},
		"package":       {[]string{"lib.onelayer.base"}, closure[:2]},
		"several":       {[]string{"lib.onelayer.sample", "lib.onelayer.beside"}, []string{closure[0], closure[1], "lib/beside/beside.rego", closure[2]}},
		"same twice":    {[]string{"process/some-rule", "process/some-rule"}, closure},
		"reached twice": {[]string{"lib.onelayer.base", "process/some-rule"}, closure},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			modules, err := library.Modules(test.names...)
			require.NoError(t, err)
			require.Equal(t, test.want, names(modules))
		})
	}
	_, err = library.Modules("process/none")
	require.EqualError(t, err, `find rule: unknown id "process/none"`)
	_, err = library.Modules("lib.onelayer.none")
	require.EqualError(t, err, `find module: unknown package "lib.onelayer.none"`)
}

func TestEntry(t *testing.T) {
	library, err := policy.Load(tree(ruleMetadata))
	require.NoError(t, err)
	tests := map[string]struct {
		ids     []string
		options policy.EntryOptions
		want    string
	}{
		"plain": {[]string{"process/some-rule"}, policy.EntryOptions{}, `package onelayer.entry.kind_apps__Deployment

import data.lib.onelayer.policies.process.some_rule as policy_0
import data.lib.onelayer.params

findings contains found if { params.enabled("process/some-rule"); some found in policy_0.violation }`},
		"former id, unconditional, waivers": {[]string{"process/old-rule"}, policy.EntryOptions{Unconditional: true, Waivers: true}, `package onelayer.entry.kind_apps__Deployment

import data.lib.onelayer.policies.process.some_rule as policy_0
import data.lib.onelayer.exempt

findings contains found if { some found in policy_0.violation }
waivers contains waiver if { some waiver in exempt.declared }`},
		"empty": {nil, policy.EntryOptions{}, "package onelayer.entry.kind_apps__Deployment"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			module, err := library.Entry("apps/Deployment", test.ids, test.options)
			require.NoError(t, err)
			require.Equal(t, ast.MustParseModule(test.want).String(), module.String())
		})
	}
	_, err = library.Entry("apps/Deployment", []string{"process/none"}, policy.EntryOptions{})
	require.EqualError(t, err, `generate entry for apps/Deployment: unknown rule "process/none"`)
}

func TestEntryPackagesDiffer(t *testing.T) {
	kinds := map[string]string{
		"/Service":                           "onelayer.entry.kind___Service",
		"serving.knative.dev/Service":        "onelayer.entry.kind_serving_knative_dev__Service",
		"3scale.net/Service":                 "onelayer.entry.kind_3scale_net__Service",
		"a-b/Service":                        "onelayer.entry.kind_a_x2d_b__Service",
		"onelayer.dev/\"]\nimport data.evil": "onelayer.entry.kind_onelayer_dev___x22__x5d__xa_import_x20_data_evil",
	}
	for kind, want := range kinds {
		require.Equal(t, want, policy.EntryPackage(kind))
	}
}

// TestCatalogueIsTheLibrary proves that the committed catalogue says what parsing says.
func TestCatalogueIsTheLibrary(t *testing.T) {
	fast, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	sources, err := policy.ReadSources(onelayer.Library)
	require.NoError(t, err)
	files := fstest.MapFS{"lib/zzz/zzz.rego": {Data: []byte("package lib.onelayer.zzz\n")}}
	for _, source := range sources {
		files[source.File] = &fstest.MapFile{Data: source.Text}
	}
	slow, err := policy.Load(files)
	require.NoError(t, err)
	require.Equal(t, slow.Rules(), fast.Rules())
	require.Equal(t, len(slow.ModuleInfos())-1, len(fast.ModuleInfos()))
	infos := map[string]policy.ModuleInfo{}
	for _, info := range slow.ModuleInfos() {
		infos[info.File] = info
	}
	for _, info := range fast.ModuleInfos() {
		require.Equal(t, infos[info.File], info)
	}
}

func TestEveryEntryCompiles(t *testing.T) {
	library, err := policy.Load(os.DirFS(repository))
	require.NoError(t, err)
	kinds := map[string][]string{}
	for _, rule := range library.Rules() {
		for _, kind := range rule.AppliesTo {
			kinds[kind] = append(kinds[kind], rule.ID)
		}
	}
	modules := map[string]*ast.Module{}
	var all []string
	for _, rule := range library.Rules() {
		all = append(all, rule.ID)
	}
	list, err := library.Modules(append(all, "lib.onelayer.exempt")...)
	require.NoError(t, err)
	for kind, ids := range kinds {
		entry, err := library.Entry(kind, ids, policy.EntryOptions{Waivers: true})
		require.NoError(t, err)
		list = append(list, entry)
	}
	for _, module := range list {
		modules[module.Package.Location.File] = module
	}
	compiler := ast.NewCompiler().WithStrict(true)
	compiler.Compile(modules)
	require.False(t, compiler.Failed(), "%v", compiler.Errors)
}
