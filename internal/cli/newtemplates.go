package cli

import (
	"maps"
	"slices"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// The templates of a new rule. They compile, keep the laws and pass their own tests: a rule about a label that nobody
// uses, to be replaced by the real condition.
const (
	policyTemplate = `# METADATA
# scope: package
# title: What is wrong, in one line
# description: >-
#   What is wrong and why it hurts, naming both layers.
# custom:
#   id: <<.ID>>
#   severity: warning
#   severities: [warning]
#   group: <<.Group>>
#   concerns: [lifecycle]
#   layers: [container, kubernetes]
#   applies_to: [/Pod]
#   needs: [object]
#   remediation:
#     default: >-
#       What to do instead.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.<<.Group>>.<<.Snake>>

import data.lib.onelayer.finding
import data.lib.onelayer.workload

violation contains finding.new(rego.metadata.chain(), pod.obj, {
	"msg": "pod carries the label of the example; state the real condition",
	"path": array.concat(pod.meta_path, ["labels", "example"]),
}) if {
	some pod in workload.pods
	pod.meta.labels.example == "true"
}
`
	policyTestTemplate = `package lib.onelayer.policies.<<.Group>>.<<.Snake>>_test

import data.lib.onelayer.policies.<<.Group>>.<<.Snake>>

_pod(labels) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "web", "labels": labels},
	"spec": {"containers": [{"name": "web"}]},
}

test_deny if {
	found := <<.Snake>>.violation with input as _pod({"example": "true"})
	{[f.id, f.severity, f.path] | some f in found} == {["<<.ID>>", "warning", "metadata.labels.example"]}
}

test_allow if {
	<<.Snake>>.violation == set() with input as _pod({"example": "false"})
}
`
	denyTemplate = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    example: "true"
spec:
  containers:
    - name: web
      image: shop/web:1
`
	denyExpectedTemplate = `# The label says true.
- file: pod.yaml
  id: <<.ID>>
  line: 6
  object: v1 Pod web
  path: metadata.labels.example
  severity: warning
`
	allowTemplate = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    example: "false"
spec:
  containers:
    - name: web
      image: shop/web:1
`
	allowExpectedTemplate = `# The label says something else.
[]
`
)
