package gatekeeper

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestOddObjects reviews objects whose fields are missing or of types that no schema allows. An evaluation error would be
// told instead of every finding, and would deny.
func TestOddObjects(t *testing.T) {
	c := cluster(t, inForce{grouping: "all", referential: true, levels: allLevels})
	odd := []any{nil, true, int64(0), 1.5, "text", []any{}, []any{nil}, []any{"a", int64(3), nil}, map[string]any{}, map[string]any{"y": true}}
	managed := object(t, managedDeployment)
	container := managed["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)
	reviewed := 0
	check := func(object map[string]any) {
		reviewed++
		for _, result := range admit(t, c, "CREATE", nil, object) {
			details(t, result)
		}
	}
	for _, value := range odd {
		for _, path := range [][]string{
			{"spec"}, {"spec", "template"}, {"spec", "template", "metadata"}, {"spec", "template", "spec"}, {"spec", "replicas"},
			{"metadata", "labels"}, {"metadata", "annotations"}, {"spec", "template", "spec", "containers"},
			{"spec", "template", "spec", "initContainers"}, {"spec", "template", "spec", "volumes"},
			{"spec", "template", "spec", "restartPolicy"}, {"spec", "template", "spec", "terminationGracePeriodSeconds"},
		} {
			check(changed(managed, value, path...))
		}
		for _, field := range []string{"name", "image", "command", "args", "env", "envFrom", "ports", "lifecycle", "readinessProbe", "livenessProbe", "resources", "volumeMounts", "workingDir"} {
			check(changed(managed, []any{changed(container, value, field)}, "spec", "template", "spec", "containers"))
		}
		check(changed(managed, []any{container, value}, "spec", "template", "spec", "containers"))
		check(changed(managed, []any{changed(container, []any{"pm2-runtime", value}, "command")}, "spec", "template", "spec", "containers"))
	}
	assert.Greater(t, reviewed, 200)
}

// TestValuesThatYAMLReadsOtherwise finds the cause where a word is a number and a name is a boolean.
func TestValuesThatYAMLReadsOtherwise(t *testing.T) {
	c := cluster(t, inForce{grouping: "group", levels: []string{"deny"}})
	deployment := object(t, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: y, image: node, command: [pm2-runtime, start, server.js, -i, 3]}]
`)
	assert.Contains(t, messages(admit(t, c, "CREATE", nil, deployment)),
		`[process-deny] process/manager-entrypoint: container "true" runs under pm2-runtime, a second supervisor inside Kubernetes; start the program itself`)
}

// TestWordsAtTheEndsOfLines finds a word that begins a line of a script, which JSON writes behind a letter.
func TestWordsAtTheEndsOfLines(t *testing.T) {
	c := cluster(t, inForce{grouping: "all", levels: []string{"deny", "warn"}})
	open := cluster(t, inForce{grouping: "all", levels: []string{"deny", "warn"}, edit: openGate})
	for _, script := range []string{"set -e\nnpm start", "cd /app &&\tnpm start", "exec 2>&1\nwhile true; do node server.js; done", "node a.js & node b.js"} {
		pod := changed(object(t, `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}`), []any{map[string]any{
			"name": "a", "image": "example.com/a", "command": []any{"/bin/busybox", "sh", "-c", script},
		}}, "spec", "containers")
		found := messages(admit(t, open, "CREATE", nil, pod))
		assert.NotEmpty(t, found, script)
		assert.Equal(t, found, messages(admit(t, c, "CREATE", nil, pod)), script)
	}
}
