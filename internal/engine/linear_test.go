package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

// services makes a unit of images, workloads that run them, autoscalers of these, Services and what a mesh says of them.
func services(t *testing.T, count int) *source.Tree {
	t.Helper()
	var documents []*source.Document
	for i := range count {
		for kind, text := range map[string]string{
			"image": `{apiVersion: onelayer.dev/v1alpha1, kind: Image, metadata: {name: i%[1]d, annotations: {onelayer.dev/source: s%[1]d/Dockerfile}},
  spec: {refs: [shop/s%[1]d], files: {}, dockerfile: [
    {cmd: from, sub: "", json: false, flags: [], value: [node], heredocs: [], stage: 0},
    {cmd: cmd, sub: "", json: true, flags: [], value: [pm2-runtime, app%[1]d.js], heredocs: [], stage: 0}]}}`,
			"deployment": `{apiVersion: apps/v1, kind: Deployment, metadata: {name: s%[1]d, namespace: shop},
  spec: {template: {spec: {containers: [{name: app, image: shop/s%[1]d}]}}}}`,
			"scaler": `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: s%[1]d, namespace: shop},
  spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: s%[1]d}}}`,
			"service": `{apiVersion: v1, kind: Service, metadata: {name: s%[1]d, namespace: shop}, spec: {selector: {app: s%[1]d}}}`,
			"monitor": `{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: s%[1]d, namespace: shop},
  spec: {selector: {matchLabels: {app: s%[1]d}}, endpoints: [{port: http}]}}`,
			"virtual": `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: s%[1]d, namespace: shop},
  spec: {hosts: [s%[1]d], http: [{retries: {attempts: 2}, route: [{destination: {host: s%[1]d}}]}]}}`,
			"route": `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: s%[1]d, namespace: shop},
  spec: {parentRefs: [{group: "", kind: Service, name: s%[1]d}], rules: [{backendRefs: [{name: s%[1]d, port: 80}]}]}}`,
			"rule": `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: s%[1]d, namespace: shop},
  spec: {host: s%[1]d.shop.svc.cluster.local, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}}}}`,
		} {
			documents = append(documents, document(t, fmt.Sprintf("%s%d.yaml", kind, i), 1, fmt.Sprintf(text, i)))
		}
	}
	return tree(unit(documents...))
}

// twins makes a unit of workloads that a Service cannot tell apart.
func twins(t *testing.T, count int) *source.Tree {
	t.Helper()
	documents := []*source.Document{document(t, "service.yaml", 1, `{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
  spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 80}]}}`)}
	for i := range count {
		documents = append(documents, document(t, fmt.Sprintf("%d.yaml", i), 1, fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment,
  metadata: {name: w%d, namespace: shop}, spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [
    {name: app, image: web, ports: [{containerPort: 80}], readinessProbe: {tcpSocket: {port: 80}}}]}}}}`, i)))
	}
	return tree(unit(documents...))
}

// TestCostGrowsWithTheInput counts allocations, which no other work on the machine changes: four times the documents may
// need little more than four times as many, in the preparation of the inventory and in a whole run.
func TestCostGrowsWithTheInput(t *testing.T) {
	lib, err := policy.Load(repository)
	require.NoError(t, err)
	options := Options{Compiled: snapshot.For(lib), Verified: true, Workers: 1}
	prepare := func(r *run) {
		require.NoError(t, r.prepare(t.Context()))
		for _, u := range r.units {
			u.data.prepared.all()
		}
	}
	whole := func(r *run) {
		require.NoError(t, r.prepare(t.Context()))
		require.NoError(t, r.evaluate(t.Context()))
		r.place()
	}
	cost := func(tree *source.Tree, step func(*run)) float64 {
		engine, err := New(lib, nil, options)
		require.NoError(t, err)
		r := &run{engine: engine, tree: tree}
		require.NoError(t, r.plan(t.Context()))
		require.NoError(t, r.compile(t.Context()))
		return testing.AllocsPerRun(1, func() { step(r) })
	}
	assert.Less(t, cost(services(t, 800), prepare)/cost(services(t, 200), prepare), 4.5, "preparation")
	assert.Less(t, cost(services(t, 160), whole)/cost(services(t, 40), whole), 4.5, "whole")
	assert.Less(t, cost(twins(t, 400), whole)/cost(twins(t, 100), whole), 4.5, "workloads with the same labels")
}
