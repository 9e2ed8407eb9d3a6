package gatekeeper

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/frameworks/constraint/pkg/client"
	"github.com/open-policy-agent/frameworks/constraint/pkg/client/drivers/rego"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/target"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// survivors are expressions of the entry whose absence no verdict shows, each with the reason.
var survivors = map[string]string{
	"strings.replace_n(_needles, _text) != _text": gateReason,
	"regex.match(":                gateReason,
	"_telling":                    gateReason,
	"_configured":                 inVainReason,
	"name != \"severities\"":      inVainReason,
	"_kind in workload.job_kinds": gateReason,
	"contains(_text, `\"restartpolicy\": \"always\"`)": gateReason,
	"_hidden": gateReason,
	"synced.cluster[resource.api_version].Image": gateReason,
	"inventory.image_of(":                        gateReason,
	"_kind in _kinds_0":                          "the rule itself looks only at the kinds that it judges; dispatch saves work",
}

const (
	gateReason   = "without it the gate is open: the rules are asked in vain, which costs time and changes no verdict"
	inVainReason = "without it the rules about the configuration are asked where nothing is configured, and find nothing"
)

// TestEntryNeedsEveryExpression drops one expression of a generated entry at a time and sees whether a verdict changes or
// the template is refused. The rest of a template has its mutation test in the tool's module.
func TestEntryNeedsEveryExpression(t *testing.T) {
	name := "process-restart-loop"
	dir := bundle(t, "rule")
	template := document(t, dir+"/referential/"+name+"-referential.yaml")
	text := entry(t, template)
	before, err := observe(t, dir, name, template, text)
	require.NoError(t, err)
	require.Equal(t, before, must(observe(t, dir, name, template, text)), "the same entry gives the same verdicts")
	used := map[string]bool{}
	for _, at := range expressions(t, text) {
		dropped := text[at[0]:at[1]]
		mutant := text[:at[0]] + "true" + text[at[1]:]
		after, err := observe(t, dir, name, template, mutant)
		alive := err == nil && slices.Equal(before, after)
		reason := ""
		for start := range survivors {
			if strings.HasPrefix(dropped, start) {
				reason = start
			}
		}
		if alive {
			assert.NotEmpty(t, reason, "no verdict shows that this is gone: %s", dropped)
			used[reason] = true
		}
	}
	for start := range survivors {
		assert.True(t, used[start], "not a survivor any more: %s", start)
	}
}

func must(said []string, err error) []string {
	if err != nil {
		panic(err)
	}
	return said
}

// expressions lists where the expressions of a module begin and end, those inside comprehensions included.
func expressions(tb testing.TB, text string) [][2]int {
	tb.Helper()
	module, err := ast.ParseModuleWithOpts("entry.rego", text, ast.ParserOptions{RegoVersion: ast.RegoV1})
	require.NoError(tb, err)
	var found [][2]int
	ast.WalkExprs(module, func(e *ast.Expr) bool {
		at := [2]int{e.Location.Offset, e.Location.Offset + len(e.Location.Text)}
		if e.Generated || slices.Contains(found, at) || len(e.Location.Text) == 0 || string(e.Location.Text) == "true" {
			return false
		}
		require.Equal(tb, string(e.Location.Text), text[at[0]:at[1]])
		found = append(found, at)
		return false
	})
	require.Greater(tb, len(found), 20)
	return found
}

const (
	loop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers: [{name: web, image: node, command: [/bin/sh, -c, "while true; do node server.js; sleep 1; done"]}]
`
	hidden = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers: [{name: web, image: "example.com/loop:1"}]
`
	job = `
apiVersion: batch/v1
kind: Job
metadata: {name: nightly, namespace: shop}
spec:
  template:
    spec:
      restartPolicy: Always
      containers: [{name: nightly, image: node, command: [node, job.js]}]
`
	loopImage = `
apiVersion: onelayer.dev/v1alpha1
kind: Image
metadata: {name: loop, annotations: {onelayer.dev/source: Dockerfile}}
spec:
  refs: ["example.com/loop:1"]
  dockerfile:
  - {cmd: from, sub: "", json: false, flags: [], value: ["node:22"], heredocs: [], stage: 0}
  - {cmd: cmd, sub: "", json: true, flags: [], value: [/bin/sh, -c, "while true; do node server.js; done"], heredocs: [], stage: 0}
  files: {}
`
)

// observe lists all that constraints of a template with this entry say in situations that touch every part of the entry.
func observe(tb testing.TB, dir, name string, template *unstructured.Unstructured, text string) ([]string, error) {
	tb.Helper()
	driver, err := rego.New(rego.DisableBuiltins("http.send"))
	require.NoError(tb, err)
	c, err := client.NewClient(client.Targets(&target.K8sValidationTarget{}), client.Driver(driver), client.EnforcementPoints(webhook))
	require.NoError(tb, err)
	edited := template.DeepCopy()
	source(edited)["rego"] = text
	if _, err := c.AddTemplate(context.Background(), coreTemplate(tb, edited)); err != nil {
		return nil, err
	}
	g := &gatekeeper{Client: c, driver: driver}
	for _, level := range allLevels {
		g.constraints = append(g.constraints, document(tb, dir+"/constraints/"+name+"-"+level+".yaml"))
	}
	plain := g.constraints[0].DeepCopy()
	plain.SetName(name + "-all")
	unstructured.RemoveNestedField(plain.Object, "spec", "parameters")
	g.constraints = append(g.constraints, plain)

	looped, nightly := object(tb, loop), object(tb, job)
	waiver := func(until string) map[string]any {
		return map[string]any{"rule": "process/restart-loop", "reason": "moves in June", "owner": "ana", "until": until}
	}
	annotated := changed(looped, "process/restart-loop until=2026-12-31 owner=ana", "metadata", "annotations", "onelayer.dev/ignore")
	rules := func(id string, settings map[string]any) map[string]any {
		return map[string]any{"rules": map[string]any{id: settings}}
	}
	off := map[string]any{"enabled": false}
	var said []string
	ask := func(situation string, config, before, after map[string]any, operation string) {
		g.configure(tb, config)
		results := audit(tb, g, after)
		if operation != "" {
			results = admit(tb, g, "CREATE", nil, after)
			if before != nil {
				results = admit(tb, g, "DELETE", before, nil)
			}
		}
		for _, result := range results {
			said = append(said, situation+": "+result.Constraint.GetName()+" "+result.Msg+" "+fmt.Sprint(result.Metadata["details"]))
		}
		said = append(said, situation)
	}
	ask("create", nil, nil, looped, "CREATE")
	ask("create a Job", nil, nil, nightly, "CREATE")
	owner := map[string]any{"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "1", "controller": true}
	ask("create a Job of a CronJob", nil, nil, changed(nightly, []any{owner}, "metadata", "ownerReferences"), "CREATE")
	ask("create what is being deleted", nil, nil, changed(looped, "2026-11-28T00:00:00Z", "metadata", "deletionTimestamp"), "CREATE")
	ask("delete", nil, looped, looped, "DELETE")
	ask("audit", nil, nil, looped, "")
	ask("switched off", rules("process/restart-loop", off), nil, looped, "CREATE")
	ask("another severity", rules("process/restart-loop", map[string]any{"severity": "info"}), nil, looped, "CREATE")
	ask("waived", map[string]any{"now": "2026-06-15", "waivers": []any{waiver("2026-12-31")}}, nil, looped, "CREATE")
	ended := map[string]any{"now": "2026-06-15", "waivers": []any{waiver("2026-01-01")}}
	ask("waiver ended", ended, nil, looped, "CREATE")
	ask("waiver ended, audit", ended, nil, looped, "")
	ended["rules"] = map[string]any{"onelayer/waiver-expired": off}
	ask("waiver ended, switched off", ended, nil, looped, "")
	incomplete := map[string]any{"annotation_waivers": true}
	ask("waiver incomplete", incomplete, nil, annotated, "")
	incomplete["rules"] = map[string]any{"onelayer/config": off}
	ask("waiver incomplete, switched off", incomplete, nil, annotated, "")
	wrong := map[string]any{"skip_owned": "no"}
	ask("wrong", wrong, nil, looped, "CREATE")
	ask("wrong, audit", wrong, nil, looped, "")
	ask("wrong, deletion", wrong, looped, looped, "DELETE")
	wrong["rules"] = map[string]any{"onelayer/config": off}
	ask("wrong, switched off", wrong, nil, looped, "")
	image := object(tb, loopImage)
	g.sync(tb, map[string]any{"cluster": map[string]any{"onelayer.dev/v1alpha1": map[string]any{"Image": map[string]any{"loop": image}}}})
	ask("hidden in an image", nil, nil, object(tb, hidden), "CREATE")
	slices.Sort(said)
	return said, nil
}
