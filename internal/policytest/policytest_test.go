package policytest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/onelayer/onelayer"
)

// shop is a rule with its tests: a Deployment of three replicas or more must not be named web. Two of its expressions make
// no difference: one that is said twice, and one of a comprehension that no case needs.
const shop = `
-- policies/process/big_web/big_web.rego --
# METADATA
# scope: package
# title: A big web
# description: >-
#   A rule of this test. The container owns what Kubernetes owns.
# custom:
#   id: process/big-web
#   severity: warning
#   severities: [warning]
#   group: process
#   concerns: [lifecycle]
#   layers: [container, kubernetes]
#   applies_to: [apps/Deployment]
#   needs: [object]
#   remediation:
#     default: >-
#       Make it small.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.big_web

import data.lib.onelayer.finding
import data.lib.onelayer.resource

violation contains finding.new(rego.metadata.chain(), record.obj, {
	"msg": "is big; make it small",
	"path": ["spec", "replicas"],
}) if {
	some record in resource.of({"apps/Deployment"})
	record.obj.metadata.name == "web"
	_big(record.obj.spec)
}

_big(spec) if {
	count([n | n := spec.replicas; n > 2; n < 9]) > 0
} else if {
	every c in spec.template.spec.containers {
		c.name == "big"
		c.image == "big"
	}
}
-- policies/process/big_web/big_web_test.rego --
package lib.onelayer.policies.process.big_web_test

import data.lib.onelayer.policies.process.big_web

_web(replicas, names) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web"},
	"spec": {
		"replicas": replicas,
		"template": {"spec": {"containers": [{"name": name, "image": name} | some name in names]}},
	},
}

test_size if {
	count(big_web.violation) == 1 with input as _web(3, ["a"])
	count(big_web.violation) == 0 with input as _web(2, ["a"])
	count(big_web.violation) == 1 with input as _web(2, ["big"])
}
`

// cases are the fixtures that every rule needs: three that deny and three that allow.
func cases() string {
	var b strings.Builder
	for _, name := range []string{"deny_a", "deny_b", "deny_c"} {
		b.WriteString("-- tests/fixtures/process/big_web/" + name + "/input/web.yaml --\n" + deployment("web"))
		b.WriteString("-- tests/fixtures/process/big_web/" + name + "/expected.yaml --\n" + expectation)
	}
	for _, name := range []string{"allow_a", "allow_b", "allow_c"} {
		b.WriteString("-- tests/fixtures/process/big_web/" + name + "/input/web.yaml --\n" + deployment("api"))
		b.WriteString("-- tests/fixtures/process/big_web/" + name + "/expected.yaml --\n# Another name.\n[]\n")
	}
	return b.String()
}

func deployment(name string) string {
	return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ` + name + `}
spec:
  replicas: 3
  template: {spec: {containers: [{name: a, image: b}]}}
`
}

const expectation = `# Three are big.
- file: web.yaml
  id: process/big-web
  line: 5
  object: apps/v1 Deployment web
  path: spec.replicas
  severity: warning
`

// library writes the rule, with the changes, which come as a txtar archive.
func library(t *testing.T, changes string) string {
	t.Helper()
	root := t.TempDir()
	for _, text := range []string{shop, cases(), changes} {
		for _, file := range txtar.Parse([]byte(text)).Files {
			name := filepath.Join(root, filepath.FromSlash(file.Name))
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, file.Data, 0o600))
		}
	}
	return root
}

// shared are the modules that the rule uses; all of the library would take long to check.
func shared(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	for _, module := range []string{"finding", "params", "resource"} {
		names, err := fs.Glob(onelayer.Library, "lib/"+module+"/*.rego")
		require.NoError(t, err)
		for _, name := range names {
			text, err := fs.ReadFile(onelayer.Library, name)
			require.NoError(t, err)
			files[name] = &fstest.MapFile{Data: text}
		}
	}
	return files
}

func try(t *testing.T, root string, options Options) *Result {
	t.Helper()
	options.Root, options.Base = root, shared(t)
	result, err := Run(context.Background(), options)
	require.NoError(t, err)
	return result
}

// failures gives the failed cases as "KIND NAME: DETAIL".
func failures(result *Result) []string {
	texts := []string{}
	for _, c := range result.Cases {
		if c.Status == Fail {
			texts = append(texts, c.Kind+" "+c.Name+": "+oneLine(c.Detail))
		}
	}
	return texts
}

const fixtureFolder = "-- tests/fixtures/process/big_web/"

func TestRunPassesWhatIsRight(t *testing.T) {
	result := try(t, library(t, ""), Options{Coverage: true})
	assert.Empty(t, failures(result))
	assert.InDelta(t, 100, result.Covered, 0)
	kinds := map[string]int{}
	for _, c := range result.Cases {
		kinds[c.Kind]++
	}
	assert.Equal(t, map[string]int{"law": 1, "unit": 1, "fixture": 7, "coverage": 1}, kinds)
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	const name = "process/big_web/deny_a"
	tests := map[string]struct {
		changes string
		says    []string
	}{
		"a finding at another place": {
			fixtureFolder + "deny_a/expected.yaml --\n" + strings.ReplaceAll(expectation, "line: 5", "line: 4"),
			[]string{"fixture " + name, "missing: web.yaml:4 warning process/big-web apps/v1 Deployment web at spec.replicas",
				"unexpected: web.yaml:5 warning process/big-web"},
		},
		"a finding too few": {
			fixtureFolder + "deny_a/expected.yaml --\n" + expectation + expectation[strings.Index(expectation, "\n")+1:],
			[]string{"fixture " + name, "1 findings instead of 2"},
		},
		"a deny case without a finding": {
			fixtureFolder + "deny_a/input/web.yaml --\n" + deployment("api"),
			[]string{"fixture " + name, "a deny case has 0 findings"},
		},
		"an allow case with a finding": {
			fixtureFolder + "allow_a/input/web.yaml --\n" + deployment("web"),
			[]string{"fixture process/big_web/allow_a", "an allow case has 1 findings", "unexpected: web.yaml:5"},
		},
		"an expectation that says nothing": {
			fixtureFolder + "deny_a/expected.yaml --\n[]\n",
			[]string{"fixture " + name, "expected.yaml: the first line must be a comment that says what the case proves"},
		},
		"an expectation with a field that is none": {
			fixtureFolder + "deny_a/expected.yaml --\n# Odd.\n- {row: 5}\n",
			[]string{"fixture " + name, "parse expected.yaml", `unknown field "row"`},
		},
		"an expectation that is no YAML": {
			fixtureFolder + "deny_a/expected.yaml --\n# Odd.\n- [\n",
			[]string{"fixture " + name, "parse expected.yaml"},
		},
		"a configuration that is no YAML": {
			fixtureFolder + "deny_a/config.yaml --\nrules: [\n",
			[]string{"fixture " + name, "parse config.yaml"},
		},
		"a configuration whose images are none": {
			fixtureFolder + "deny_a/config.yaml --\nimages: [{dockerfile: [1]}]\n",
			[]string{"fixture " + name, "parse config.yaml"},
		},
		"an input that cannot be read": {
			fixtureFolder + "deny_a/input/broken.yaml --\napiVersion: v1\nkind: Pod\nspec: [\n",
			[]string{"fixture " + name, "broken.yaml"},
		},
		"no expectation": {
			fixtureFolder + "deny_d/input/web.yaml --\n" + deployment("web"),
			[]string{"fixture process/big_web/deny_d", "read expected.yaml"},
		},
		"a folder of no rule": {
			"-- tests/fixtures/process/small_web/deny_a/expected.yaml --\n# None.\n[]\n",
			[]string{"fixture process/small_web/deny_a", "the folder names no rule: there is no process/small-web"},
		},
		"a unit test that is not true": {
			"-- policies/process/big_web/more_test.rego --\npackage lib.onelayer.policies.process.more_test\n\ntest_no if 1 == 2\n",
			[]string{"unit lib.onelayer.policies.process.more_test.test_no", "more_test.rego:3: the test is not true"},
		},
		"a unit test that is no Rego": {
			"-- policies/process/big_web/more_test.rego --\npackage x\n\ntest_no if {\n",
			[]string{"compile policies/process/big_web/more_test.rego", "more_test.rego:"},
		},
		"a policy that is no Rego": {
			"-- policies/process/big_web/big_web.rego --\npackage lib.onelayer.policies.process.big_web\n\nviolation if {\n",
			[]string{"compile policies/process/big_web/big_web.rego"},
		},
		"a policy that breaks a law": {
			strings.Replace(shop, "_big(record.obj.spec)", "_big(input.spec)", 1),
			[]string{"law policies/process/big_web/big_web.rego", "big_web.rego:31", "input"},
		},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			texts := failures(try(t, library(t, test.changes), Options{}))
			require.Len(t, texts, 1, "%v", texts)
			for _, text := range test.says {
				assert.Contains(t, texts[0], text)
			}
		})
	}
}

func TestRunCountsFixtures(t *testing.T) {
	root := library(t, "")
	require.NoError(t, os.RemoveAll(filepath.Join(root, "tests", "fixtures", "process", "big_web", "allow_c")))
	assert.Equal(t, []string{"fixture process/big-web: 3 deny and 2 allow fixtures: at least 3 of each are needed"},
		failures(try(t, root, Options{})))
}

func TestRunReadsTheJoinsOfAFixture(t *testing.T) {
	const changes = fixtureFolder + "deny_a/config.yaml --\nimages: [{dockerfile: a/Dockerfile, refs: [b]}]\n" +
		fixtureFolder + "deny_a/input/a/Dockerfile --\nFROM x\n" + fixtureFolder + "deny_a/input/b/Dockerfile --\nFROM x\n"
	s, _, err := open(Options{Root: library(t, changes), Base: shared(t)})
	require.NoError(t, err)
	f, err := s.readFixture(context.Background(), filepath.Join(s.options.Root, "tests/fixtures/process/big_web/deny_a"))
	require.NoError(t, err)
	refs := []string{}
	for _, doc := range f.tree.Units[0].Documents {
		if doc.GroupKind == "onelayer.dev/Image" {
			found, err := doc.Value.Find(ast.MustParseRef("x.spec.refs")[1:])
			require.NoError(t, err)
			refs = append(refs, doc.File+" "+found.String())
		}
	}
	assert.Equal(t, []string{`a/Dockerfile ["b"]`, "b/Dockerfile []"}, refs)
}

func TestRunUpdates(t *testing.T) {
	changes := fixtureFolder + "deny_a/expected.yaml --\n" + strings.ReplaceAll(expectation, "line: 5", "line: 4")
	root := library(t, changes+fixtureFolder+"deny_new_case/input/web.yaml --\n"+deployment("web"))
	assert.Empty(t, failures(try(t, root, Options{Update: true})))
	for name, first := range map[string]string{"deny_a": "# Three are big.", "deny_new_case": "# deny new case"} {
		text, err := os.ReadFile(filepath.Join(root, "tests", "fixtures", "process", "big_web", name, "expected.yaml"))
		require.NoError(t, err)
		want := strings.Replace(expectation, "# Three are big.", first, 1)
		assert.Equal(t, want, string(text))
	}
	assert.Empty(t, failures(try(t, root, Options{})))
}

func TestRunNarrows(t *testing.T) {
	result := try(t, library(t, ""), Options{Run: regexp.MustCompile("deny_b|test_size")})
	names := []string{}
	for _, c := range result.Cases {
		names = append(names, c.Name)
	}
	assert.Equal(t, []string{"lib.onelayer.policies.process.big_web_test.test_size", "process/big_web/deny_b"}, names)
}

func TestRunNeedsPolicies(t *testing.T) {
	_, err := Run(context.Background(), Options{Root: t.TempDir()})
	require.ErrorContains(t, err, "has no folder policies")
}
