package cluster

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/tests/stock/child"
)

const namespace, pod = "gatekeeper-system", "gatekeeper-test"

// inCluster are kinds of Gatekeeper's manifests that only a cluster with nodes can use.
var inCluster = []string{"Deployment", "PodDisruptionBudget", "ResourceQuota", "Service", "Secret"}

func (c *Cluster) startGatekeeper(ctx context.Context) error {
	manifests, webhooks, err := c.manifests()
	if err != nil {
		return err
	}
	if _, err := c.Kubectl(ctx, manifests, "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	if _, err := c.Kubectl(ctx, "", "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"); err != nil {
		return err
	}
	if err := c.createPod(ctx); err != nil {
		return err
	}
	certificates := c.file("gatekeeper")
	if err := c.authority.writePair(certificates); err != nil {
		return err
	}
	if err := os.Mkdir(c.file("audit"), 0o700); err != nil {
		return fmt.Errorf("make folder of the audit: %w", err)
	}
	server, err := c.Run(child.Command{
		Name: filepath.Join(c.binaries, "gatekeeper"), Args: c.gatekeeperFlags(certificates),
		Env: []string{"POD_NAME=" + pod, "POD_NAMESPACE=" + namespace},
	})
	if err != nil {
		return err
	}
	health, err := newClient(c.url("http", "gatekeeper-health", ""), c.authority, "")
	if err != nil {
		return err
	}
	err = server.Ready(ctx, func(ctx context.Context) error {
		_, err := health.Do(ctx, http.MethodGet, "/readyz", nil)
		return err
	})
	if err != nil {
		return err
	}
	_, err = c.Kubectl(ctx, webhooks, "apply", "--server-side", "-f", "-")
	return err
}

func (c *Cluster) gatekeeperFlags(certificates string) []string {
	return []string{
		"--kubeconfig=" + c.file("gatekeeper.kubeconfig"),
		"--host=" + host, fmt.Sprintf("--port=%d", c.ports["gatekeeper"]),
		fmt.Sprintf("--health-addr=%s:%d", host, c.ports["gatekeeper-health"]),
		"--cert-dir=" + certificates, "--disable-cert-rotation", "--shutdown-delay=0",
		// The default backend of metrics listens on all addresses. This one listens on none and sends nothing.
		"--metrics-backend=opentelemetry", "--otlp-endpoint=" + host + ":9", "--otlp-metric-interval=24h",
		"--exempt-namespace=" + namespace, "--disable-opa-builtin={http.send}", "--log-denies",
		"--operation=webhook", "--operation=audit", "--operation=status", "--operation=generate",
		"--audit-interval=5", "--api-cache-dir=" + c.file("audit"),
	}
}

// createPod makes the Pod object that owns Gatekeeper's reports of status. Nothing runs it.
func (c *Cluster) createPod(ctx context.Context) error {
	_, err := c.API.Do(ctx, http.MethodPost, "/api/v1/namespaces/"+namespace+"/pods", map[string]any{
		"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": pod, "namespace": namespace},
		"spec": map[string]any{
			"nodeName":        "none",
			"securityContext": map[string]any{"runAsNonRoot": true, "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
			"containers": []any{map[string]any{
				"name": "manager", "image": "none",
				"securityContext": map[string]any{
					"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": []any{"ALL"}},
				},
			}},
		},
	})
	return err
}

var documentEnd = regexp.MustCompile(`(?m)^---[ \t]*$`)

// manifests reads Gatekeeper's own manifests: what to apply before it starts, and its webhooks for when it runs.
func (c *Cluster) manifests() (first, webhooks string, err error) {
	text, err := os.ReadFile(filepath.Join(c.binaries, "gatekeeper.yaml"))
	if err != nil {
		return "", "", fmt.Errorf("read Gatekeeper's manifests: %w", err)
	}
	var before, after []string
	for _, document := range documentEnd.Split(string(text), -1) {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			return "", "", fmt.Errorf("parse Gatekeeper's manifests: %w", err)
		}
		kind, _ := object["kind"].(string)
		switch {
		case kind == "" || kind == "MutatingWebhookConfiguration" || slices.Contains(inCluster, kind):
		case kind == "ValidatingWebhookConfiguration":
			if document, err = c.localWebhooks(object); err != nil {
				return "", "", err
			}
			after = append(after, document)
		default:
			before = append(before, document)
		}
	}
	return strings.Join(before, "\n---\n"), strings.Join(after, "\n---\n"), nil
}

// localWebhooks points Gatekeeper's webhooks at loopback, makes their failure a refusal, since one that is passed over
// would let tests succeed, and sends more than the shipped ones do: deletions and updates of status, which must not be blocked.
func (c *Cluster) localWebhooks(object map[string]any) (string, error) {
	hooks, _ := object["webhooks"].([]any)
	for _, item := range hooks {
		hook, ok := item.(map[string]any)
		if !ok {
			return "", fmt.Errorf("read Gatekeeper's webhooks: a webhook is a %T", item)
		}
		service, _ := hook["clientConfig"].(map[string]any)["service"].(map[string]any)
		path, _ := service["path"].(string)
		hook["clientConfig"] = map[string]any{"url": c.url("https", "gatekeeper", path), "caBundle": c.authority.pem}
		hook["failurePolicy"] = "Fail"
		hook["timeoutSeconds"] = 10
		if path == "/v1/admit" {
			rule, _ := hook["rules"].([]any)[0].(map[string]any)
			rule["operations"] = []any{"CREATE", "UPDATE", "DELETE"}
			rule["resources"] = append(rule["resources"].([]any), "*/status")
		}
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		return "", fmt.Errorf("encode webhooks: %w", err)
	}
	return string(text), nil
}
