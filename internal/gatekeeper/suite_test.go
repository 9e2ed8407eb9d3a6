package gatekeeper_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/internal/gatekeeper"
)

const deployment = `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "NAME"}, "spec": {"replicas": 2}}`

// exported is what the export of the fixtures looks like: an object that breaks a rule, one that does not, one that
// breaks a rule because of an image, and one under a configuration, which gator cannot be given for one object only.
var exported = strings.NewReplacer("BAD", strings.Replace(deployment, "NAME", "bad", 1), "GOOD", strings.Replace(deployment, "NAME", "good", 1)).Replace(`[
{"name": "process/manager_entrypoint/deny_bad", "config": {}, "inventory": {"namespace": {"": {"apps/v1": {"Deployment": {"bad": BAD}}}}},
 "objects": [{"file": "a.yaml", "value": BAD}],
 "review": [{"id": "process/manager-entrypoint", "object": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "bad"}, "path": "", "severity": "error"},
            {"id": "process/signals-swallowed", "object": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "bad"}, "path": "", "severity": "warning"}]},
{"name": "process/manager_entrypoint/allow_good", "config": {}, "inventory": {"namespace": {"": {"apps/v1": {"Deployment": {"good": GOOD}}}}},
 "objects": [{"file": "a.yaml", "value": GOOD}], "review": []},
{"name": "process/manager_daemonised/deny_image", "config": {},
 "inventory": {"cluster": {"onelayer.dev/v1alpha1": {"Image": {"i": {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": {"name": "i"}}}}},
               "namespace": {"": {"apps/v1": {"Deployment": {"bad": BAD}}}}},
 "objects": [{"file": "Dockerfile", "value": {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": {"name": "i"}}}, {"file": "a.yaml", "value": BAD}],
 "review": [{"id": "process/manager-daemonised", "object": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "bad"}, "path": "", "severity": "error"}]},
{"name": "process/manager_in_job/deny_configured", "config": {"strict": true}, "inventory": {}, "objects": [{"file": "a.yaml", "value": BAD}], "review": []}
]`)

func TestSuite(t *testing.T) {
	cases, err := gatekeeper.ReadCases(fstest.MapFS{"cases.json": {Data: []byte(exported)}})
	require.NoError(t, err)
	files := generated(t, gatekeeper.Options{Cases: cases})
	var suite struct {
		Kind  string `json:"kind"`
		Tests []struct {
			Name, Template, Constraint string
			Invalid                    bool
			Cases                      []struct {
				Name, Object string
				Inventory    []string
				Assertions   []struct {
					Violations any
					Message    string
				}
			}
		} `json:"tests"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(files["suite.yaml"]), &suite))
	assert.Equal(t, "Suite", suite.Kind)
	said := map[string]string{}
	for _, test := range suite.Tests {
		for _, path := range []string{test.Template, test.Constraint} {
			assert.Contains(t, files, path)
		}
		said[test.Name] = ""
		for _, one := range test.Cases {
			for _, path := range append(one.Inventory, one.Object) {
				assert.Contains(t, files, path)
				assert.Contains(t, files[path], map[bool]string{true: "kind: Image", false: "namespace: default"}[strings.Contains(path, "-beside-")])
			}
			for _, a := range one.Assertions {
				said[test.Name] += one.Name + " " + yamlText(t, a.Violations) + " " + a.Message + "\n"
			}
		}
	}
	assert.Equal(t, map[string]string{
		"process-deny":             "manager-entrypoint-deny-bad yes ^process/manager-entrypoint: \nmanager-entrypoint-allow-good no \n",
		"process-deny-referential": "manager-daemonised-deny-image-2 yes ^process/manager-daemonised: \n",
		"process-switched-off":     "manager-entrypoint-deny-bad no ^process/manager-entrypoint: \n",
		"process-lowered-in-deny":  "manager-entrypoint-deny-bad no ^process/manager-entrypoint: \n",
		"process-lowered-in-warn":  "manager-entrypoint-deny-bad yes ^process/manager-entrypoint: \n",
		"process-wrong-type":       "manager-entrypoint-deny-bad 1 ^onelayer/config: enabled must be true or false\n",
		"process-unknown-severity": "",
	}, said)
	assert.NotContains(t, generated(t, gatekeeper.Options{}), "suite.yaml")
}

func yamlText(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	require.NoError(t, err)
	return strings.Trim(string(text), "\"\n")
}

func TestReadCasesRefuses(t *testing.T) {
	_, err := gatekeeper.ReadCases(fstest.MapFS{})
	assert.ErrorContains(t, err, "no cases: write them with go run ./tests/equivalence/export")
	_, err = gatekeeper.ReadCases(fstest.MapFS{"a.json": {Data: []byte(`{"name": "x"}`)}})
	assert.ErrorContains(t, err, "a.json: not a list of cases")
}
