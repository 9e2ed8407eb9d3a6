package gatekeeper_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/gatekeeper"
	"github.com/onelayer/onelayer/internal/policy"
)

// generated gives the files of the embedded library by path.
func generated(t *testing.T, options gatekeeper.Options) map[string]string {
	t.Helper()
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	files, err := gatekeeper.Generate(library, options)
	require.NoError(t, err)
	byPath := map[string]string{}
	for _, file := range files {
		byPath[file.Path] = string(file.Text)
	}
	return byPath
}

// source is what a template gives to Gatekeeper's engine.
type source struct {
	Version string   `json:"version"`
	Rego    string   `json:"rego"`
	Libs    []string `json:"libs"`
}

func sourceOf(t *testing.T, text string) source {
	t.Helper()
	var template struct {
		Spec struct {
			Targets []struct {
				Code []struct {
					Engine string `json:"engine"`
					Source source `json:"source"`
				} `json:"code"`
			} `json:"targets"`
		} `json:"spec"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(text), &template))
	require.Len(t, template.Spec.Targets, 1)
	require.Len(t, template.Spec.Targets[0].Code, 1)
	require.Equal(t, "Rego", template.Spec.Targets[0].Code[0].Engine)
	return template.Spec.Targets[0].Code[0].Source
}

func TestSourcesAreThoseOfTheLibrary(t *testing.T) {
	texts := map[string]bool{}
	sources, err := policy.ReadSources(onelayer.Library)
	require.NoError(t, err)
	for _, one := range sources {
		texts[string(one.Text)] = true
	}
	for path, text := range generated(t, gatekeeper.Options{}) {
		if !strings.HasPrefix(path, "templates/") && !strings.HasSuffix(path, "-referential.yaml") || strings.HasSuffix(path, "kustomization.yaml") {
			continue
		}
		source := sourceOf(t, text)
		assert.Equal(t, "v1", source.Version)
		for _, lib := range source.Libs {
			assert.True(t, texts[lib], "%s: a module is not byte for byte in the library:\n%.200s", path, lib)
		}
		reads := slices.ContainsFunc(source.Libs, func(lib string) bool { return strings.Contains(lib, "data.inventory") })
		assert.Equal(t, strings.HasPrefix(path, "referential/"), reads, "%s names the inventory", path)
	}
}

func TestEveryRuleOfTheClusterIsInEveryGrouping(t *testing.T) {
	library, err := policy.Load(onelayer.Library)
	require.NoError(t, err)
	for _, grouping := range gatekeeper.Groupings() {
		var entries strings.Builder
		for path, text := range generated(t, gatekeeper.Options{Grouping: grouping}) {
			if strings.HasPrefix(path, "templates/") && !strings.HasSuffix(path, "kustomization.yaml") {
				entries.WriteString(sourceOf(t, text).Rego)
			}
		}
		for _, rule := range library.Rules() {
			inCluster := slices.ContainsFunc(rule.AppliesTo, func(kind string) bool { return !strings.HasPrefix(kind, "onelayer.dev/") })
			want := 0
			if inCluster {
				want = 1
			}
			if rule.Group != "onelayer" {
				assert.Equal(t, want, strings.Count(entries.String(), " in "+strings.NewReplacer("/", "_", "-", "_").Replace(rule.ID)+".violation"), "%s: %s", grouping, rule.ID)
			}
		}
	}
}

func TestConstraintsMatchNarrowly(t *testing.T) {
	files := generated(t, gatekeeper.Options{})
	for name, want := range map[string]struct{ severity, action string }{
		"deny": {"error", "deny"}, "warn": {"warning", "warn"}, "info": {"info", "dryrun"},
	} {
		var constraint struct {
			Spec struct {
				EnforcementAction string `json:"enforcementAction"`
				Match             struct {
					Source string `json:"source"`
					Kinds  []struct {
						APIGroups []string `json:"apiGroups"`
						Kinds     []string `json:"kinds"`
					} `json:"kinds"`
				} `json:"match"`
				Parameters struct {
					Severities []string `json:"severities"`
				} `json:"parameters"`
			} `json:"spec"`
		}
		require.NoError(t, yaml.UnmarshalStrict([]byte(withoutHead(files["constraints/traffic-"+name+".yaml"])), &constraint))
		assert.Equal(t, want.action, constraint.Spec.EnforcementAction)
		assert.Equal(t, []string{want.severity}, constraint.Spec.Parameters.Severities)
		assert.Equal(t, "Original", constraint.Spec.Match.Source)
		groups := map[string][]string{}
		for _, kinds := range constraint.Spec.Match.Kinds {
			require.Len(t, kinds.APIGroups, 1)
			groups[kinds.APIGroups[0]] = kinds.Kinds
		}
		assert.Contains(t, groups["apps"], "Deployment")
		assert.Contains(t, groups[""], "Pod")
		assert.NotContains(t, groups, "onelayer.dev")
	}
	assert.NotContains(t, files["constraints/kustomization.yaml"], "-info.yaml")
}

// withoutHead leaves the head of an object out, so that the rest can be read strictly.
func withoutHead(text string) string { return text[strings.Index(text, "spec:"):] }

func TestGeneratesTheSameTwice(t *testing.T) {
	assert.Equal(t, generated(t, gatekeeper.Options{}), generated(t, gatekeeper.Options{}))
}

const policyHead = `# METADATA
# scope: package
# title: A sample
# description: A rule of this test about the container and the platform.
# custom:
#   id: process/ID
#   severity: error
#   severities: [error]
#   group: process
#   concerns: [lifecycle]
#   layers: [container]
#   applies_to: [KIND]
#   needs: [object]
#   remediation: {default: Do something else.}
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.process.PKG

violation contains finding.new(rego.metadata.chain(), {}, {}) if false
`

func sample(id, kind, rest string) fstest.MapFS {
	name := strings.ReplaceAll(id, "-", "_")
	text := strings.NewReplacer("ID", id, "KIND", kind, "PKG", name).Replace(policyHead) + rest
	return fstest.MapFS{"policies/process/" + name + "/" + name + ".rego": {Data: []byte(text)}}
}

func TestRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		files   fstest.MapFS
		options gatekeeper.Options
		want    string
	}{
		"nothing for a cluster": {sample("a", "onelayer.dev/Image", ""), gatekeeper.Options{}, "no rule of the library judges what a cluster asks about"},
		"an unknown grouping":   {sample("a", "/Pod", ""), gatekeeper.Options{Grouping: "severity"}, `unknown grouping "severity": use group, rule or all`},
		"a kind that is too long": {sample(strings.Repeat("long-", 12)+"id", "/Pod", ""), gatekeeper.Options{Grouping: gatekeeper.ByRule},
			"longer than the 63 letters that Kubernetes allows"},
		"a library without the modules of an entry": {sample("a", "/Pod", ""), gatekeeper.Options{}, `unknown package "lib.onelayer.admission"`},
	} {
		t.Run(name, func(t *testing.T) {
			library, err := policy.Load(test.files)
			require.NoError(t, err)
			_, err = gatekeeper.Generate(library, test.options)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestRefusesATemplateThatNoClusterTakes(t *testing.T) {
	files := sample("a", "/Pod", "\n"+strings.Repeat("# a long remark\n", 80_000))
	for _, module := range []string{"admission", "configuration", "exempt", "inventory", "params", "resource", "synced", "workload"} {
		files["lib/"+module+"/"+module+".rego"] = &fstest.MapFile{Data: []byte("package lib.onelayer." + module + "\n")}
	}
	library, err := policy.Load(files)
	require.NoError(t, err)
	_, err = gatekeeper.Generate(library, gatekeeper.Options{})
	assert.ErrorContains(t, err, "templates/process.yaml has ")
	assert.ErrorContains(t, err, "more than the 1048576 that a cluster takes")
}
