package source

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/source/decode"
	"github.com/onelayer/onelayer/internal/source/jsfile"
)

// parsed is a file that was read.
type parsed struct {
	entry  entry
	text   []byte
	err    error
	docs   []decode.Doc
	errs   []*decode.SyntaxError
	docker *dockerFile
	wrong  *finding.Problem
}

// read reads and decodes the files with several workers and then sorts what they hold, in the order of the entries.
func (l *loader) read(entries []entry) error {
	entries = l.withoutCharts(entries)
	results := make([]parsed, len(entries))
	next := make(chan int)
	var workers sync.WaitGroup
	var done int
	var lock sync.Mutex
	for range max(2, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				results[i] = l.parse(entries[i])
				lock.Lock()
				done++
				if l.options.Progress != nil {
					l.options.Progress(done, len(entries))
				}
				lock.Unlock()
			}
		})
	}
	for i := range entries {
		if l.ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	if err := l.ctx.Err(); err != nil {
		return err
	}
	for i := range results {
		l.take(&results[i])
	}
	return nil
}

// withoutCharts leaves out what belongs to Helm charts, with one notice for each.
func (l *loader) withoutCharts(entries []entry) []entry {
	var charts []string
	for _, e := range entries {
		if e.class == classChart && !e.explicit {
			charts = append(charts, filepath.Dir(e.abs))
		}
	}
	charts = append(charts, l.chartsAround()...)
	if len(charts) == 0 {
		return entries
	}
	kept := entries[:0]
	for _, e := range entries {
		if !inChart(charts, e) {
			kept = append(kept, e)
		}
	}
	for _, dir := range charts {
		outer := true
		for _, other := range charts {
			outer = outer && (other == dir || !within(other, dir))
		}
		if outer {
			l.tree.Charts = append(l.tree.Charts, l.paths.name(dir))
			l.notice(l.paths.name(dir) + ": a Helm chart, whose templates are not read: check what helm template prints")
		}
	}
	return kept
}

// chartsAround gives the charts that a folder given lies in the templates of.
func (l *loader) chartsAround() []string {
	var charts []string
	for _, r := range l.roots {
		for at := r.dir; r.folder; at = filepath.Dir(at) {
			if filepath.Base(at) == "templates" && isRegular(filepath.Join(filepath.Dir(at), "Chart.yaml")) {
				charts = append(charts, filepath.Dir(at))
			}
			if at == filepath.Dir(at) {
				break
			}
		}
	}
	return charts
}

func inChart(charts []string, e entry) bool {
	if e.class != classYAML && e.class != classJSON && e.class != classChart || e.explicit {
		return false
	}
	for _, dir := range charts {
		if !within(dir, e.abs) {
			continue
		}
		rest := filepath.ToSlash(strings.TrimPrefix(e.abs, dir+string(filepath.Separator)))
		if strings.HasPrefix(rest, "templates/") || strings.HasPrefix(rest, "charts/") || strings.HasPrefix(rest, "crds/") || !strings.Contains(rest, "/") {
			return true
		}
	}
	return false
}

// parse reads one file as far as it needs no other.
func (l *loader) parse(e entry) parsed {
	p := parsed{entry: e}
	if p.text, p.err = l.text(e); p.err != nil {
		return p
	}
	if p.entry.class == classUnknown {
		p.entry.class = byContent(p.text)
	}
	switch p.entry.class {
	case classYAML, classJSON, classCompose, classKustomization:
		if p.entry.class == classYAML || p.entry.class == classJSON {
			if !sniffYAML(p.text) && !e.explicit {
				return p
			}
		}
		p.docs, p.errs = decode.Documents(p.text, l.limits.Decode)
	case classMaybeDockerfile:
		p.docker, p.wrong = readDockerfile(p.text, p.entry)
		if p.docker == nil || p.wrong != nil || !looksBuilt(p.docker) {
			p.docker, p.wrong = nil, nil
		}
	case classDockerfile:
		p.docker, p.wrong = readDockerfile(p.text, p.entry)
		if p.wrong != nil && templateText(p.text) && !e.explicit {
			p.wrong = nil
		}
	}
	return p
}

// looksBuilt tells whether a file that may be a Dockerfile says what it is built from.
func looksBuilt(d *dockerFile) bool {
	for _, in := range d.file.Instructions {
		if in.Cmd == "from" && len(in.Value) > 0 {
			return true
		}
	}
	return false
}

// take sorts what a file holds.
func (l *loader) take(p *parsed) {
	e := p.entry
	if errors.Is(p.err, errUninteresting) {
		l.notice(e.name + ": not read, because it is larger than the limit of " + sizeText(l.limits.Manifest))
		return
	}
	if p.err != nil {
		l.problem(finding.Problem{File: e.name, Msg: reason(p.err)})
		return
	}
	switch e.class {
	case classYAML, classJSON, classCompose, classKustomization:
		l.takeDocuments(p)
	case classDevcontainer:
		l.takeDevcontainer(p)
	case classDockerfile, classMaybeDockerfile:
		l.takeDockerfile(p)
	case classBake:
		for _, b := range l.bake(p) {
			l.builds = append(l.builds, b)
		}
	default:
		l.takeProcess(p)
	}
}

// unrecognised tells about a file that the user named and that holds nothing to judge.
func (l *loader) unrecognised(e entry) {
	if e.explicit {
		l.notice(e.name + ": holds nothing to judge")
	}
}

func (l *loader) bake(p *parsed) []build {
	if strings.HasSuffix(p.entry.name, ".json") {
		docs, _ := decode.Documents(p.text, l.limits.Decode)
		if len(docs) == 0 {
			return nil
		}
		return bakeBuilds(bakeJSON(docs[0].Value), p.entry)
	}
	return bakeBuilds(bakeHCL(string(p.text)), p.entry)
}

func (l *loader) takeDockerfile(p *parsed) {
	if p.wrong != nil {
		l.problem(*p.wrong)
	}
	if p.docker == nil {
		return
	}
	l.dockerfiles = append(l.dockerfiles, p.docker)
	l.comments = append(l.comments, p.docker.comments()...)
	l.tree.Recognised++
}

// takeDocuments sorts the documents of a YAML or JSON file.
func (l *loader) takeDocuments(p *parsed) {
	e := p.entry
	if l.takeErrors(p) {
		return
	}
	recognised := false
	for i := range p.docs {
		doc := p.docs[i]
		locator := &yamlLocator{file: e.name, text: &yamlText{doc: doc}}
		known := l.takeDocument(e, doc.Value, locator, doc.Raw)
		recognised = recognised || known
		if known {
			l.comments = append(l.comments, commentsOf(doc, e.name)...)
		}
	}
	if recognised {
		l.tree.Recognised++
	} else {
		l.takeProcess(p)
	}
}

// takeErrors tells what is wrong with a file that was meant for us; it answers true when nothing is left to take.
func (l *loader) takeErrors(p *parsed) bool {
	if len(p.errs) == 0 {
		return false
	}
	e := p.entry
	if templateText(p.text) && !e.explicit {
		if e.class == classCompose || maybeManifest(p.text) {
			l.templates[filepath.Dir(e.abs)]++
		}
		return true
	}
	if e.class == classJSON || e.class == classYAML && !maybeManifest(p.text) {
		if c := l.processContent(p); c != nil && (c.value != nil || c.problem != nil) {
			l.addProcess(p, c)
			return true
		}
	}
	if e.explicit || e.class == classCompose || e.class == classKustomization || maybeManifest(p.text) {
		for _, err := range p.errs {
			l.problem(finding.Problem{File: e.name, Line: err.Line, Column: err.Column, Msg: err.Msg})
		}
	}
	return len(p.docs) == 0
}

// takeDevcontainer reads what a development container is built from. Its JSON may hold comments.
func (l *loader) takeDevcontainer(p *parsed) {
	read, err := jsfile.Read(l.ctx, p.entry.name, p.text)
	if err != nil {
		return
	}
	value, err := ast.InterfaceToValue(read.Value)
	if err != nil {
		return
	}
	if b, ok := devcontainerBuild(value, p.entry); ok {
		l.builds = append(l.builds, b)
	}
}

// takeDocument sorts one document; it answers whether the document is something to judge.
func (l *loader) takeDocument(e entry, value ast.Value, locator *yamlLocator, raw []byte) bool {
	switch {
	case isKustomization(value, e.class == classKustomization):
		l.kustomizations = append(l.kustomizations, readKustomization(value, e))
		return false
	case isSkaffold(value):
		l.builds = append(l.builds, skaffoldBuilds(value, e)...)
		return false
	case isCompose(value, e.class == classCompose):
		doc := composeDocument(value, locator, raw)
		l.composes = append(l.composes, &composeProject{doc: doc, dir: filepath.Dir(e.abs), root: e.root})
		return true
	}
	docs := objects(value, locator, raw, 0)
	for _, doc := range docs {
		l.manifests = append(l.manifests, manifest{doc: doc, abs: e.abs, root: e.root})
	}
	return len(docs) > 0
}

// takeProcess keeps a file that says what runs.
func (l *loader) takeProcess(p *parsed) {
	if c := l.processContent(p); c != nil {
		l.addProcess(p, c)
		return
	}
	l.unrecognised(p.entry)
}

func (l *loader) addProcess(p *parsed, c *content) {
	if c.problem != nil {
		l.problem(*c.problem)
		return
	}
	if c.value != nil {
		l.processes = append(l.processes, processFile{content: c, name: p.entry.name, root: p.entry.root})
	}
}

func (l *loader) processContent(p *parsed) *content {
	if known, ok := l.contents[p.entry.abs]; ok {
		return known
	}
	c := l.parseContent(p.entry.abs, p.text, p.entry.class, false)
	l.contents[p.entry.abs] = c
	return c
}
