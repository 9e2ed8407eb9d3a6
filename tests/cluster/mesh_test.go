package cluster

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
)

const (
	// meshed and plain are two namespaces that differ in one label.
	meshed, plain = "meshed", "plain"

	virtualServices = "/apis/networking.istio.io/v1/namespaces/" + meshed + "/virtualservices"
	httpRoutes      = "/apis/gateway.networking.k8s.io/v1/namespaces/" + meshed + "/httproutes"
	services        = "/api/v1/namespaces/" + meshed + "/services"
)

// optedOut is a Deployment that leaves the mesh, if there is one.
func optedOut(namespace string) map[string]any {
	object := deployment("loner", node())
	object["metadata"].(map[string]any)["namespace"] = namespace
	template := object["spec"].(map[string]any)["template"].(map[string]any)
	template["metadata"] = map[string]any{"labels": map[string]any{"app": "loner", "sidecar.istio.io/inject": "false"}}
	return object
}

// createIn is create for a namespace other than the usual one.
func (c *Cluster) createIn(ctx context.Context, namespace string, object map[string]any, query string) (Answer, error) {
	kind, _ := object["kind"].(string)
	object["metadata"].(map[string]any)["namespace"] = namespace
	path := strings.Replace(resources[kind], "/namespaces/"+shop, "/namespaces/"+namespace, 1)
	return c.API.Do(ctx, http.MethodPost, path+query, object)
}

// testMembership installs nothing but the rules about an object alone, which forbid the inventory: what they know of a
// namespace is what Gatekeeper hands over with the review.
func testMembership(t *testing.T, c *Cluster) {
	root, err := stock.Root()
	require.NoError(t, err)
	for name, labels := range map[string]map[string]any{meshed: {"istio-injection": "enabled"}, plain: {}} {
		_, err := c.API.Do(t.Context(), http.MethodPost, "/api/v1/namespaces", map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": labels},
		})
		require.NoError(t, err)
	}
	for _, file := range []string{"templates/mesh.yaml", "constraints/mesh-deny.yaml"} {
		eventually(t, time.Minute, func(ctx context.Context) error {
			_, err := c.Kubectl(ctx, "", "apply", "--server-side", "-f", filepath.Join(root, "bundles", "gatekeeper", file))
			return err
		})
	}
	eventually(t, time.Minute, c.enforced(1))
	_, err = c.createIn(t.Context(), meshed, optedOut(meshed), dryRun)
	assert.Contains(t, refusal(t, err), "[mesh-deny] mesh/opt-out: ")
	_, err = c.createIn(t.Context(), plain, optedOut(plain), dryRun)
	assert.NoError(t, err, "there is no mesh to leave")

	label := func(namespace string, value any) {
		patch := map[string]any{"metadata": map[string]any{"labels": map[string]any{"istio-injection": value}}}
		_, err := c.API.Do(t.Context(), http.MethodPatch, "/api/v1/namespaces/"+namespace, patch)
		require.NoError(t, err)
	}
	label(plain, "enabled")
	defer label(plain, nil)
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		_, err := c.createIn(ctx, plain, optedOut(plain), dryRun)
		if message := refusal(t, err); !strings.Contains(message, "mesh/opt-out") {
			return fmt.Errorf("the label of the namespace does not count yet: %q", message)
		}
		return nil
	})
}

// object is a namespaced object of the mesh.
func object(version, kind, name string, spec map[string]any) map[string]any {
	return map[string]any{
		"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": name, "namespace": meshed}, "spec": spec,
	}
}

func service(name string) map[string]any {
	return object("v1", "Service", name, map[string]any{
		"selector": map[string]any{"app": name},
		"ports":    []any{map[string]any{"name": "http", "port": int64(80), "targetPort": int64(8080)}},
	})
}

// retrying is a VirtualService whose proxy repeats a call.
func retrying(host string) map[string]any {
	return object("networking.istio.io/v1", "VirtualService", host, map[string]any{
		"hosts": []any{host},
		"http": []any{map[string]any{
			"route":   []any{map[string]any{"destination": map[string]any{"host": host}}},
			"retries": map[string]any{"attempts": int64(3), "perTryTimeout": "1s", "retryOn": "connect-failure"},
			"timeout": "5s",
		}},
	})
}

// caller is a Deployment whose program calls a Service and repeats what fails.
func caller(name string) map[string]any {
	spec := node()
	items(spec, "containers")[0]["env"] = []any{
		map[string]any{"name": "CART_URL", "value": "http://cart"}, map[string]any{"name": "HTTP_RETRIES", "value": "3"},
	}
	return deployment(name, spec)
}

const stacked = `resilience/stacked-retries: HTTP_RETRIES of container "web" and VirtualService cart retry the same calls, ` +
	"4 x 4 = 16 tries; keep those of the mesh"

// testMeshObjects brings the kinds of a mesh into a cluster whose SyncSet has named them from the start, and admits a
// caller before what makes it wrong: the audit finds what admission could not know, and the next caller is refused.
func testMeshObjects(t *testing.T, c *Cluster) {
	_, err := c.createIn(t.Context(), meshed, caller("early"), "")
	require.NoError(t, err, "nothing says that the mesh retries more than it does by default")
	_, err = c.Kubectl(t.Context(), "", "apply", "--server-side", "-f", filepath.Join("testdata", "mesh_kinds.yaml"))
	require.NoError(t, err)
	_, err = c.Kubectl(t.Context(), "", "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
	require.NoError(t, err)
	// The page on Gatekeeper says so.
	_, err = c.Kubectl(t.Context(), "", "annotate", "syncset", "onelayer", "onelayer.dev/touched=later", "--overwrite")
	require.NoError(t, err)
	for path, given := range map[string]map[string]any{services: service("cart"), virtualServices: retrying("cart")} {
		eventually(t, 30*time.Second, func(ctx context.Context) error {
			_, err := c.API.Do(ctx, http.MethodPost, path, given)
			return err
		})
	}
	eventually(t, time.Minute, func(ctx context.Context) error {
		_, err := c.createIn(ctx, meshed, caller("late"), dryRun)
		if message := refusal(t, err); !strings.Contains(message, "[resilience-deny] "+stacked) {
			return fmt.Errorf("Service and VirtualService have not reached data.inventory: %q", message)
		}
		return nil
	})
	t.Run("audit", func(t *testing.T) { c.audited(t, "onelayerresilience/resilience-deny", "early", stacked) })
	t.Run("two APIs", func(t *testing.T) { twoRouteOwners(t, c) })
	_, err = c.API.Do(t.Context(), http.MethodDelete, virtualServices+"/cart", nil)
	require.NoError(t, err)
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		_, err := c.createIn(ctx, meshed, caller("late"), dryRun)
		if message := refusal(t, err); message != "" {
			return fmt.Errorf("the VirtualService is gone, and still: %s", message)
		}
		return nil
	})
}

// twoRouteOwners asks for a route beside the VirtualService that is there.
func twoRouteOwners(t *testing.T, c *Cluster) {
	route := func(service string) map[string]any {
		return object("gateway.networking.k8s.io/v1", "HTTPRoute", service, map[string]any{
			"parentRefs": []any{map[string]any{"group": "", "kind": "Service", "name": service, "port": int64(80)}},
			"rules":      []any{map[string]any{"backendRefs": []any{map[string]any{"name": service, "port": int64(80)}}}},
		})
	}
	_, err := c.API.Do(t.Context(), http.MethodPost, httpRoutes+dryRun, route("cart"))
	assert.Contains(t, refusal(t, err), "[traffic-deny] traffic/two-route-owners: VirtualService cart also routes calls to Service cart")
	_, err = c.API.Do(t.Context(), http.MethodPost, httpRoutes+dryRun, route("other"))
	assert.NoError(t, err)
}

// audited waits until the audit reports a Deployment under a constraint, with a message.
func (c *Cluster) audited(t *testing.T, constraint, name, message string) {
	t.Helper()
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		answer, err := c.API.Do(ctx, http.MethodGet, constraintsAPI+"/"+constraint, nil)
		if err != nil {
			return err
		}
		status := field[map[string]any](answer.Object, "status")
		for _, violation := range items(status, "violations") {
			if violation["kind"] == "Deployment" && violation["name"] == name && violation["message"] == message {
				return nil
			}
		}
		return fmt.Errorf("the audit has not found it: %v", status)
	})
}
