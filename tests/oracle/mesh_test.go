package oracle

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// absent is the value of a label or annotation that is not there.
const absent = "-"

// candidate is a Pod and its namespace, as far as a mesh looks at them.
type candidate struct {
	name                                      string
	nsInjection, nsRevision, nsMode, nsInject string
	label, annotation, revision, mode, inject string
	host, proxied                             bool
}

// installed are the revisions of Istio in the model.
var installed = []string{"default", "canary"}

func random(r *rand.Rand) candidate {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	return candidate{
		name:        pick("app", "app", "app", "app", "kube-system", "cert-manager", "kube-public"),
		nsInjection: pick(absent, absent, absent, "enabled", "enabled", "disabled", "true", ""),
		nsRevision:  pick(absent, absent, absent, "default", "canary", "gone"),
		nsMode:      pick(absent, absent, "ambient", "none", "disabled"),
		nsInject:    pick(absent, absent, "enabled", "ingress", "disabled", "yes"),
		label:       pick(absent, absent, "true", "false", "False", ""),
		annotation:  pick(absent, absent, "true", "false", "no"),
		revision:    pick(absent, absent, "default", "canary", "gone"),
		mode:        pick(absent, absent, "ambient", "none", "off"),
		inject:      pick(absent, absent, "enabled", "ingress", "disabled", "Enabled"),
		host:        r.IntN(8) == 0,
		proxied:     r.IntN(12) == 0,
	}
}

// webhook says which revision's webhook calls its injector. The API server matches labels only.
func (c candidate) webhook() (string, bool) {
	if c.label == "false" {
		return "", false
	}
	if c.nsInjection != absent {
		return "default", c.nsInjection == "enabled"
	}
	if c.nsRevision != absent {
		return c.nsRevision, slices.Contains(installed, c.nsRevision)
	}
	if c.revision != absent {
		return c.revision, slices.Contains(installed, c.revision)
	}
	return "default", c.label == "true"
}

// injector says whether an injector that is called injects.
func (c candidate) injector() bool {
	if c.host || c.name == "kube-system" || c.name == "kube-public" {
		return false
	}
	value := c.annotation
	if c.label != absent {
		value = c.label
	}
	return value != "false"
}

func (c candidate) ambient() bool {
	if c.host || c.name == "kube-system" {
		return false
	}
	return c.mode == "ambient" || c.nsMode == "ambient" && c.mode != "none"
}

func (c candidate) linkerd() bool {
	if c.host || c.proxied || c.name == "kube-system" || c.name == "cert-manager" {
		return false
	}
	on := func(value string) bool { return value == "enabled" || value == "ingress" }
	if c.inject == absent {
		return on(c.nsInject)
	}
	return on(c.inject) && c.nsInject != "yes"
}

// want is what the meshes do, the mode and revision joined.
func (c candidate) want() string {
	if revision, called := c.webhook(); called && c.injector() {
		return "sidecar/" + revision
	}
	if c.linkerd() {
		return "linkerd/"
	}
	if c.ambient() {
		return "ambient/"
	}
	return "none/"
}

// input is the candidate as the query below takes it.
func (c candidate) input() map[string]any {
	set := func(pairs ...string) map[string]any {
		values := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] != absent {
				values[pairs[i]] = pairs[i+1]
			}
		}
		return values
	}
	containers := []any{map[string]any{"name": "app", "image": "x"}}
	if c.proxied {
		containers = append(containers, map[string]any{"name": "istio-proxy", "image": "auto"})
	}
	return map[string]any{
		"namespace": map[string]any{
			"labels":      set("istio-injection", c.nsInjection, "istio.io/rev", c.nsRevision, "istio.io/dataplane-mode", c.nsMode),
			"annotations": set("linkerd.io/inject", c.nsInject),
		},
		"object": map[string]any{
			"apiVersion": "v1", "kind": "Pod",
			"metadata": map[string]any{
				"name": "p", "namespace": c.name,
				"labels":      set("sidecar.istio.io/inject", c.label, "istio.io/rev", c.revision, "istio.io/dataplane-mode", c.mode),
				"annotations": set("sidecar.istio.io/inject", c.annotation, "linkerd.io/inject", c.inject),
			},
			"spec": map[string]any{"hostNetwork": c.host, "containers": containers},
		},
	}
}

const membership = `answers := [answer |
	some c in input
	object := c.object
	config := {"namespaces": {c.object.metadata.namespace: c.namespace}, "mesh": {"installed_revisions": ["default", "canary"]}}
	pod := data.lib.onelayer.workload.pods[0] with input as object
	membership := data.lib.onelayer.mesh.membership(pod) with input as object with data.lib.onelayer.config as config
	answer := concat("/", [membership.mode, membership.revision])
]`

// TestMembershipIsWhatTheInjectorsDo compares Pods and namespaces of every sort with the model.
func TestMembershipIsWhatTheInjectorsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var candidates []candidate
	var inputs []any
	for range 4000 {
		c := random(r)
		candidates, inputs = append(candidates, c), append(inputs, c.input())
	}
	results, err := prepare(t, membership, "mesh").Eval(context.Background(), rego.EvalInput(inputs))
	require.NoError(t, err)
	answers, ok := results[0].Bindings["answers"].([]any)
	require.True(t, ok)
	require.Len(t, answers, len(candidates))
	seen := map[string]int{}
	for i, c := range candidates {
		assert.Equal(t, c.want(), answers[i], fmt.Sprintf("%+v", c))
		seen[c.want()]++
	}
	for _, mode := range []string{"sidecar/default", "sidecar/canary", "linkerd/", "ambient/", "none/"} {
		assert.Greater(t, seen[mode], 100, mode)
	}
}
