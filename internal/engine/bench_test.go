//go:build unix

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

const (
	manyDocuments = 10_000
	perFile       = 500
)

// templates are documents of the kinds that repositories hold, with how many of a hundred are of each.
var templates = []struct {
	share int
	text  string
}{
	{20, `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
  labels: {app.kubernetes.io/name: app-%[1]d, app.kubernetes.io/part-of: shop}
spec:
  replicas: 3
  selector:
    matchLabels: {app: app-%[1]d}
  template:
    metadata:
      labels: {app: app-%[1]d, version: v1}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "9090"
    spec:
      serviceAccountName: app-%[1]d
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
      - name: app
        image: registry.example.com/team-%[2]d/app-%[1]d:1.4.2
        command: ["node", "dist/server.js"]
        args: ["--port", "8080"]
        ports:
        - name: http
          containerPort: 8080
        - name: http-metrics
          containerPort: 9090
        env:
        - name: NODE_ENV
          value: production
        - name: DATABASE_URL
          valueFrom:
            secretKeyRef: {name: app-%[1]d, key: url}
        resources:
          requests: {cpu: 100m, memory: 128Mi}
          limits: {memory: 256Mi}
        livenessProbe:
          httpGet: {path: /healthz, port: http}
          periodSeconds: 10
        readinessProbe:
          httpGet: {path: /readyz, port: http}
        lifecycle:
          preStop:
            exec: {command: ["sleep", "5"]}
        volumeMounts:
        - name: config
          mountPath: /etc/app
      volumes:
      - name: config
        configMap: {name: app-%[1]d}
`},
	{17, `apiVersion: v1
kind: Service
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
  labels:
    app: app-%[1]d
spec:
  type: ClusterIP
  selector:
    app: app-%[1]d
  ports:
  - name: http
    port: 80
    targetPort: http
  - name: grpc
    port: 9000
    targetPort: 9000
`},
	{9, "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app-%[1]d\n  namespace: team-%[2]d\n"},
	{13, `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app-%[1]d-%[2]d
rules:
- apiGroups: [""]
  resources: [pods, services, configmaps]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, update, patch]
`},
	{14, `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: app-%[1]d
subjects:
- kind: ServiceAccount
  name: app-%[1]d
`},
	{8, `apiVersion: v1
kind: ConfigMap
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
data:
  app.properties: |
    server.port=8080
    cache.size=512
    log.level=info
    feature.checkout=true
  nginx.conf: |
    server {
      listen 8080;
      location / { proxy_pass http://app-%[1]d:80; }
    }
`},
	{5, `apiVersion: v1
kind: Pod
metadata:
  name: job-%[1]d
  namespace: team-%[2]d
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: busybox:1.36
    command: ["/bin/sh", "-c", "echo ready && sleep 3600"]
`},
	{5, `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
spec:
  podSelector:
    matchLabels:
      app: app-%[1]d
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - podSelector: {matchLabels: {role: frontend}}
    ports:
    - protocol: TCP
      port: 8080
`},
	{4, `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: app-%[1]d}
  minReplicas: 2
  maxReplicas: 10
`},
	{3, `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
  annotations:
    cert-manager.io/cluster-issuer: main
spec:
  rules:
  - host: app-%[1]d.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: app-%[1]d, port: {name: http}}}
`},
	{2, `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: app-%[1]d
  namespace: team-%[2]d
spec:
  host: app-%[1]d
  trafficPolicy:
    connectionPool:
      http: {http1MaxPendingRequests: 100}
`},
}

// write puts count documents into files of a folder, and gives the folder and the texts.
func write(b testing.TB, count int) (folder string, texts [][]byte) {
	b.Helper()
	folder = b.TempDir()
	var kinds []string
	for _, t := range templates {
		for range t.share {
			kinds = append(kinds, t.text)
		}
	}
	for from := 0; from < count; from += perFile {
		var text strings.Builder
		for i := from; i < min(from+perFile, count); i++ {
			text.WriteString("---\n")
			fmt.Fprintf(&text, kinds[i*37%len(kinds)], i, i%20)
		}
		name := filepath.Join(folder, fmt.Sprintf("%05d.yaml", from))
		require.NoError(b, os.WriteFile(name, []byte(text.String()), 0o600))
		texts = append(texts, []byte(text.String()))
	}
	return folder, texts
}

func wholeLibrary(b *testing.B) *policy.Library {
	b.Helper()
	lib, err := policy.Load(repository)
	require.NoError(b, err)
	return lib
}

func load(b *testing.B, folder string) *source.Tree {
	b.Helper()
	loaded, err := source.Load(b.Context(), source.Options{Paths: []string{folder}, WorkDir: folder})
	require.NoError(b, err)
	require.NotEmpty(b, loaded.Units)
	return loaded
}

func judge(b *testing.B, lib *policy.Library, input *source.Tree) int {
	b.Helper()
	engine, err := New(lib, nil, Options{Compiled: snapshot.For(lib), Verified: true})
	require.NoError(b, err)
	report, err := engine.Run(b.Context(), input)
	require.NoError(b, err)
	require.Empty(b, report.Errors)
	return len(report.Findings)
}

// perDocument reports the processor time of all goroutines, the collector's included, by document. Take the time before
// with cpuTime.
func perDocument(b *testing.B, count int, before time.Duration) {
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(b.N)/float64(count), "cpu-ns/doc")
}

// cpuTime is the processor time of the process so far, user and system.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkFloor decodes 10,000 documents with the usual decoder, on one processor, and does nothing with them.
func BenchmarkFloor(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	_, texts := write(b, manyDocuments)
	before := cpuTime()
	for b.Loop() {
		for _, text := range texts {
			decoder := yaml.NewDecoder(bytes.NewReader(text))
			for {
				var value any
				if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	perDocument(b, manyDocuments, before)
}

// BenchmarkLoad reads 10,000 documents.
func BenchmarkLoad(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	folder, _ := write(b, manyDocuments)
	before := cpuTime()
	for b.Loop() {
		load(b, folder)
	}
	perDocument(b, manyDocuments, before)
}

// BenchmarkEvaluate judges 10,000 documents that are read already, with every policy.
func BenchmarkEvaluate(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	folder, _ := write(b, manyDocuments)
	lib, input := wholeLibrary(b), load(b, folder)
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		judge(b, lib, input)
	}
	perDocument(b, manyDocuments, before)
}

// BenchmarkCheck reads and judges 10,000 documents with every policy.
func BenchmarkCheck(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	folder, _ := write(b, manyDocuments)
	lib := wholeLibrary(b)
	before := cpuTime()
	for b.Loop() {
		judge(b, lib, load(b, folder))
	}
	perDocument(b, manyDocuments, before)
}

// BenchmarkOneFile loads the library, reads one Deployment and judges it, as a pre-commit hook does.
func BenchmarkOneFile(b *testing.B) {
	folder, _ := write(b, 1)
	for b.Loop() {
		judge(b, wholeLibrary(b), load(b, folder))
	}
}
