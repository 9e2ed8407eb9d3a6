package source

import (
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// build is what a tool builds: an image of a Dockerfile, a context and a target.
type build struct {
	root                        int
	dockerfile, context, target string
	refs                        []string
	// inline is the text of a Dockerfile that stands in the compose file inlineFrom at inlinePath.
	inline     string
	inlineFrom *Document
	inlinePath Path
}

// isSkaffold tells whether a value is a configuration of skaffold.
func isSkaffold(value ast.Value) bool {
	return strings.HasPrefix(str(get(value, "apiVersion")), "skaffold/")
}

// skaffoldBuilds gives what skaffold builds, its profiles included.
func skaffoldBuilds(value ast.Value, e entry) []build {
	dir := filepath.Dir(e.abs)
	sections := []ast.Value{get(value, "build")}
	for _, profile := range items(get(value, "profiles")) {
		sections = append(sections, get(profile, "build"))
	}
	var list []build
	for _, section := range sections {
		for _, artifact := range items(get(section, "artifacts")) {
			if b, ok := skaffoldBuild(artifact, dir, e.root); ok {
				list = append(list, b)
			}
		}
	}
	return list
}

func skaffoldBuild(artifact ast.Value, dir string, root int) (build, bool) {
	for _, other := range []string{"jib", "bazel", "buildpacks", "ko", "custom"} {
		if get(artifact, other) != nil {
			return build{}, false
		}
	}
	docker := get(artifact, "docker")
	if docker == nil {
		docker = get(artifact, "kaniko")
	}
	ref := str(get(artifact, "image"))
	if ref == "" {
		ref = str(get(artifact, "imageName"))
	}
	b := build{root: root, context: joined(dir, orDefault(str(get(artifact, "context")), ".")), target: str(get(docker, "target"))}
	b.dockerfile = joined(b.context, orDefault(str(get(docker, "dockerfile")), "Dockerfile"))
	if ref != "" {
		b.refs = []string{ref}
	}
	return b, true
}

// devcontainerBuild gives what a development container is built from.
func devcontainerBuild(value ast.Value, e entry) (build, bool) {
	dir := filepath.Dir(e.abs)
	file := str(get(value, "build", "dockerfile"))
	if file == "" {
		file = str(get(value, "dockerFile"))
	}
	if file == "" {
		return build{}, false
	}
	context := str(get(value, "build", "context"))
	if context == "" {
		context = str(get(value, "context"))
	}
	return build{
		root:       e.root,
		dockerfile: joined(dir, file),
		context:    joined(dir, orDefault(context, ".")),
		target:     str(get(value, "build", "target")),
	}, true
}

// bakeTarget is a target of a docker-bake file.
type bakeTarget struct {
	dockerfile, context, target string
	tags, inherits              []string
	inline                      string
}

// bakeJSON reads the targets of docker-bake.json.
func bakeJSON(value ast.Value) map[string]bakeTarget {
	variables := map[string]string{}
	for _, variable := range fields(get(value, "variable")) {
		variables[variable.key] = text(get(variable.value, "default"))
	}
	targets := map[string]bakeTarget{}
	for _, target := range fields(get(value, "target")) {
		read := func(key string) string { return expandBake(str(get(target.value, key)), variables) }
		t := bakeTarget{dockerfile: read("dockerfile"), context: read("context"), target: read("target"), inline: read("dockerfile-inline")}
		for _, tag := range items(get(target.value, "tags")) {
			t.tags = append(t.tags, expandBake(str(tag), variables))
		}
		for _, parent := range items(get(target.value, "inherits")) {
			t.inherits = append(t.inherits, str(parent))
		}
		targets[target.key] = t
	}
	return targets
}

// bakeBuilds gives what a docker-bake file builds.
func bakeBuilds(targets map[string]bakeTarget, e entry) []build {
	dir := filepath.Dir(e.abs)
	var list []build
	for _, name := range sortedKeys(targets) {
		t := inherit(targets, name, 8)
		if t.inline != "" || remote(t.context) {
			continue
		}
		b := build{root: e.root, context: joined(dir, orDefault(t.context, ".")), target: t.target}
		b.dockerfile = joined(b.context, orDefault(t.dockerfile, "Dockerfile"))
		for _, tag := range t.tags {
			if !strings.Contains(tag, "${") && tag != "" {
				b.refs = append(b.refs, tag)
			}
		}
		list = append(list, b)
	}
	return list
}

// inherit merges a target with those that it inherits from.
func inherit(targets map[string]bakeTarget, name string, depth int) bakeTarget {
	t := targets[name]
	if depth == 0 {
		return t
	}
	for i := len(t.inherits) - 1; i >= 0; i-- {
		parent := inherit(targets, t.inherits[i], depth-1)
		t.dockerfile = orDefault(t.dockerfile, parent.dockerfile)
		t.context = orDefault(t.context, parent.context)
		t.target = orDefault(t.target, parent.target)
		t.inline = orDefault(t.inline, parent.inline)
		if len(t.tags) == 0 {
			t.tags = parent.tags
		}
	}
	return t
}
