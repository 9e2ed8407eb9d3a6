package source

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/onelayer/onelayer/internal/finding"
)

// units makes the units of a root: one around everything, and one of each group of kustomizations that refer to each other.
func (l *loader) units(index int) {
	r := l.roots[index]
	outer := &Unit{Root: r.name, Whole: l.whole(r.folder)}
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
				inner[group] = &Unit{Root: l.paths.name(groups.dirs[group]), Whole: l.whole(r.folder && !groups.incomplete[group])}
			}
			unit = inner[group]
		}
		unit.Documents = append(unit.Documents, m.doc)
	}
	images := l.images(index, len(outer.Documents)+len(inner) > 0)
	outer.Documents = slices.Concat(outer.Documents, l.composeDocuments(index), images)
	for _, group := range groups.order {
		if unit := inner[group]; unit != nil {
			unit.Context = images
			outer.Context = append(outer.Context, unit.Documents...)
			mounted := l.configMaps(unit)
			for _, k := range groups.members[group] {
				mounted = append(mounted, l.generated(k, unit)...)
			}
			unit.Documents = append(unit.Documents, mounted...)
			l.tree.Units = append(l.tree.Units, unit)
		}
	}
	outer.Documents = append(outer.Documents, l.configMaps(outer)...)
	if len(outer.Documents) > 0 {
		l.tree.Units = append(l.tree.Units, outer)
	}
}

func (l *loader) whole(complete bool) bool {
	if l.options.Whole != nil {
		return *l.options.Whole
	}
	return complete
}

// images makes the Images of a root, or those of process files where nothing tells what runs them.
func (l *loader) images(index int, manifests bool) []*Document {
	drafts := l.drafts(index)
	l.join(index, drafts)
	images := make([]*Document, 0, len(drafts))
	for _, d := range drafts {
		images = append(images, l.document(d))
	}
	composed := len(l.composeDocuments(index)) > 0 && !l.missing[index]
	if len(drafts) == 0 && !manifests && !composed && !l.hasChart(index) {
		images = l.standalone(index)
	}
	return images
}

func (l *loader) hasChart(index int) bool {
	for _, chart := range l.tree.Charts {
		if l.roots[index].folder && within(l.roots[index].dir, l.paths.abs(chart)) {
			return true
		}
	}
	return false
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
	members map[int][]*kustomization
	// incomplete are groups that take something from outside of what was given.
	incomplete map[int]bool
	order      []int
}

func (g *grouping) of(abs string) (group int, patch, ok bool) {
	group, ok = g.files[abs]
	return group, g.patches[abs], ok
}

// groups joins kustomizations that refer to each other or to the same file.
func (l *loader) groups(index int) *grouping {
	var list []*kustomization
	at := map[string]int{}
	for _, k := range l.kustomizations {
		if k.root == index {
			at[k.dir] = len(list)
			list = append(list, k)
		}
	}
	sets := newSets(len(list))
	owner := map[string]int{}
	for i, k := range list {
		for _, name := range slices.Concat(k.resources, k.patches) {
			other, known := at[name]
			if !known {
				if other, known = owner[name]; !known {
					owner[name] = i
					continue
				}
			}
			sets.join(i, other)
		}
	}
	g := &grouping{
		files: map[string]int{}, patches: map[string]bool{}, dirs: map[int]string{},
		members: map[int][]*kustomization{}, incomplete: map[int]bool{},
	}
	for i, k := range list {
		group := sets.find(i)
		if len(g.members[group]) == 0 {
			g.dirs[group] = list[group].dir
			g.order = append(g.order, group)
		}
		g.members[group] = append(g.members[group], k)
		g.incomplete[group] = g.incomplete[group] || k.incomplete || !l.holdsAll(k)
		for _, name := range k.resources {
			if _, folder := at[name]; !folder {
				g.files[name] = group
			}
		}
		for _, name := range k.patches {
			g.files[name], g.patches[name] = group, true
		}
	}
	return g
}

// holdsAll tells whether all that a kustomization lists lies in the folder given.
func (l *loader) holdsAll(k *kustomization) bool {
	dir := l.roots[k.root].dir
	return !slices.ContainsFunc(k.resources, func(name string) bool { return !within(dir, name) })
}

// sets are disjoint sets of numbers.
type sets []int

func newSets(size int) sets {
	s := make(sets, size)
	for i := range s {
		s[i] = i
	}
	return s
}

// find gives the smallest number of a set.
func (s sets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) join(i, k int) {
	a, b := s.find(i), s.find(k)
	s[max(a, b)] = min(a, b)
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
		Value:     ownObject(of, p.name, aloneSpec(files)),
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
