package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestAdmissionJudgesAsAClusterWould shows the same rule on a bare object, on one that a controller made and on one of
// onelayer's own kinds.
func TestAdmissionJudgesAsAClusterWould(t *testing.T) {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: pm2}]}\n"
	owned := "apiVersion: v1\nkind: Pod\nmetadata: {name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, controller: true}]}\n" +
		"spec: {containers: [{name: web, image: pm2}]}\n"
	own := "apiVersion: onelayer.dev/v1alpha1\nkind: Image\nmetadata: {name: web}\nspec: {refs: [pm2]}\n"
	asked := rule{id: "process/asked", kinds: []string{"/Pod", "onelayer.dev/Image"}, body: `
violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": _says, "path": ["metadata", "name"]}) if {
	some record in resource.of({"/Pod", "onelayer.dev/Image"})
}

_says := "a cluster asks" if {
	resource.in_cluster
} else := "no cluster asks"
`}
	input := tree(unit(document(t, "a.yaml", 1, pod), document(t, "b.yaml", 1, owned), document(t, "c.yaml", 1, own)))
	messages := func(options Options) []string {
		var list []string
		for _, f := range check(t, library(t, asked), "", options, input).Findings {
			list = append(list, f.File+" "+f.Msg)
		}
		return list
	}
	assert.Equal(t, []string{
		"a.yaml process/asked: no cluster asks", "b.yaml process/asked: no cluster asks", "c.yaml process/asked: no cluster asks",
	}, messages(Options{}))
	assert.Equal(t, []string{"a.yaml process/asked: a cluster asks"}, messages(Options{Admission: true}))
}
