package source

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

// units makes the units of a root: one around everything, and one of each group of kustomizations that refer to each other.
func (l *loader) units(index int) {
	r := l.roots[index]
	whole := r.folder
	if l.options.Whole != nil {
		whole = *l.options.Whole
	}
	outer := &Unit{Root: r.name, Whole: whole}
	groups := l.groups(index)
	inner := map[int]*Unit{}
	for _, m := range l.manifests {
		if m.root != index {
			continue
		}
		unit := outer
		if group, patch, ok := groups.of(m.abs); ok {
			m.doc.Patch = patch
			if inner[group] == nil {
				inner[group] = &Unit{Root: l.paths.name(groups.dirs[group]), Whole: whole}
			}
			unit = inner[group]
		}
		unit.Documents = append(unit.Documents, m.doc)
	}
	drafts := l.drafts(index)
	l.assume(index, drafts)
	images := make([]*Document, 0, len(drafts))
	for _, d := range drafts {
		images = append(images, l.document(d))
	}
	composes := l.composeDocuments(index)
	if len(drafts)+len(outer.Documents)+len(inner) == 0 && (len(composes) == 0 || len(l.buildsOf(index)) > 0) {
		// Without a Dockerfile, be it that a compose file names one that was not given, the files speak for themselves.
		images = append(images, l.standalone(index)...)
	}
	outer.Documents = slices.Concat(outer.Documents, composes, images)
	for _, group := range groups.order {
		if unit := inner[group]; unit != nil {
			unit.Context = images
			outer.Context = append(outer.Context, unit.Documents...)
			l.configMaps(unit)
			l.tree.Units = append(l.tree.Units, unit)
		}
	}
	l.configMaps(outer)
	if len(outer.Documents) > 0 {
		l.tree.Units = append(l.tree.Units, outer)
	}
}

func (l *loader) composeDocuments(index int) []*Document {
	var docs []*Document
	for _, project := range l.composes {
		if project.root == index {
			docs = append(docs, project.doc)
		}
	}
	return docs
}

// grouping tells which kustomizations belong together.
type grouping struct {
	// files maps what kustomizations list to their group; patches are files that only change others.
	files   map[string]int
	patches map[string]bool
	dirs    map[int]string
	order   []int
}

func (g *grouping) of(abs string) (group int, patch, ok bool) {
	group, ok = g.files[abs]
	return group, g.patches[abs], ok
}

// groups joins kustomizations that refer to each other.
func (l *loader) groups(index int) *grouping {
	var list []*kustomization
	at := map[string]int{}
	for _, k := range l.kustomizations {
		if k.root == index {
			at[k.dir] = len(list)
			list = append(list, k)
		}
	}
	parent := make([]int, len(list))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	g := &grouping{files: map[string]int{}, patches: map[string]bool{}, dirs: map[int]string{}}
	for i, k := range list {
		for _, resource := range k.resources {
			if other, ok := at[resource]; ok {
				a, b := find(i), find(other)
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	for i, k := range list {
		group := find(i)
		if _, known := g.dirs[group]; !known {
			g.dirs[group] = list[group].dir
			g.order = append(g.order, group)
		}
		for _, resource := range k.resources {
			if _, folder := at[resource]; !folder {
				g.files[resource] = group
			}
		}
		for _, patch := range k.patches {
			g.files[patch], g.patches[patch] = group, true
		}
	}
	return g
}

// assume joins what nothing tells for certain: the only Dockerfile and the only image that are left, and images that are
// called like the folder of a Dockerfile.
func (l *loader) assume(index int, drafts []*draft) {
	refs := l.looseRefs(index, drafts)
	if len(refs) == 0 {
		return
	}
	var loose []*draft
	for _, d := range drafts {
		if d.isDefault() && len(d.refs) == 0 {
			loose = append(loose, d)
		}
	}
	repositories := sortedKeys(refs)
	if len(loose) == 1 && len(repositories) == 1 {
		loose[0].assume(refs[repositories[0]]...)
		return
	}
	for _, repository := range repositories {
		var named []*draft
		for _, d := range loose {
			if calledLike(d, lastPart(repository)) {
				named = append(named, d)
			}
		}
		if len(named) == 1 {
			named[0].assume(refs[repository]...)
		}
	}
}

// calledLike tells whether the folder of a Dockerfile, or the end of its name, is the name of an image.
func calledLike(d *draft, name string) bool {
	folder := path.Base(path.Dir(filepath.ToSlash(d.source.abs)))
	if folder == "docker" || folder == ".docker" {
		folder = path.Base(path.Dir(path.Dir(filepath.ToSlash(d.source.abs))))
	}
	return name != "" && (folder == name || strings.EqualFold(path.Base(d.source.name), "Dockerfile."+name))
}

// looseRefs gives the image references of a root's workloads that no Dockerfile is known by, by their repository.
func (l *loader) looseRefs(index int, drafts []*draft) map[string][]string {
	known := map[string]bool{}
	for _, d := range drafts {
		for _, ref := range d.refs {
			known[repositoryOf(ref)] = true
		}
	}
	refs := map[string][]string{}
	add := func(ref string) {
		repository := repositoryOf(ref)
		if ref != "" && !known[repository] && !isPublic(repository) {
			refs[repository] = appendNew(refs[repository], ref)
		}
	}
	for _, m := range l.manifests {
		if m.root == index {
			for _, ref := range imageRefs(m.doc.Value) {
				add(ref)
			}
		}
	}
	for _, project := range l.composes {
		if project.root != index {
			continue
		}
		for _, service := range fields(get(project.doc.Value, "spec", "services")) {
			if get(service.value, "build") == nil {
				add(str(get(service.value, "image")))
			}
		}
	}
	return refs
}

// startScript is the name of a script that starts a container, by convention.
var startScript = regexp.MustCompile(`(?i)^(docker|container)?[-_.]?(entry[-_.]?point|start(up)?|run|cmd|init|launch|wrapper)([-_.].*)?$|entrypoint|wrapper\.sh$`)

// standalone makes an Image of each process file of a root that holds nothing else. A package.json stands alone only
// where no other file says what runs, and a start script where there is no package.json either.
func (l *loader) standalone(index int) []*Document {
	var main, packages, scripts []processFile
	together := map[string]*content{}
	for _, p := range l.processes {
		if p.root != index {
			continue
		}
		together[p.content.abs] = p.content
		switch p.content.kind {
		case kindPackage:
			packages = append(packages, p)
		case kindScript:
			if startScript.MatchString(path.Base(p.name)) {
				scripts = append(scripts, p)
			}
		default:
			main = append(main, p)
		}
	}
	if len(main) == 0 {
		for _, p := range packages {
			if str(get(p.content.value, "scripts", "start")) != "" {
				main = append(main, p)
			}
		}
	}
	if len(main) == 0 {
		main = scripts
	}
	docs := make([]*Document, 0, len(main))
	for _, p := range main {
		docs = append(docs, l.alone(p, together))
		l.tree.Recognised++
	}
	return docs
}

// alone makes the Image of a process file, with the files beside and below it.
func (l *loader) alone(p processFile, together map[string]*content) *Document {
	dir := filepath.Dir(p.content.abs)
	files := map[string]*content{}
	for abs, c := range together {
		if within(dir, abs) {
			files[relative(dir, abs)] = c
		}
	}
	of := finding.Object{APIVersion: APIVersion, Kind: "Image", Name: imageName(p.name, "")}
	return &Document{
		Value:     ownObject(of, p.name, object(pair("refs", stringArray(nil)), pair("files", filesValue(files)))),
		GroupKind: "onelayer.dev/Image",
		Object:    of,
		File:      p.name,
		Locator:   &aloneLocator{imageLocator{files: l.located(files)}, filepath.Base(p.content.abs)},
	}
}

// aloneLocator finds the nodes of a process file that stands alone; what has no place of its own is its start.
type aloneLocator struct {
	imageLocator

	main string
}

// Locate implements Locator.
func (a *aloneLocator) Locate(path Path) Position {
	if len(path) > 2 && path[0] == "spec" && path[1] == "files" {
		return a.imageLocator.Locate(path)
	}
	file := a.files[a.main]
	return file.position(nil)
}

// configMaps makes an Image of each process file in a ConfigMap that a workload of the unit uses.
func (l *loader) configMaps(unit *Unit) {
	used := map[string]bool{}
	for _, doc := range unit.Documents {
		for _, name := range configMaps(doc.Value) {
			used[doc.Object.Namespace+"/"+name] = true
		}
	}
	if len(used) == 0 {
		return
	}
	for _, doc := range slices.Clone(unit.Documents) {
		if doc.GroupKind == "/ConfigMap" && used[doc.Object.Namespace+"/"+doc.Object.Name] {
			unit.Documents = append(unit.Documents, l.configMapFiles(doc)...)
		}
	}
}

func (l *loader) configMapFiles(doc *Document) []*Document {
	var docs []*Document
	for _, file := range fields(get(doc.Value, "data")) {
		text := []byte(str(file.value))
		kind := classify(file.key)
		if kind != classProcess && kind != classScriptJS && kind != classJSON && kind != classYAML || !maybeApps(text) {
			continue
		}
		c := l.parseContent(file.key, text, kind, false)
		if c == nil || c.value == nil {
			continue
		}
		docs = append(docs, l.mounted(doc, file.key, c))
	}
	return docs
}

// mounted makes the Image of a process file in a ConfigMap.
func (l *loader) mounted(doc *Document, key string, c *content) *Document {
	inside := newBlock(doc, Path{"data", key})
	of := finding.Object{APIVersion: APIVersion, Kind: "Image", Name: imageName(doc.File, doc.Object.Name+"/"+key)}
	spec := object(pair("refs", stringArray(nil)), pair("files", ast.NewObject([2]*ast.Term{ast.StringTerm(key), ast.NewTerm(c.entryValue())})))
	return &Document{
		Value: ownObject(of, doc.File+"#"+key, spec), GroupKind: "onelayer.dev/Image", Object: of, File: doc.File,
		Locator: &mountedLocator{block: inside, content: c},
	}
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
