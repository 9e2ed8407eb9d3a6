package gatekeeper

import (
	"encoding/json"
	"fmt"
)

const (
	imagesFile = "images.onelayer.dev.yaml"
	syncFile   = "syncset.yaml"
)

// gvk is a kind that Gatekeeper keeps in data.inventory.
type gvk struct {
	Group   string `yaml:"group"`
	Version string `yaml:"version"`
	Kind    string `yaml:"kind"`
}

// lookedUp are the kinds that rules look up in a cluster: what images run, what scales a workload, which namespaces are
// enrolled in a mesh, which workloads a Service sends traffic to, which policies of a mesh speak of a Service, what
// scrapes a Pod, what decides about Pods that it does not name. ConfigMaps are many and large, so whoever wants them to
// be read adds them.
var lookedUp = []gvk{
	{Group: ownGroup, Version: "v1alpha1", Kind: "Image"},
	{Group: "autoscaling", Version: "v2", Kind: "HorizontalPodAutoscaler"},
	{Group: "", Version: "v1", Kind: "Namespace"},
	{Group: "", Version: "v1", Kind: "Service"},
	{Group: "apps", Version: "v1", Kind: "Deployment"},
	{Group: "apps", Version: "v1", Kind: "StatefulSet"},
	{Group: "apps", Version: "v1", Kind: "DaemonSet"},
	{Group: "networking.istio.io", Version: "v1", Kind: "VirtualService"},
	{Group: "networking.istio.io", Version: "v1", Kind: "DestinationRule"},
	{Group: "networking.istio.io", Version: "v1", Kind: "ServiceEntry"},
	{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "HTTPRoute"},
	{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "GRPCRoute"},
	{Group: "policy.linkerd.io", Version: "v1beta3", Kind: "HTTPRoute"},
	{Group: "linkerd.io", Version: "v1alpha2", Kind: "ServiceProfile"},
	{Group: "split.smi-spec.io", Version: "v1alpha2", Kind: "TrafficSplit"},
	{Group: "monitoring.coreos.com", Version: "v1", Kind: "PodMonitor"},
	{Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"},
	{Group: "monitoring.coreos.com", Version: "v1", Kind: "Prometheus"},
	{Group: "security.istio.io", Version: "v1", Kind: "PeerAuthentication"},
	{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "Gateway"},
	{Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"},
}

type syncSet struct {
	object `yaml:",inline"`
	Spec   syncSpec `yaml:"spec"`
}

type syncSpec struct {
	GVKs []gvk `yaml:"gvks"`
}

// synced adds the SyncSet and the CRD of images.
func (g *generator) synced([]set) error {
	sync := syncSet{
		object: object{APIVersion: "syncset.gatekeeper.sh/v1alpha1", Kind: "SyncSet", Metadata: metadata{Name: "onelayer"}},
		Spec:   syncSpec{GVKs: lookedUp},
	}
	if err := g.add("referential/"+syncFile, sync); err != nil {
		return err
	}
	return g.add("referential/"+imagesFile, imageDefinition())
}

// requiredSync says which kinds a template wants to look up, in the form that gator sync reads.
func requiredSync() (string, error) {
	type requirement struct {
		Groups   []string `json:"groups"`
		Versions []string `json:"versions"`
		Kinds    []string `json:"kinds"`
	}
	var all [][]requirement
	for _, kind := range lookedUp {
		all = append(all, []requirement{{Groups: []string{kind.Group}, Versions: []string{kind.Version}, Kinds: []string{kind.Kind}}})
	}
	text, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("encode kinds to sync: %w", err)
	}
	return "\"" + string(text) + "\"", nil
}
