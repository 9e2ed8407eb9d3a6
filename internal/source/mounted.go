package source

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

// names are objects by their name, with the namespaces in which they are. An empty namespace may be any.
type names map[string][]string

func (n names) has(namespace, name string) bool {
	namespaces, ok := n[name]
	if !ok || namespace == "" {
		return ok
	}
	return slices.Contains(namespaces, namespace) || slices.Contains(namespaces, "")
}

// usedConfigMaps gives the ConfigMaps that the workloads of a unit mount or refer to.
func usedConfigMaps(unit *Unit) names {
	used := names{}
	for _, doc := range unit.Documents {
		for _, name := range configMaps(doc.Value) {
			used[name] = append(used[name], doc.Object.Namespace)
		}
	}
	return used
}

// configMaps makes an Image of each process file in a ConfigMap that a workload of the unit uses, and of each that is named
// like one in any other: what mounts that may not be in the input.
func (l *loader) configMaps(unit *Unit) []*Document {
	var used names
	var docs []*Document
	for _, doc := range unit.Documents {
		if doc.GroupKind != "/ConfigMap" || !maybeApps(doc.Raw) && !maybeSupervisor(doc.Raw) {
			continue
		}
		if used == nil {
			used = usedConfigMaps(unit)
		}
		docs = append(docs, l.configMapFiles(doc, used.has(doc.Object.Namespace, doc.Object.Name))...)
	}
	return docs
}

func (l *loader) configMapFiles(doc *Document, used bool) []*Document {
	var docs []*Document
	for _, file := range fields(get(doc.Value, "data")) {
		if kind := classify(file.key); !used && kind != classProcess && kind != classSupervisor {
			continue
		}
		if c := l.mountedContent(file.key, []byte(str(file.value))); c != nil {
			docs = append(docs, l.mounted(doc, file.key, c))
		}
	}
	return docs
}

// mountedContent reads a process file that stands in a ConfigMap.
func (l *loader) mountedContent(key string, text []byte) *content {
	kind := classify(key)
	switch kind {
	case classProcess, classScriptJS, classJSON, classYAML:
		if !maybeApps(text) {
			return nil
		}
	case classSupervisor, classIni:
		if !maybeSupervisor(text) {
			return nil
		}
	default:
		return nil
	}
	if c := l.parseContent(key, text, kind, false); c != nil && c.value != nil {
		return c
	}
	return nil
}

// mounted makes the Image of a process file in a ConfigMap.
func (l *loader) mounted(doc *Document, key string, c *content) *Document {
	inside := newBlock(doc, Path{"data", key})
	of := finding.Object{APIVersion: APIVersion, Kind: "Image", Name: imageName(doc.File, doc.Object.Name+"/"+key)}
	return &Document{
		Value: ownObject(of, doc.File+"#"+key, aloneSpec(map[string]*content{key: c})), GroupKind: "onelayer.dev/Image",
		Object: of, File: doc.File, Locator: &mountedLocator{block: inside, content: c},
	}
}

// aloneSpec is the spec of an Image of which only files are known.
func aloneSpec(files map[string]*content) ast.Value {
	return object(pair("refs", stringArray(nil)), pair("files", filesValue(files)))
}

// generated makes an Image of each process file that a kustomization puts into a ConfigMap which a workload uses.
func (l *loader) generated(k *kustomization, unit *Unit) []*Document {
	if len(k.configMaps) == 0 {
		return nil
	}
	used := usedConfigMaps(unit)
	var docs []*Document
	for _, name := range sortedKeys(k.configMaps) {
		if !used.has("", name) {
			continue
		}
		for _, key := range sortedKeys(k.configMaps[name]) {
			abs := k.configMaps[name][key]
			c := l.content(abs, l.topOf(k.root), classify(key), false)
			if c == nil || c.value == nil || c.kind != kindEcosystem && c.kind != kindSupervisor {
				continue
			}
			file := l.paths.name(abs)
			files := map[string]*content{key: c}
			of := finding.Object{APIVersion: APIVersion, Kind: "Image", Name: imageName(file, name+"/"+key)}
			docs = append(docs, &Document{
				Value: ownObject(of, sourceOf(file, key), aloneSpec(files)), GroupKind: "onelayer.dev/Image", Object: of, File: file,
				Locator: &aloneLocator{imageLocator{files: l.located(files)}, key},
			})
		}
	}
	return docs
}

// sourceOf names the source of a file that stands in a ConfigMap under a key.
func sourceOf(file, key string) string {
	if lastPart(file) == key {
		return file
	}
	return file + "#" + key
}

// topOf gives the folder outside of which nothing is read for a root: that of the repository, else the folder given.
func (l *loader) topOf(index int) string {
	if top := repository(l.roots[index].dir); top != "" {
		return top
	}
	return l.roots[index].dir
}

// mountedLocator finds the nodes of a file in a ConfigMap.
type mountedLocator struct {
	block   block
	content *content
}

// Locate implements Locator.
func (m *mountedLocator) Locate(path Path) Position {
	if len(path) > 3 && path[3] == m.content.kind && m.content.locate != nil {
		line, column, end := m.content.locate(path[4:])
		return m.block.position(line, column, end)
	}
	return m.block.start
}
