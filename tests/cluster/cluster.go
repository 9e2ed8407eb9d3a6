// Package cluster runs the released Gatekeeper beside a real API server and etcd on loopback, and proves what the generated
// library does there.
//
// It owns the start and the end of these programs, their certificates and tokens, and a small client. It must not know how
// the library is generated: it takes bundles/ as it is, as a user would.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/child"
)

// host is where everything listens. Nothing is reachable from outside the machine.
const host = "127.0.0.1"

// Cluster is a running control plane with Gatekeeper.
type Cluster struct {
	// API is a client with all rights.
	API *Client

	dir       string
	binaries  string
	authority *authority
	config    string
	ports     map[string]int
	servers   []*child.Server
}

// Start starts etcd, the API server and Gatekeeper, each ready when it returns. Stop must be called, also after an error.
func Start(ctx context.Context, dir string) (*Cluster, error) {
	c := &Cluster{dir: dir, ports: map[string]int{}}
	set, err := stock.Lookup("cluster")
	if err != nil {
		return c, err
	}
	if c.binaries, err = stock.Build(ctx, set); err != nil {
		return c, err
	}
	for _, name := range []string{"etcd", "etcd-peer", "api", "gatekeeper", "gatekeeper-health"} {
		if c.ports[name], err = child.Port(); err != nil {
			return c, err
		}
	}
	if c.authority, err = newAuthority(); err != nil {
		return c, err
	}
	for _, start := range []func(context.Context) error{c.startEtcd, c.startAPI, c.startGatekeeper} {
		if err := start(ctx); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Stop ends all programs, the last one first.
func (c *Cluster) Stop() error {
	var all error
	for _, server := range slices.Backward(c.servers) {
		all = errors.Join(all, server.Stop())
	}
	return all
}

// Run starts one more program that ends with the cluster.
func (c *Cluster) Run(command child.Command) (*child.Server, error) {
	server, err := child.Start(command)
	if err != nil {
		return nil, err
	}
	c.servers = append(c.servers, server)
	return server, nil
}

func (c *Cluster) startEtcd(context.Context) error {
	client, peer := c.url("http", "etcd", ""), c.url("http", "etcd-peer", "")
	_, err := c.Run(child.Command{Name: filepath.Join(c.binaries, "etcd"), Args: []string{
		"--name=test", "--data-dir=" + filepath.Join(c.dir, "etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=test=" + peer,
	}})
	return err
}

func (c *Cluster) startAPI(ctx context.Context) error {
	admin, gatekeeper, err := c.writeAccess()
	if err != nil {
		return err
	}
	server, err := c.Run(child.Command{Name: filepath.Join(c.binaries, "kube-apiserver"), Args: []string{
		"--etcd-servers=" + c.url("http", "etcd", ""),
		"--bind-address=" + host, "--advertise-address=" + host, "--secure-port=" + strconv.Itoa(c.ports["api"]),
		"--tls-cert-file=" + c.file("tls.crt"), "--tls-private-key-file=" + c.file("tls.key"), "--cert-dir=" + c.dir,
		"--token-auth-file=" + c.file("tokens.csv"), "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.0.0.0/24",
		"--service-account-key-file=" + c.file("tls.key"), "--service-account-signing-key-file=" + c.file("tls.key"),
		// Loopback is not allowed as an endpoint, and no controller makes the default ServiceAccount that pods would need.
		"--endpoint-reconciler-type=none", "--disable-admission-plugins=ServiceAccount",
	}})
	if err != nil {
		return err
	}
	base := c.url("https", "api", "")
	if c.API, err = newClient(base, c.authority, admin); err != nil {
		return err
	}
	if err := c.writeKubeconfig("admin.kubeconfig", base, admin); err != nil {
		return err
	}
	if err := c.writeKubeconfig("gatekeeper.kubeconfig", base, gatekeeper); err != nil {
		return err
	}
	c.config = c.file("admin.kubeconfig")
	return server.Ready(ctx, func(ctx context.Context) error {
		_, err := c.API.Do(ctx, "GET", "/readyz", nil)
		return err
	})
}

// Kubectl runs the released kubectl and returns what it printed. A code other than 0 is an error.
func (c *Cluster) Kubectl(ctx context.Context, stdin string, arguments ...string) (child.Result, error) {
	result, err := child.Run(ctx, child.Command{
		Name: filepath.Join(c.binaries, "kubectl"), Args: arguments, Stdin: stdin, Env: c.Environment(),
	})
	if err == nil && result.Code != 0 {
		err = fmt.Errorf("run kubectl %q: code %d: %s", arguments, result.Code, result.Stderr)
	}
	return result, err
}

// Environment lets kubectl find the cluster, and scripts find kubectl.
func (c *Cluster) Environment() []string {
	return []string{
		"KUBECONFIG=" + c.config, "KUBECACHEDIR=" + filepath.Join(c.dir, "kubectl"),
		"PATH=" + c.binaries + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
}

func (c *Cluster) url(scheme, port, path string) string {
	return fmt.Sprintf("%s://%s:%d%s", scheme, host, c.ports[port], path)
}

func (c *Cluster) file(name string) string { return filepath.Join(c.dir, name) }
