package engine

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/assert"

	"github.com/onelayer/onelayer/internal/source"
)

func object(t *testing.T, apiVersion, kind, namespace, name string) *source.Document {
	text := "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: \"" + name + "\"}\nspec: {}\n"
	if namespace != "" {
		text = "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: \"" + name + "\", namespace: " + namespace + "}\n"
	}
	return document(t, "a.yaml", 1, text)
}

func TestInventoryHasTheShapeOfGatekeeper(t *testing.T) {
	unread := &source.Document{GroupKind: "/Pod"}
	got := inventory([]*source.Document{
		object(t, "apps/v1", "Deployment", "shop", "web"),
		object(t, "apps/v1", "Deployment", "shop", "web"),
		object(t, "apps/v1", "Deployment", "shop", "web#2"),
		object(t, "apps/v1", "Deployment", "shop", "web"),
		object(t, "v1", "Service", "", "web"),
		object(t, "v1", "Namespace", "", "shop"),
		object(t, "onelayer.dev/v1alpha1", "Image", "", "web-1"),
		object(t, "onelayer.dev/v1alpha1", "Config", "", ".onelayer.yaml"),
		unread,
	})
	deployment := `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}`
	want := `{
		"cluster": {
			"v1": {"Namespace": {"shop": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}, "spec": {}}}},
			"onelayer.dev/v1alpha1": {"Image": {"web-1": {"apiVersion": "onelayer.dev/v1alpha1", "kind": "Image", "metadata": {"name": "web-1"}, "spec": {}}}}
		},
		"namespace": {
			"shop": {"apps/v1": {"Deployment": {
				"web": ` + deployment + `, "web#2": ` + deployment + `, "web#3": ` + deployment + `,
				"web#2#2": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web#2", "namespace": "shop"}}
			}}},
			"": {"v1": {"Service": {"web": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {}}}}}
		}
	}`
	assert.Equal(t, 0, ast.MustParseTerm(want).Value.Compare(got), "%v", got)
}

func TestInventoryOfNothingIsTwoEmptyScopes(t *testing.T) {
	assert.Equal(t, 0, ast.MustParseTerm(`{"cluster": {}, "namespace": {}}`).Value.Compare(inventory(nil)))
}
