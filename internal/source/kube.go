package source

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

// maxLists is how deep Lists may hold Lists.
const maxLists = 4

// isObject tells whether a value is a Kubernetes object.
func isObject(value ast.Value) bool {
	return str(get(value, "apiVersion")) != "" && str(get(value, "kind")) != ""
}

// objects makes documents of a Kubernetes object; Lists become their items.
func objects(value ast.Value, locator *yamlLocator, raw []byte, depth int) []*Document {
	if depth < maxLists && isList(value) {
		var docs []*Document
		for i, item := range items(get(value, "items")) {
			item = typed(value, item)
			if !isObject(item) {
				continue
			}
			prefix := append(append(Path{}, locator.prefix...), "items", i)
			inner := &yamlLocator{file: locator.file, text: locator.text, prefix: prefix}
			docs = append(docs, objects(item, inner, raw, depth+1)...)
		}
		return docs
	}
	if !isObject(value) {
		return nil
	}
	return []*Document{{
		Value:     value,
		GroupKind: groupKind(value),
		Object:    identity(value),
		File:      locator.file,
		Raw:       raw,
		Locator:   locator,
	}}
}

// isList tells whether an object is a List of others rather than a kind that happens to end with the word.
func isList(value ast.Value) bool {
	kind := str(get(value, "kind"))
	_, holds := get(value, "items").(*ast.Array)
	return holds && strings.HasSuffix(kind, "List") && get(value, "spec") == nil
}

// typed gives an item of a typed List, such as a DeploymentList, the type that the List implies.
func typed(list, item ast.Value) ast.Value {
	kind := strings.TrimSuffix(str(get(list, "kind")), "List")
	if _, ok := item.(ast.Object); !ok || kind == "" {
		return item
	}
	if get(item, "kind") == nil {
		item = with(item, "kind", ast.String(kind))
	}
	if get(item, "apiVersion") == nil {
		item = with(item, "apiVersion", get(list, "apiVersion"))
	}
	return item
}

// groupKind writes the group and the kind of an object: apps/Deployment, /Service.
func groupKind(value ast.Value) string {
	group, _, found := strings.Cut(str(get(value, "apiVersion")), "/")
	if !found {
		group = ""
	}
	return group + "/" + str(get(value, "kind"))
}

// identity reads the identity of an object.
func identity(value ast.Value) finding.Object {
	meta := get(value, "metadata")
	name := text(get(meta, "name"))
	if name == "" {
		name = text(get(meta, "generateName"))
	}
	return finding.Object{
		APIVersion: str(get(value, "apiVersion")),
		Kind:       str(get(value, "kind")),
		Namespace:  text(get(meta, "namespace")),
		Name:       name,
	}
}

// podPaths are where workloads hold the specification of their pods.
var podPaths = [][]string{
	{"spec", "template", "spec"},
	{"spec", "jobTemplate", "spec", "template", "spec"},
	{"spec", "podTemplate", "spec"},
	{"spec", "podSpec"},
	{"spec"},
	{"template", "spec"},
}

// podSpecs finds the specifications of pods in an object of any kind.
func podSpecs(value ast.Value) []ast.Value {
	var specs []ast.Value
	for _, keys := range podPaths {
		spec := get(value, keys...)
		if _, ok := get(spec, "containers").(*ast.Array); ok {
			specs = append(specs, spec)
		}
	}
	return specs
}

// imageRefs gives the references of the images that an object runs.
func imageRefs(value ast.Value) []string {
	var refs []string
	for _, spec := range podSpecs(value) {
		for _, list := range []string{"initContainers", "containers"} {
			for _, container := range items(get(spec, list)) {
				if ref := str(get(container, "image")); ref != "" {
					refs = append(refs, ref)
				}
			}
		}
	}
	return refs
}

// configMaps gives the names of the ConfigMaps that an object mounts or refers to.
func configMaps(value ast.Value) []string {
	var names []string
	add := func(value ast.Value, keys ...string) {
		if name := text(get(value, keys...)); name != "" {
			names = append(names, name)
		}
	}
	for _, spec := range podSpecs(value) {
		for _, volume := range items(get(spec, "volumes")) {
			add(volume, "configMap", "name")
			for _, part := range items(get(volume, "projected", "sources")) {
				add(part, "configMap", "name")
			}
		}
		for _, list := range []string{"initContainers", "containers"} {
			for _, container := range items(get(spec, list)) {
				for _, from := range items(get(container, "envFrom")) {
					add(from, "configMapRef", "name")
				}
				for _, env := range items(get(container, "env")) {
					add(env, "valueFrom", "configMapKeyRef", "name")
				}
			}
		}
	}
	return names
}
