package source

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// imageRef is an image that a workload runs.
type imageRef struct {
	// ref is as the manifest writes it, names are the repositories that it may be known by: its own, and the one that a
	// kustomization puts in its place.
	ref   string
	names []string
}

// join gives the Images of a root the references of the workloads that run them: for certain where a tool or the
// configuration names the repository, assumed where only one answer is left.
func (l *loader) join(index int, drafts []*draft) {
	if len(drafts) == 0 {
		return
	}
	refs := l.workloadRefs(index)
	left := refs[:0:0]
	for _, ref := range refs {
		if !claim(ref, drafts) {
			left = append(left, ref)
		}
	}
	l.assume(index, left, drafts)
}

// claim gives a reference to the Image that is known by its repository. A repository named without a tag stands for all
// tags; another tag than the one that is named is assumed to be the same image.
func claim(ref imageRef, drafts []*draft) bool {
	exact, claimed := false, false
	for _, d := range drafts {
		if slices.Contains(d.refs, ref.ref) {
			exact, d.runs = true, true
		}
	}
	for _, d := range drafts {
		for _, known := range slices.Clone(d.refs) {
			if exact || !slices.Contains(ref.names, repositoryOf(known)) {
				continue
			}
			claimed, d.runs = true, true
			if tagged(known) {
				d.assume(ref.ref)
			} else {
				d.addRefs(ref.ref)
			}
		}
	}
	return exact || claimed
}

// assume joins what nothing tells for certain: the only Dockerfile and the only image that are left, and an image that is
// called like the folder or the ending of one Dockerfile.
func (l *loader) assume(index int, refs []imageRef, drafts []*draft) {
	bases := baseImages(drafts)
	byRepository := map[string][]string{}
	for _, ref := range refs {
		name := repositoryOf(ref.ref)
		if !isPublic(name) && !bases[name] {
			byRepository[name] = appendNew(byRepository[name], ref.ref)
		}
	}
	loose := looseDrafts(drafts)
	repositories := sortedKeys(byRepository)
	if len(loose) == 1 && len(repositories) == 1 && loose[0].mayBe(repositories[0]) {
		loose[0].assume(byRepository[repositories[0]]...)
		return
	}
	for _, repository := range repositories {
		var named []*draft
		for _, d := range loose {
			if d.mayBe(repository) && l.calledLike(d, index, lastPart(repository)) {
				named = append(named, d)
			}
		}
		if len(named) == 1 {
			named[0].assume(byRepository[repository]...)
		}
	}
}

// developmentFile is the name or folder of a Dockerfile that nobody deploys.
var developmentFile = regexp.MustCompile(`(?i)(^|[/._-])(dev|develop|development|local|test|tests|testing|e2e|ci|devcontainer)([/._-]|$)`)

// looseDrafts gives the Images that no workload is known to run; those of development only where there are no others.
func looseDrafts(drafts []*draft) []*draft {
	var all, deployed []*draft
	for _, d := range drafts {
		if !d.isDefault() || d.runs {
			continue
		}
		all = append(all, d)
		if !developmentFile.MatchString(d.source.name) {
			deployed = append(deployed, d)
		}
	}
	if len(deployed) > 0 {
		return deployed
	}
	return all
}

// mayBe tells whether nothing that is known of an Image speaks against a repository: where a tool names the image, the
// last parts of the names must be equal.
func (d *draft) mayBe(repository string) bool {
	named := false
	for _, ref := range d.refs {
		if strings.HasPrefix(ref, composeRefs) {
			continue
		}
		named = true
		if lastPart(repositoryOf(ref)) == lastPart(repository) {
			return true
		}
	}
	return !named
}

// calledLike tells whether the folder of a Dockerfile, or the rest of its name, is the name of an image.
func (l *loader) calledLike(d *draft, index int, name string) bool {
	base := strings.ToLower(path.Base(d.source.name))
	for _, stem := range []string{"dockerfile.", "dockerfile-", "containerfile."} {
		if rest, found := strings.CutPrefix(base, stem); found {
			return rest == strings.ToLower(name)
		}
	}
	if rest, found := strings.CutSuffix(base, ".dockerfile"); found {
		return rest == strings.ToLower(name)
	}
	folder := filepath.Dir(d.source.abs)
	for toolFolders[strings.ToLower(filepath.Base(folder))] && within(l.roots[index].dir, filepath.Dir(folder)) {
		folder = filepath.Dir(folder)
	}
	return name != "" && filepath.Base(folder) == name
}

// toolFolders hold Dockerfiles of what lies around them.
var toolFolders = map[string]bool{"docker": true, ".docker": true, "build": true, "deploy": true, "deployment": true, "ci": true}

// baseImages gives the repositories that Dockerfiles start from.
func baseImages(drafts []*draft) map[string]bool {
	bases := map[string]bool{}
	for _, d := range drafts {
		for _, in := range d.source.file.Instructions {
			if in.Cmd == "from" && len(in.Value) > 0 {
				bases[repositoryOf(in.Value[0])] = true
			}
		}
	}
	return bases
}

// workloadRefs gives the images that the workloads and services of a root run and that no service builds.
func (l *loader) workloadRefs(index int) []imageRef {
	renamed := map[string][]string{}
	for _, k := range l.kustomizations {
		if k.root == index {
			for name, other := range k.images {
				renamed[repositoryOf(name)] = append(renamed[repositoryOf(name)], repositoryOf(other))
			}
		}
	}
	var refs []imageRef
	seen := map[string]bool{}
	add := func(ref string) {
		if ref != "" && !seen[ref] {
			seen[ref] = true
			own := repositoryOf(ref)
			refs = append(refs, imageRef{ref: ref, names: append([]string{own}, renamed[own]...)})
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
