package engine

import (
	"maps"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/source"
)

const (
	ownGroup   = "onelayer.dev"
	kindImage  = ownGroup + "/Image"
	kindConfig = ownGroup + "/Config"
)

// clusterScoped are the kinds whose objects have no namespace. An object of any other kind without a namespace stands
// under the empty namespace, because manifests often leave it to the command line.
var clusterScoped = map[string]bool{
	"/Namespace": true, "/Node": true, "/PersistentVolume": true, "/ComponentStatus": true,
	"admissionregistration.k8s.io/MutatingAdmissionPolicy":          true,
	"admissionregistration.k8s.io/MutatingAdmissionPolicyBinding":   true,
	"admissionregistration.k8s.io/MutatingWebhookConfiguration":     true,
	"admissionregistration.k8s.io/ValidatingAdmissionPolicy":        true,
	"admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": true,
	"admissionregistration.k8s.io/ValidatingWebhookConfiguration":   true,
	"apiextensions.k8s.io/CustomResourceDefinition":                 true,
	"apiregistration.k8s.io/APIService":                             true,
	"certificates.k8s.io/CertificateSigningRequest":                 true,
	"flowcontrol.apiserver.k8s.io/FlowSchema":                       true,
	"flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration":       true,
	"gateway.networking.k8s.io/GatewayClass":                        true,
	"networking.k8s.io/IngressClass":                                true,
	"node.k8s.io/RuntimeClass":                                      true,
	"rbac.authorization.k8s.io/ClusterRole":                         true,
	"rbac.authorization.k8s.io/ClusterRoleBinding":                  true,
	"scheduling.k8s.io/PriorityClass":                               true,
	"storage.k8s.io/CSIDriver":                                      true,
	"storage.k8s.io/CSINode":                                        true,
	"storage.k8s.io/StorageClass":                                   true,
	"storage.k8s.io/VolumeAttachment":                               true,
	"policy.karmada.io/ClusterPropagationPolicy":                    true,
	"policy/PodSecurityPolicy":                                      true,
	"cert-manager.io/ClusterIssuer":                                 true,
	"kyverno.io/ClusterPolicy":                                      true,
	"templates.gatekeeper.sh/ConstraintTemplate":                    true,
	"project.openshift.io/Project":                                  true,
	kindImage:                                                       true,
	ownGroup + "/Compose":                                           true,
}

// branch is a node of the inventory while it is built.
type branch struct {
	children map[string]*branch
	// objects are the leaves; used holds how often each name was taken.
	objects map[string]*ast.Term
	used    map[string]int
}

func (b *branch) child(name string) *branch {
	if b.children == nil {
		b.children = map[string]*branch{}
	}
	if b.children[name] == nil {
		b.children[name] = &branch{}
	}
	return b.children[name]
}

// put adds an object under its name, or under name#2, name#3 where the name is taken.
func (b *branch) put(name string, value *ast.Term) {
	if b.objects == nil {
		b.objects, b.used = map[string]*ast.Term{}, map[string]int{}
	}
	key := name
	for b.objects[key] != nil {
		b.used[name]++
		key = name + "#" + strconv.Itoa(b.used[name]+1)
	}
	b.objects[key] = value
}

func (b *branch) value() *ast.Term {
	items := make([][2]*ast.Term, 0, len(b.children)+len(b.objects))
	for _, name := range slices.Sorted(maps.Keys(b.children)) {
		items = append(items, ast.Item(ast.StringTerm(name), b.children[name].value()))
	}
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		items = append(items, ast.Item(ast.StringTerm(name), b.objects[name]))
	}
	return ast.ObjectTerm(items...)
}

// inventory builds data.inventory of a unit in Gatekeeper's shape. It refers to the documents' values and copies none.
func inventory(documents []*source.Document) ast.Value {
	root := &branch{}
	cluster, namespaces := root.child("cluster"), root.child("namespace")
	for _, doc := range documents {
		if doc.Value == nil || doc.GroupKind == kindConfig {
			continue
		}
		scope := cluster
		if !clusterScoped[doc.GroupKind] {
			scope = namespaces.child(doc.Object.Namespace)
		}
		scope.child(doc.Object.APIVersion).child(doc.Object.Kind).put(doc.Object.Name, ast.NewTerm(doc.Value))
	}
	return root.value().Value
}
