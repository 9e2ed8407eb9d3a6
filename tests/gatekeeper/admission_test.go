package gatekeeper

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
)

// changed is a copy of an object with a value set at a path.
func changed(object map[string]any, value any, path ...string) map[string]any {
	copied := runtime.DeepCopyJSON(object)
	at := copied
	for _, name := range path[:len(path)-1] {
		next, ok := at[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[name] = next
		}
		at = next
	}
	at[path[len(path)-1]] = value
	return copied
}

const runsUnderPM2 = `process/manager-entrypoint: container "orders" runs under pm2-runtime, a second supervisor inside Kubernetes; start the program itself`

func TestSilence(t *testing.T) {
	c := cluster(t, inForce{grouping: "group", levels: allLevels})
	managed := object(t, managedDeployment)
	said := messages(admit(t, c, "CREATE", nil, managed))
	require.Contains(t, said, "[process-deny] "+runsUnderPM2)

	assert.Empty(t, admit(t, c, "DELETE", managed, nil), "a deletion")
	gone := changed(managed, "2026-11-28T00:00:00Z", "metadata", "deletionTimestamp")
	assert.Empty(t, admit(t, c, "UPDATE", managed, gone), "an object that is being deleted")
	for name, update := range map[string]map[string]any{
		"nothing":      managed,
		"the status":   changed(managed, map[string]any{"replicas": int64(3)}, "status"),
		"other labels": changed(managed, "b", "metadata", "labels", "team"),
	} {
		assert.Empty(t, admit(t, c, "UPDATE", managed, update), "an update of %s", name)
	}
	for name, update := range map[string]map[string]any{
		"the spec":            changed(managed, true, "spec", "paused"),
		"labels for the mesh": changed(managed, "ambient", "metadata", "labels", "istio.io/dataplane-mode"),
	} {
		assert.Subset(t, messages(admit(t, c, "UPDATE", managed, update)), said, "an update of %s", name)
	}
	assert.NotEmpty(t, audit(t, c, managed), "an audit")
}

func TestOwnedObjects(t *testing.T) {
	c := cluster(t, inForce{grouping: "group", levels: []string{"deny"}})
	pod := object(t, `
apiVersion: v1
kind: Pod
metadata:
  name: orders-1
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: orders, uid: "1", controller: true}]
spec:
  containers: [{name: orders, image: example.com/orders, command: [pm2-runtime, server.js]}]
`)
	assert.Empty(t, admit(t, c, "CREATE", nil, pod), "its controller is judged")
	orphan := changed(pod, []any{}, "metadata", "ownerReferences")
	assert.Contains(t, messages(admit(t, c, "CREATE", nil, orphan)), "[process-deny] "+runsUnderPM2)
	strange := changed(pod, []any{map[string]any{"apiVersion": "example.com/v1", "kind": "Fleet", "name": "x", "controller": true}}, "metadata", "ownerReferences")
	assert.NotEmpty(t, admit(t, c, "CREATE", nil, strange), "nobody judges its controller")
	c.configure(t, map[string]any{"skip_owned": false})
	assert.Contains(t, messages(admit(t, c, "CREATE", nil, pod)), "[process-deny] "+runsUnderPM2)
}

func TestParameters(t *testing.T) {
	c := cluster(t, inForce{grouping: "group", levels: []string{"deny", "warn"}})
	managed := object(t, managedDeployment)
	ask := func(t *testing.T, config map[string]any) []string {
		t.Helper()
		c.configure(t, config)
		return messages(admit(t, c, "CREATE", nil, managed))
	}
	rules := func(id string, settings map[string]any) map[string]any {
		return map[string]any{"rules": map[string]any{id: settings}}
	}
	usual := ask(t, nil)
	require.Contains(t, usual, "[process-deny] "+runsUnderPM2)
	t.Run("switched off", func(t *testing.T) {
		said := ask(t, rules("process/manager-entrypoint", map[string]any{"enabled": false}))
		assert.Equal(t, without(usual, "[process-deny] "+runsUnderPM2), said)
	})
	t.Run("another severity", func(t *testing.T) {
		said := ask(t, rules("process/manager-entrypoint", map[string]any{"severity": "warning"}))
		assert.Contains(t, said, "[process-warn] "+runsUnderPM2)
		assert.NotContains(t, said, "[process-deny] "+runsUnderPM2)
		said = ask(t, rules("process/signals-swallowed", map[string]any{"severity": "error"}))
		assert.Contains(t, strings.Join(said, "\n"), "[process-deny] process/signals-swallowed: ")
		assert.NotContains(t, strings.Join(said, "\n"), "[process-warn] process/signals-swallowed: ")
	})
	t.Run("a parameter", func(t *testing.T) {
		said := ask(t, rules("process/manager-entrypoint", map[string]any{"parameters": map[string]any{"allowed_managers": []any{"pm2"}}}))
		assert.NotContains(t, said, "[process-deny] "+runsUnderPM2)
	})
	t.Run("a waiver", func(t *testing.T) {
		waiver := map[string]any{"rule": "process/manager-entrypoint", "reason": "moves in June", "owner": "ana", "until": "2026-12-31",
			"match": map[string]any{"name": "orders", "container": "orders"}}
		said := ask(t, map[string]any{"now": "2026-06-15", "waivers": []any{waiver}})
		assert.Equal(t, without(usual, "[process-deny] "+runsUnderPM2), said)
		said = ask(t, map[string]any{"now": "2027-01-01", "waivers": []any{waiver}})
		assert.Contains(t, said, "[process-deny] "+runsUnderPM2, "it has ended")
		assert.Contains(t, said, "[process-warn] onelayer/waiver-expired: the waiver of process/manager-entrypoint ended on 2026-12-31; ask ana")
	})
	t.Run("a waiver in an annotation", func(t *testing.T) {
		waived := changed(managed, "process/manager-entrypoint until=2026-12-31 owner=ana -- moves in June", "metadata", "annotations", "onelayer.dev/ignore")
		c.configure(t, map[string]any{"now": "2026-06-15"})
		assert.Equal(t, usual, messages(admit(t, c, "CREATE", nil, waived)), "the constraint must allow it")
		c.configure(t, map[string]any{"now": "2026-06-15", "annotation_waivers": true})
		assert.Equal(t, without(usual, "[process-deny] "+runsUnderPM2), messages(admit(t, c, "CREATE", nil, waived)))
	})
	for name, test := range map[string]struct {
		config map[string]any
		want   string
	}{
		"a wrong type": {rules("process/drain-cut-short", map[string]any{"parameters": map[string]any{"min_drain_seconds": "ten"}}),
			"parameter min_drain_seconds of process/drain-cut-short must be of type number"},
		"an unknown parameter": {rules("process/drain-cut-short", map[string]any{"parameters": map[string]any{"min_drain_second": int64(1)}}),
			"unknown parameter min_drain_second of process/drain-cut-short: did you mean min_drain_seconds?"},
		"an unknown setting": {map[string]any{"skip_ownd": true}, "unknown setting skip_ownd: did you mean skip_owned?"},
		"a wrong severity":   {rules("process/drain-cut-short", map[string]any{"severity": "fatal"}), "unknown severity fatal: use error, warning or info"},
	} {
		t.Run(name, func(t *testing.T) {
			c.configure(t, test.config)
			said := messages(admit(t, c, "CREATE", nil, managed))
			for _, group := range groups(t) {
				assert.Contains(t, said, "["+group+"-warn] onelayer/config: "+test.want, "a constraint that warns says it at once")
				assert.NotContains(t, said, "["+group+"-deny] onelayer/config: "+test.want, "it is no fault of the object")
				assert.Contains(t, messages(audit(t, c, managed)), "["+group+"-deny] onelayer/config: "+test.want)
			}
		})
	}
}

// groups lists the groups that have templates.
func groups(tb testing.TB) []string {
	tb.Helper()
	found := map[string]bool{}
	for _, template := range documents(tb, bundle(tb, "group"), "templates", "") {
		found[strings.TrimPrefix(template.GetName(), "onelayer")] = true
	}
	names := make([]string, 0, len(found))
	for name := range maps.Keys(found) {
		names = append(names, name)
	}
	return names
}

// without is a list without one of its texts.
func without(list []string, one string) []string {
	var rest []string
	for _, text := range list {
		if text != one {
			rest = append(rest, text)
		}
	}
	return rest
}

// TestMessages reads what an admin sees for every fixture.
func TestMessages(t *testing.T) {
	c := cluster(t, inForce{grouping: "all", referential: true, levels: allLevels})
	forEach(t, c, func(t *testing.T, f *fixture) {
		c.sync(t, f.Inventory)
		for _, object := range f.Objects {
			if strings.HasPrefix(identity(object.Value), "onelayer.dev/") {
				continue
			}
			for _, result := range admit(t, c, "CREATE", nil, object.Value) {
				said := details(t, result)
				assert.LessOrEqual(t, len(result.Msg), 200, result.Msg)
				assert.True(t, strings.HasPrefix(result.Msg, said["id"].(string)+": "), result.Msg)
				cause, remedy, _ := strings.Cut(result.Msg, "; ")
				assert.NotEmpty(t, cause)
				assert.NotEmpty(t, remedy, "no remedy: %s", result.Msg)
				assert.False(t, strings.HasSuffix(result.Msg, "..."), "the remedy is cut: %s", result.Msg)
				for _, field := range []string{"id", "severity", "object", "path", "evidence", "related", "remediation"} {
					assert.Contains(t, said, field, result.Msg)
				}
				assert.NotContains(t, said, "msg")
			}
		}
	})
}
