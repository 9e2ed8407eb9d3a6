package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// manifests lays out documents in files of so many each.
func manifests(b *testing.B, documents, each int) string {
	b.Helper()
	dir := b.TempDir()
	for i := 0; i < documents; i += each {
		var text strings.Builder
		for k := i; k < i+each; k++ {
			fmt.Fprintf(&text, `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-%[1]d
  namespace: team-%[2]d
  labels: {app: web-%[1]d, part: shop}
spec:
  replicas: 3
  selector:
    matchLabels: {app: web-%[1]d}
  template:
    metadata:
      labels:
        app: web-%[1]d
    spec:
      terminationGracePeriodSeconds: 30
      containers:
      - name: app
        image: registry.example.com/shop/web-%[1]d:1.2.3
        command: ["node", "server.js"]
        env:
        - name: NODE_ENV
          value: production
        ports:
        - name: http
          containerPort: 8080
        resources:
          limits: {cpu: 500m, memory: 512Mi}
        readinessProbe:
          httpGet: {path: /healthz, port: http}
`, k, k%17)
		}
		name := filepath.Join(dir, fmt.Sprintf("team-%d", i%17), fmt.Sprintf("web-%d.yaml", i))
		require.NoError(b, os.MkdirAll(filepath.Dir(name), 0o750))
		require.NoError(b, os.WriteFile(name, []byte(text.String()), 0o600))
	}
	return dir
}

func BenchmarkLoad(b *testing.B) {
	const documents = 10_000
	for name, each := range map[string]int{"many": 1, "few": 500} {
		b.Run(name, func(b *testing.B) {
			dir := manifests(b, documents, each)
			b.ResetTimer()
			for b.Loop() {
				tree := loadWith(b, dir, Options{})
				require.Len(b, tree.Units[0].Documents, documents)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/documents, "us/doc")
		})
	}
}
