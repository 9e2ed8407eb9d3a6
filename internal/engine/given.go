package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

const packageResource = "lib.onelayer.resource"

// containerFields are the fields of a pod that hold containers, in the order in which policies see them.
var containerFields = []string{"containers", "initContainers", "ephemeralContainers"}

var (
	keyObj       = ast.InternedTerm("obj")
	keyFile      = ast.InternedTerm("file")
	keySpec      = ast.InternedTerm("spec")
	keyMeta      = ast.InternedTerm("meta")
	keyMetaPath  = ast.InternedTerm("meta_path")
	keyMetadata  = ast.InternedTerm("metadata")
	keyJob       = ast.InternedTerm("job")
	keyContainer = ast.InternedTerm("container")
	keyRole      = ast.InternedTerm("role")
	keyPod       = ast.InternedTerm("pod")
	keyVersion   = ast.InternedTerm("apiVersion")
	keyRestart   = ast.InternedTerm("restartPolicy")
	keyOwners    = ast.InternedTerm("ownerReferences")
	emptyText    = ast.InternedEmptyString
)

// given answers, for a document that is one plain object with nothing odd in it, what the library's own rules would: its
// record, its pod template, its containers and the configuration. Nearly every policy reads them, and they cost a third of the evaluation.
// For everything else it has no answer, and the rules are asked. It belongs to one goroutine.
type given struct {
	layouts map[string]*layout
	input   ast.Value
	config  *ast.Term

	all, pods, containers *ast.Term
}

// layout is where a kind keeps its pod template.
type layout struct {
	template       ast.Ref
	spec, metadata *ast.Term
	job            *ast.Term
	// fields are the paths of the lists of containers.
	fields [][]*ast.Term
}

// readLayouts asks the library where each kind keeps its pod template; it gives nil where the library has no such table.
func readLayouts(ctx context.Context, p *program, data *unitData) map[string]*layout {
	if !p.loaded[packageWorkload] {
		return nil
	}
	paths, ok := constant(ctx, p, data, packageWorkload+".template_paths").(ast.Object)
	jobs, isSet := constant(ctx, p, data, packageWorkload+".job_kinds").(ast.Set)
	if !ok || !isSet {
		return nil
	}
	layouts := make(map[string]*layout, paths.Len())
	paths.Foreach(func(kind, path *ast.Term) {
		name, isText := kind.Value.(ast.String)
		if base, isArray := path.Value.(*ast.Array); isText && isArray {
			layouts[string(name)] = newLayout(base, jobs.Contains(kind))
		}
	})
	return layouts
}

func constant(ctx context.Context, p *program, data *unitData, path string) ast.Value {
	value, err := answer(ctx, p, ask(path, varAnswer), data, nil, nil)
	if err != nil {
		return nil
	}
	return value
}

func newLayout(base *ast.Array, job bool) *layout {
	l := &layout{job: ast.InternedTerm(job)}
	base.Foreach(func(name *ast.Term) { l.template = append(l.template, name) })
	l.spec = ast.ArrayTerm(slices.Concat(l.template, ast.Ref{keySpec})...)
	l.metadata = ast.ArrayTerm(slices.Concat(l.template, ast.Ref{keyMetadata})...)
	for _, field := range containerFields {
		l.fields = append(l.fields, slices.Concat(l.template, ast.Ref{keySpec, ast.InternedTerm(field)}))
	}
	return l
}

// begin takes the document that the next query is about.
func (g *given) begin(input, config ast.Value) {
	if g.config == nil || g.config.Value != config {
		g.config = ast.NewTerm(config)
	}
	*g = given{layouts: g.layouts, input: input, config: g.config}
}

// configuration answers lib.onelayer.params.config, which is more than the document only where a cluster asks.
func (g *given) configuration() *ast.Term {
	if isObject(g.config) && g.records() != nil {
		return g.config
	}
	return nil
}

// records answers lib.onelayer.resource.all.
func (g *given) records() *ast.Term {
	if g.all == nil {
		if obj, ok := g.input.(ast.Object); ok {
			g.all = record(obj)
		}
	}
	return g.all
}

// record is the list of the one record of an object, nil where the object is none that stands for itself.
func record(obj ast.Object) *ast.Term {
	version, isText := asText(obj.Get(keyVersion))
	kind, isName := asText(obj.Get(keyKind))
	if !isText || !isName {
		return nil
	}
	for _, other := range []string{"items", "review", "request", "onelayer"} {
		if obj.Get(ast.InternedTerm(other)) != nil {
			return nil
		}
	}
	group, _, grouped := strings.Cut(version, "/")
	if !grouped {
		group = ""
	}
	return ast.ArrayTerm(ast.ObjectTerm(
		ast.Item(keyObj, ast.NewTerm(obj)), ast.Item(keyKind, ast.StringTerm(group+"/"+kind)), ast.Item(keyFile, emptyText),
	))
}

// templates answers lib.onelayer.workload.pods.
func (g *given) templates() *ast.Term {
	if g.pods != nil {
		return g.pods
	}
	if all := g.records(); all != nil {
		own := all.Value.(*ast.Array).Elem(0).Value.(ast.Object)
		kind, _ := asText(own.Get(keyKind))
		l := g.layouts[kind]
		switch {
		case l != nil:
			g.pods = l.pod(own)
		case g.layouts != nil:
			g.pods = emptyList
		}
	}
	return g.pods
}

// pod is the list of the one pod template of a record, nil where it is not as it should be, or is a Pod with an owner.
func (l *layout) pod(own ast.Object) *ast.Term {
	found, err := own.Get(keyObj).Value.Find(l.template)
	template, ok := found.(ast.Object)
	if err != nil || !ok {
		return nil
	}
	spec, meta := template.Get(keySpec), template.Get(keyMetadata)
	if meta == nil {
		meta = ast.InternedEmptyObject
	}
	if !isObject(spec) || !isObject(meta) || len(l.template) == 0 && meta.Value.(ast.Object).Get(keyOwners) != nil {
		return nil
	}
	return ast.ArrayTerm(ast.ObjectTerm(
		ast.Item(keyObj, own.Get(keyObj)), ast.Item(keyKind, own.Get(keyKind)), ast.Item(keyFile, own.Get(keyFile)),
		ast.Item(keySpec, spec), ast.Item(keyPath, l.spec), ast.Item(keyMeta, meta), ast.Item(keyMetaPath, l.metadata),
		ast.Item(keyJob, l.job),
	))
}

// list answers lib.onelayer.workload.containers.
func (g *given) list() *ast.Term {
	if g.containers != nil {
		return g.containers
	}
	switch pods := g.templates(); {
	case pods == emptyList:
		g.containers = emptyList
	case pods != nil:
		pod := pods.Value.(*ast.Array).Elem(0)
		kind, _ := asText(pod.Value.(ast.Object).Get(keyKind))
		if found, ok := g.layouts[kind].containers(pod); ok {
			g.containers = ast.ArrayTerm(found...)
		}
	}
	return g.containers
}

// containers lists those of a pod; the flag tells that none of them is odd.
func (l *layout) containers(pod *ast.Term) ([]*ast.Term, bool) {
	var found []*ast.Term
	own := pod.Value.(ast.Object)
	spec := own.Get(keySpec).Value.(ast.Object)
	for i, field := range containerFields {
		written := spec.Get(ast.InternedTerm(field))
		if written == nil {
			continue
		}
		list, ok := written.Value.(*ast.Array)
		if !ok {
			return nil, false
		}
		for at := range list.Len() {
			container := describe(own, pod, list.Elem(at), field, append(slices.Clip(l.fields[i]), ast.InternedTerm(at)))
			if container == nil {
				return nil, false
			}
			found = append(found, container)
		}
	}
	return found, true
}

// describe is the record of one container, nil where its name is no text or it is no object.
func describe(own ast.Object, pod, container *ast.Term, field string, path []*ast.Term) *ast.Term {
	obj, ok := container.Value.(ast.Object)
	if !ok {
		return nil
	}
	name := obj.Get(keyName)
	if name == nil {
		name = emptyText
	}
	if _, isText := asText(name); !isText {
		return nil
	}
	return ast.ObjectTerm(
		ast.Item(keyObj, own.Get(keyObj)), ast.Item(keyKind, own.Get(keyKind)), ast.Item(keyFile, own.Get(keyFile)),
		ast.Item(keyContainer, container), ast.Item(keyName, name), ast.Item(keyPath, ast.ArrayTerm(path...)),
		ast.Item(keyRole, role(field, obj)), ast.Item(keyPod, pod),
	)
}

func role(field string, container ast.Object) *ast.Term {
	policy, _ := asText(container.Get(keyRestart))
	switch {
	case field == "containers":
		return ast.InternedTerm("main")
	case field == "ephemeralContainers":
		return ast.InternedTerm("ephemeral")
	case policy == "Always":
		return ast.InternedTerm("sidecar")
	default:
		return ast.InternedTerm("init")
	}
}

func asText(term *ast.Term) (string, bool) {
	if term == nil {
		return "", false
	}
	value, ok := term.Value.(ast.String)
	return string(value), ok
}

func isObject(term *ast.Term) bool {
	if term == nil {
		return false
	}
	_, ok := term.Value.(ast.Object)
	return ok
}
