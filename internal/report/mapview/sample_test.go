package mapview

import (
	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/finding"
)

func object(apiVersion, kind, name string) finding.Object {
	return finding.Object{APIVersion: apiVersion, Kind: kind, Namespace: "shop", Name: name}
}

// calm is a concern with one owner.
func calm(name string, container, kubernetes, mesh document.State) document.Concern {
	return document.Concern{Concern: name, Applies: true, Container: container, Kubernetes: kubernetes, Mesh: mesh, Verdict: document.One}
}

func found(layer, file string, line int, note, rule string) document.Evidence {
	return document.Evidence{Layer: layer, File: file, Line: line, Path: "spec", Note: note, Rule: rule}
}

// concerns are all concerns, calm ones where none is given.
func concerns(given ...document.Concern) []document.Concern {
	var out []document.Concern
	for _, name := range document.Concerns {
		next := calm(name, document.StateNone, document.Default, document.StateNone)
		for _, c := range given {
			if c.Concern == name {
				next = c
			}
		}
		out = append(out, next)
	}
	return out
}

// sampleMap has every verdict, every shape of an edge, a problem and text that wants to break out.
func sampleMap() *document.Map {
	m := document.New()
	orders := object("apps/v1", "Deployment", "orders")
	service := object("v1", "Service", "web")
	managed := []document.Evidence{
		found("container", "orders/package.json", 5, "image orders/Dockerfile runs under pm2-runtime, a second supervisor", "process/manager-entrypoint"),
		found("container", "orders/a.js", 1, "one", "process/file-watcher"),
		found("container", "orders/a.js", 2, "two", "process/file-watcher"),
		found("container", "orders/a.js", 3, "three", "process/file-watcher"),
		found("kubernetes", "k8s/orders.yaml", 12, "the kubelet restarts its containers (restartPolicy Always)", ""),
	}
	balanced := calm("load-balancing", document.StateNone, document.Default, document.Owns)
	balanced.Evidence = []document.Evidence{{Layer: "kubernetes", File: "k8s/web.yaml", Line: 40, Object: &service, Path: "spec.selector", Note: "Service web"}}
	m.Workloads = []document.Workload{
		{
			Object: orders, File: "k8s/orders.yaml", Line: 1,
			Mesh: document.Membership{Mode: "sidecar", Revision: "default", Why: []string{"the namespace has istio-injection=enabled"}},
			Concerns: concerns(
				document.Concern{Concern: "lifecycle", Applies: true, Container: document.Owns, Kubernetes: document.Owns, Mesh: document.StateNone, Verdict: document.Two, Evidence: managed},
				document.Concern{Concern: "scaling", Applies: true, Container: document.StateNone, Kubernetes: document.Owns, Mesh: document.StateNone, Verdict: document.Two},
				document.Concern{Concern: "load-balancing", Applies: true, Container: document.Owns, Kubernetes: document.Default, Mesh: document.Default, Verdict: document.Two},
				document.Concern{Concern: "metrics", Applies: true, Container: document.Owns, Kubernetes: document.StateNone, Mesh: document.StateUnknown, Verdict: document.Two},
				document.Concern{Concern: "tracing", Applies: true, Container: document.Owns, Kubernetes: document.StateNone, Mesh: document.StateNone, Verdict: document.Two},
				document.Concern{Concern: "timeouts", Applies: true, Container: document.StateNone, Kubernetes: document.StateNone, Mesh: document.StateNone, Verdict: document.None},
				document.Concern{
					Concern: "mtls", Applies: true, Container: document.StateNone, Kubernetes: document.StateNone, Mesh: document.StateBypassed, Verdict: document.Bypassed,
					Evidence: []document.Evidence{found("mesh", "k8s/orders.yaml", 14, "hostNetwork hides <this> \"Pod\" | from `Istio`\x1b[31m", "mesh/host-network")},
				},
			),
		},
		{
			Object: object("apps/v1", "StatefulSet", "web-with-a-name-that-is-longer-than-its-column"), File: "k8s/web.yaml", Line: 7,
			Mesh: document.Membership{Mode: "unknown", Why: []string{"the labels of the namespace are not known"}},
			Concerns: concerns(
				balanced,
				document.Concern{Concern: "health", Applies: false, Container: document.StateNone, Kubernetes: document.StateNone, Mesh: document.StateNone, Verdict: document.None},
				document.Concern{
					Concern: "retries", Applies: true, Container: document.StateNone, Kubernetes: document.StateNone, Mesh: document.StateUnknown, Verdict: document.Unknown,
					Evidence: []document.Evidence{found("mesh", "k8s/web.yaml", 9, "whether a mesh carries its traffic is not known", "")},
				},
				document.Concern{Concern: "timeouts", Applies: true, Container: document.StateUnknown, Kubernetes: document.StateNone, Mesh: document.StateNone, Verdict: document.Unknown},
			),
		},
	}
	bound := 5550.0
	short := 800.0
	m.Edges = []document.Edge{
		{
			From: orders, To: service, Connect: 12, ServerError: 4, Certain: true, BoundMs: &bound,
			Layers: []document.Tries{
				{Evidence: found("container", "k8s/orders.yaml", 30, "the application says that it tries 4 times", ""), Tries: 4, Classes: []string{"connect", "server-error"}},
				{Evidence: found("mesh", "k8s/mesh.yaml", 3, "no route speaks of it", ""), Tries: 3, Classes: []string{"connect"}},
			},
		},
		{From: object("networking.istio.io/v1", "Gateway", "public"), To: object("v1", "Service", "other"), Connect: 1, ServerError: 1, BoundMs: &short},
	}
	m.Errors = []finding.Problem{{File: "k8s/broken.yaml", Line: 3, Msg: "no mapping: password: hunter2"}}
	m.Count()
	return m
}
