package gatekeeper

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// BenchmarkReview reviews a Deployment against the whole library in Gatekeeper's driver, as the webhook does.
//
//	go test -C tests/gatekeeper -run '^$' -bench Review -benchmem .
func BenchmarkReview(b *testing.B) {
	for _, grouping := range []string{"group", "all"} {
		c := cluster(b, inForce{grouping: grouping, levels: []string{"deny", "warn"}})
		for _, kind := range []string{"plain", "managed"} {
			reviewed := object(b, map[string]string{"plain": plainDeployment, "managed": managedDeployment}[kind])
			b.Run(grouping+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					admit(b, c, "CREATE", nil, reviewed)
				}
			})
		}
	}
}

// TestAllocations keeps what a review of an ordinary Deployment may allocate, which says how often the gates of entries open:
// the figures do not depend on the machine.
func TestAllocations(t *testing.T) {
	for grouping, bound := range map[string]float64{"group": 16_000, "all": 5_000} {
		c := cluster(t, inForce{grouping: grouping, levels: []string{"deny", "warn"}})
		reviewed := object(t, plainDeployment)
		assert.LessOrEqual(t, testing.AllocsPerRun(20, func() { admit(t, c, "CREATE", nil, reviewed) }), bound, grouping)
	}
}

// plainDeployment is as an API server completes it.
const plainDeployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: shop, generation: 1, labels: {app: orders}}
spec:
  replicas: 3
  progressDeadlineSeconds: 600
  revisionHistoryLimit: 10
  selector: {matchLabels: {app: orders}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
      containers:
      - name: orders
        image: registry.example.com/shop/orders:1.4.2
        imagePullPolicy: IfNotPresent
        command: [node, server.js]
        ports: [{containerPort: 8080, protocol: TCP}]
        env: [{name: NODE_ENV, value: production}, {name: PORT, value: "8080"}]
        readinessProbe: {failureThreshold: 3, httpGet: {path: /ready, port: 8080, scheme: HTTP}, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1}
        livenessProbe: {failureThreshold: 3, httpGet: {path: /live, port: 8080, scheme: HTTP}, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1}
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
`

const managedDeployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: shop, labels: {app: orders}}
spec:
  replicas: 3
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers:
      - name: orders
        image: registry.example.com/shop/orders:1.4.2
        command: [pm2-runtime, start, server.js, -i, max]
        ports: [{containerPort: 8080}]
        env: [{name: NODE_ENV, value: production}]
`
