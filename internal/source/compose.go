package source

import (
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

// composeRefs begins the references by which services know what they build.
const composeRefs = "compose.onelayer.dev/"

// composeProject is a compose file.
type composeProject struct {
	doc *Document
	// dir is the folder that paths in the file are relative to.
	dir  string
	root int
}

// isCompose tells whether a value has the shape of a compose file.
func isCompose(value ast.Value, named bool) bool {
	services, ok := get(value, "services").(ast.Object)
	if !ok || get(value, "kind") != nil || get(value, "apiVersion") != nil {
		return false
	}
	if named {
		return true
	}
	for _, service := range fields(services) {
		for _, key := range []string{"image", "build", "command", "entrypoint"} {
			if get(service.value, key) != nil {
				return true
			}
		}
	}
	return false
}

// composeDocument makes the document of a compose file.
func composeDocument(value ast.Value, locator *yamlLocator, raw []byte) *Document {
	object := finding.Object{APIVersion: APIVersion, Kind: "Compose", Name: composeName(locator.file)}
	return &Document{
		Value:     ownObject(object, locator.file, value),
		GroupKind: "onelayer.dev/Compose",
		Object:    object,
		File:      locator.file,
		Raw:       raw,
		Locator:   &specLocator{locator},
	}
}

// ownObject makes an object of one of our kinds.
func ownObject(of finding.Object, source string, spec ast.Value) ast.Value {
	return object(
		pair("apiVersion", ast.String(of.APIVersion)),
		pair("kind", ast.String(of.Kind)),
		pair("metadata", object(
			pair("name", ast.String(of.Name)),
			pair("annotations", object(pair(AnnotationSource, ast.String(source)))),
		)),
		pair("spec", spec),
	)
}

// builds gives what the services of a project build.
func (p *composeProject) builds() []build {
	var list []build
	for _, service := range fields(get(p.doc.Value, "spec", "services")) {
		b, ok := p.build(service.value)
		if !ok {
			continue
		}
		if ref := str(get(service.value, "image")); ref != "" {
			b.refs = append(b.refs, ref)
		}
		b.refs = append(b.refs, composeRefs+p.doc.Object.Name+"/"+service.key)
		b.inlinePath = Path{"spec", "services", service.key, "build", "dockerfile_inline"}
		list = append(list, b)
	}
	return list
}

func (p *composeProject) build(service ast.Value) (build, bool) {
	b := build{root: p.root}
	var context string
	switch section := get(service, "build").(type) {
	case ast.String:
		context = string(section)
	case ast.Object:
		context = str(get(section, "context"))
		b.target = str(get(section, "target"))
		b.dockerfile = defaultVariables(str(get(section, "dockerfile")))
		b.inline = str(get(section, "dockerfile_inline"))
		if b.inline != "" {
			b.inlineFrom = p.doc
		}
	default:
		return b, false
	}
	context = defaultVariables(context)
	if remote(context) {
		return b, false
	}
	b.target = defaultVariables(b.target)
	b.context = joined(p.dir, context)
	if b.inline == "" {
		b.dockerfile = joined(b.context, orDefault(b.dockerfile, "Dockerfile"))
	}
	return b, true
}

// joined gives the absolute path of a path that is relative to a folder.
func joined(dir, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// remote tells whether a build context is not a folder here.
func remote(context string) bool {
	return strings.Contains(context, "://") || strings.HasPrefix(context, "git@") || strings.HasPrefix(context, "github.com/")
}

// defaultVariables replaces ${NAME:-default} by its default and leaves other variables as they are.
func defaultVariables(text string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			out.WriteString("${" + rest)
			return out.String()
		}
		if _, fallback, ok := strings.Cut(inner, "-"); ok {
			out.WriteString(fallback)
		} else {
			out.WriteString("${" + inner + "}")
		}
		text = after
	}
}
