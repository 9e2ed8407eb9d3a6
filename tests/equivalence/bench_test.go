package equivalence

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkConftest is one file in conftest's own engine once the library is loaded: a clean Service, a clean Deployment
// and one that runs PM2 behind autoscaler and mesh.
func BenchmarkConftest(b *testing.B) {
	files, err := library("bundles/conftest")
	require.NoError(b, err)
	engine, err := newConftest(b.TempDir(), files)
	require.NoError(b, err)
	for name, document := range map[string]map[string]any{
		"service": {
			"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "web"},
			"spec": map[string]any{"ports": []any{map[string]any{"name": "http", "port": 80}}},
		},
		"clean": deployment("node", "server.js"),
		"pm2":   deployment("pm2-runtime", "-i", "max", "server.js"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := engine.Check(b.Context(), map[string]any{"a.yaml": document}, "main")
				require.NoError(b, err)
			}
		})
	}
}

func deployment(command ...any) map[string]any {
	container := map[string]any{
		"name": "web", "image": "registry.example/web:1", "command": command,
		"ports":          []any{map[string]any{"name": "http", "containerPort": 3000}},
		"readinessProbe": map[string]any{"httpGet": map[string]any{"path": "/ready", "port": "http"}},
		"livenessProbe":  map[string]any{"httpGet": map[string]any{"path": "/live", "port": "http"}},
	}
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web"},
		"spec": map[string]any{
			"selector": map[string]any{"matchLabels": map[string]any{"app": "web"}},
			"template": map[string]any{
				"metadata": map[string]any{"labels": map[string]any{"app": "web"}},
				"spec":     map[string]any{"containers": []any{container}},
			},
		},
	}
}

// BenchmarkLoadConftest is what every call of conftest needs before it judges: to read and compile the library.
func BenchmarkLoadConftest(b *testing.B) {
	files, err := library("bundles/conftest")
	require.NoError(b, err)
	for b.Loop() {
		_, err := newConftest(b.TempDir(), files)
		require.NoError(b, err)
	}
}
