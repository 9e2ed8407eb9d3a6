package source

import (
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// kustomization is a kustomization.yaml.
type kustomization struct {
	// dir is its folder, file the file itself.
	dir, file string
	root      int
	// resources are absolute paths of files and folders; patches of files.
	resources, patches []string
	// incomplete tells that it takes resources from elsewhere: URLs, charts, generators.
	incomplete bool
	// images are renamed: the name in a manifest to the name that is deployed.
	images map[string]string
	// configMaps maps the names of generated ConfigMaps to the files in them, by key.
	configMaps map[string]map[string]string
}

// isKustomization tells whether a value is a kustomization; named tells that its file is called so.
func isKustomization(value ast.Value, named bool) bool {
	if strings.HasPrefix(str(get(value, "apiVersion")), "kustomize.config.k8s.io/") {
		return true
	}
	_, mapping := value.(ast.Object)
	return named && mapping && get(value, "apiVersion") == nil
}

// readKustomization reads what a kustomization refers to.
func readKustomization(value ast.Value, e entry) *kustomization {
	k := &kustomization{
		dir: filepath.Dir(e.abs), file: e.abs, root: e.root,
		images: map[string]string{}, configMaps: map[string]map[string]string{},
	}
	for _, key := range []string{"resources", "bases", "components", "crds"} {
		for _, item := range items(get(value, key)) {
			k.addResource(str(item))
		}
	}
	for _, key := range []string{"helmCharts", "helmChartInflationGenerator", "generators"} {
		k.incomplete = k.incomplete || len(items(get(value, key))) > 0
	}
	for _, item := range items(get(value, "patchesStrategicMerge")) {
		k.addPatch(str(item))
	}
	for _, key := range []string{"patches", "patchesJson6902", "replacements"} {
		for _, item := range items(get(value, key)) {
			k.addPatch(str(get(item, "path")))
		}
	}
	for _, item := range items(get(value, "images")) {
		name, renamed := str(get(item, "name")), str(get(item, "newName"))
		if name != "" && renamed != "" {
			k.images[name] = renamed
		}
	}
	for _, item := range items(get(value, "configMapGenerator")) {
		k.addConfigMap(item)
	}
	return k
}

func (k *kustomization) addResource(name string) {
	if name == "" || remote(name) || strings.Contains(name, "?ref=") {
		k.incomplete = true
		return
	}
	k.resources = append(k.resources, joined(k.dir, name))
}

func (k *kustomization) addPatch(name string) {
	if name != "" && !strings.Contains(name, "\n") {
		k.patches = append(k.patches, joined(k.dir, name))
	}
}

// addConfigMap notes the files of a generated ConfigMap; an item is "path" or "key=path".
func (k *kustomization) addConfigMap(value ast.Value) {
	name := text(get(value, "name"))
	for _, item := range items(get(value, "files")) {
		key, file, found := strings.Cut(str(item), "=")
		if !found {
			key, file = filepath.Base(key), key
		}
		if name == "" || file == "" {
			continue
		}
		if k.configMaps[name] == nil {
			k.configMaps[name] = map[string]string{}
		}
		k.configMaps[name][key] = joined(k.dir, file)
	}
}
