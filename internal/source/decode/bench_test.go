package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	node "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// manifests makes a stream of typical manifests.
func manifests(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		name := fmt.Sprintf("app-%d", i)
		switch i % 4 {
		case 0, 1:
			fmt.Fprintf(&b, deployment, name, i%7, name, name, name, i%50, 8000+i%100, i%90+10)
		case 2:
			fmt.Fprintf(&b, service, name, name, name, 80+i%5)
		default:
			fmt.Fprintf(&b, configMap, name, strings.Repeat("    log_format main '$remote_addr - $request';\n", i%10))
		}
	}
	return b.Bytes()
}

const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: %s
  namespace: shop
  labels: {tier: backend}
  annotations:
    prometheus.io/scrape: "true"
    description: The service that answers orders, and
      tells the warehouse about them.
spec:
  replicas: %d
  selector:
    matchLabels:
      app.kubernetes.io/name: %s
  template:
    metadata:
      labels:
        app.kubernetes.io/name: %s
    spec:
      # one container
      containers:
      - name: %s
        image: registry.example.com/shop/api:1.%d.0
        imagePullPolicy: IfNotPresent
        command: ["node", "server.js"]
        args:
        - --port=8080
        - --verbose
        ports:
        - name: http
          containerPort: %d
          protocol: TCP
        env:
        - name: NODE_ENV
          value: production
        - name: DATABASE_URL
          valueFrom:
            secretKeyRef:
              name: database
              key: url
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            cpu: "1"
            memory: 512Mi
        livenessProbe:
          httpGet:
            path: /healthz
            port: http
          initialDelaySeconds: %d
        securityContext:
          runAsNonRoot: true
          allowPrivilegeEscalation: false
        volumeMounts:
        - name: config
          mountPath: /etc/app
      volumes:
      - name: config
        configMap:
          name: app
`

const service = `---
apiVersion: v1
kind: Service
metadata:
  name: %s
  labels:
    app.kubernetes.io/name: %s
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: %s
  ports:
  - name: http
    port: %d
    targetPort: http
`

const configMap = `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: %s
data:
  debug: "false"
  nginx.conf: |
    worker_processes 1;
%s
`

// BenchmarkDecode compares reading into values that Rego can judge with what others need for reading into Go maps.
func BenchmarkDecode(b *testing.B) {
	const count = 2000
	text := manifests(count)
	var chunks [][]byte
	for split := newSplitter(text); split.next(); {
		chunks = append(chunks, split.chunk.raw)
	}
	each := func(b *testing.B, read func([]byte) error) {
		b.Helper()
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for _, raw := range chunks {
				if err := read(raw); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/doc")
	}
	b.Run("onelayer", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if docs, errs := Documents(text, Limits{}); len(docs) != count || errs != nil {
				b.Fatal(errs)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/doc")
	})
	b.Run("onelayer-strict", func(b *testing.B) {
		each(b, func(raw []byte) error {
			if _, err := decodeAuthority(raw, Limits{}.withDefaults()); err != nil {
				return err
			}
			return nil
		})
	})
	b.Run("yaml-v3", func(b *testing.B) {
		each(b, func(raw []byte) error {
			var x any
			return node.Unmarshal(raw, &x)
		})
	})
	b.Run("sigs-yaml", func(b *testing.B) {
		each(b, func(raw []byte) error {
			var x any
			return yaml.Unmarshal(raw, &x)
		})
	})
}

// BenchmarkDecodeJSON reads the same documents as one stream of JSON.
func BenchmarkDecodeJSON(b *testing.B) {
	docs, _ := Documents(manifests(2000), Limits{})
	var text bytes.Buffer
	for _, d := range docs {
		native, err := ast.JSON(d.Value)
		if err != nil {
			b.Fatal(err)
		}
		line, err := json.Marshal(native)
		if err != nil {
			b.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	b.ReportAllocs()
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if got, errs := Documents(text.Bytes(), Limits{}); len(got) != len(docs) || errs != nil {
			b.Fatal(errs)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(docs)), "ns/doc")
}
