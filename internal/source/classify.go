package source

import (
	"bytes"
	"path"
	"strings"

	"github.com/onelayer/onelayer/internal/source/dockerfile"
)

// class is what a file is taken for by its name.
type class int

const (
	classNone class = iota
	// classUnknown is a name that tells nothing: the content decides, if anybody asks.
	classUnknown
	classYAML
	classJSON
	classCompose
	classKustomization
	classChart
	classDevcontainer
	classBake
	classDockerfile
	// classMaybeDockerfile is a Dockerfile only if it reads as one: dockerfile.go.
	classMaybeDockerfile
	classPackage
	// classProcess is a process file of PM2 that is JavaScript: ecosystem.config.js.
	classProcess
	classScriptJS
	classSupervisor
	// classIni is supervisor's configuration only if it holds a section of it.
	classIni
	classProcfile
	classScript
)

// dataFiles are JSON and YAML files that hold nothing to judge and may be large.
var dataFiles = map[string]bool{
	"package-lock.json": true, "npm-shrinkwrap.json": true, "pnpm-lock.yaml": true, "composer.lock": true,
	"composer.json": true, "tsconfig.json": true, "jsconfig.json": true, "lerna.json": true, "nx.json": true,
	"turbo.json": true, "rush.json": true, "angular.json": true, "deno.json": true, "bun.lock": true, "biome.json": true,
	"pnpm-workspace.yaml": true, ".golangci.yml": true, ".golangci.yaml": true, ".pre-commit-config.yaml": true,
}

// codeEndings are endings of files that are about Dockerfiles rather than being one.
var codeEndings = map[string]bool{
	".go": true, ".js": true, ".cjs": true, ".mjs": true, ".jsx": true, ".ts": true, ".tsx": true, ".py": true, ".rb": true,
	".rs": true, ".java": true, ".kt": true, ".cs": true, ".php": true, ".sh": true, ".json": true, ".yaml": true, ".yml": true,
	".md": true, ".mdx": true, ".rst": true, ".adoc": true, ".html": true, ".css": true, ".txt": true, ".snap": true, ".lua": true,
	".vim": true, ".toml": true, ".xml": true, ".png": true, ".svg": true, ".lock": true, ".log": true,
	".j2": true, ".tmpl": true, ".tpl": true, ".erb": true, ".template": true, ".in": true, ".m4": true, ".gotmpl": true,
}

// classify tells by its name what a file is taken for. name has slashes.
func classify(name string) class {
	base := path.Base(name)
	lower := strings.ToLower(base)
	ending := path.Ext(lower)
	if named, ok := namedFiles[lower]; ok {
		return named
	}
	switch {
	case dataFiles[lower]:
		return classNone
	case isDockerfileName(lower):
		if codeEndings[ending] && ending != lower {
			return classMaybeDockerfile
		}
		return classDockerfile
	case strings.HasPrefix(lower, "docker-bake.") && (ending == ".hcl" || ending == ".json"):
		return classBake
	case strings.HasPrefix(lower, "procfile.") && !codeEndings[ending]:
		return classProcfile
	}
	return classifyEnding(lower, ending)
}

// namedFiles are the files whose whole name tells what they are.
var namedFiles = map[string]class{
	"package.json": classPackage, "chart.yaml": classChart, "procfile": classProcfile,
	"kustomization.yaml": classKustomization, "kustomization.yml": classKustomization, "kustomization": classKustomization,
	"devcontainer.json": classDevcontainer, ".devcontainer.json": classDevcontainer,
}

func classifyEnding(lower, ending string) class {
	switch ending {
	case ".yaml", ".yml":
		if isComposeName(lower) {
			return classCompose
		}
		return classYAML
	case ".json", ".json5", ".jsonc":
		return classJSON
	case ".js", ".cjs", ".mjs":
		if processName(lower) {
			return classProcess
		}
		return classScriptJS
	case ".sh", ".bash", ".ash", ".ksh":
		return classScript
	case ".conf", ".ini", ".cfg":
		if strings.Contains(lower, "supervisor") {
			return classSupervisor
		}
		return classIni
	case "", lower:
		return classUnknown
	}
	return classNone
}

func isDockerfileName(lower string) bool {
	if strings.HasSuffix(lower, ".dockerignore") || strings.HasSuffix(lower, ".containerignore") || strings.HasSuffix(lower, "~") {
		return false
	}
	for _, stem := range []string{"dockerfile", "containerfile"} {
		rest, found := strings.CutPrefix(lower, stem)
		if found && (rest == "" || strings.ContainsAny(rest[:1], ".-_")) {
			return true
		}
		if strings.HasSuffix(lower, "."+stem) {
			return true
		}
	}
	return false
}

func isComposeName(lower string) bool {
	for _, stem := range []string{"docker-compose", "compose", "podman-compose"} {
		rest, found := strings.CutPrefix(lower, stem)
		if found && strings.ContainsAny(rest[:min(1, len(rest))], ".-_") {
			return true
		}
	}
	return false
}

// processName tells whether the name of a JavaScript file is that of a process file by convention or for PM2 itself.
func processName(lower string) bool {
	stem := lower[:len(lower)-len(path.Ext(lower))]
	return strings.HasPrefix(lower, "ecosystem") || strings.HasPrefix(lower, "pm2") || strings.HasSuffix(stem, ".pm2") ||
		strings.HasSuffix(stem, "-pm2") || strings.HasPrefix(lower, "process.") || strings.HasPrefix(lower, "processes.") ||
		strings.HasSuffix(stem, ".config")
}

// sniffYAML tells whether text may hold something that we read, without decoding it.
func sniffYAML(text []byte) bool {
	return maybeManifest(text) || maybeCompose(text) || maybeApps(text)
}

// maybeManifest tells whether text is meant as a Kubernetes manifest.
func maybeManifest(text []byte) bool {
	return bytes.Contains(text, []byte("apiVersion")) && bytes.Contains(text, []byte("kind"))
}

func maybeCompose(text []byte) bool {
	if !bytes.Contains(text, []byte("services")) {
		return false
	}
	for _, word := range []string{"image", "build", "command"} {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}

// maybeApps tells whether text may be a process file of PM2.
func maybeApps(text []byte) bool {
	named := bytes.Contains(text, []byte("apps")) || bytes.Contains(text, []byte("pm2")) || bytes.Contains(text, []byte("name"))
	if !named {
		return false
	}
	for _, word := range []string{"script", "exec", "cmd", "command"} {
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}

// maybeTemplate tells whether text is the source of a template engine rather than YAML.
func maybeTemplate(text []byte) bool {
	return bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte("{%"))
}

// maybeSupervisor tells whether text holds a section of supervisor's configuration.
func maybeSupervisor(text []byte) bool {
	for _, section := range []string{"[supervisord]", "[program:", "[eventlistener:"} {
		if bytes.Contains(text, []byte(section)) {
			return true
		}
	}
	return false
}

// maybeScript tells whether text starts as a script that a shell runs.
func maybeScript(text []byte) bool {
	if !bytes.HasPrefix(text, []byte("#!")) {
		return false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.ToLower(line)
	for _, other := range []string{"python", "perl", "ruby", "node", "php", "awk", "lua", "tclsh", "groovy", "pwsh", "env -S make"} {
		if bytes.Contains(line, []byte(other)) {
			return false
		}
	}
	return bytes.Contains(line, []byte("sh")) || bytes.Contains(line, []byte("execlineb")) || bytes.Contains(line, []byte("with-contenv"))
}

// byContent tells what a text of unknown name is.
func byContent(text []byte) class {
	trimmed := bytes.TrimLeft(text, "\ufeff \t\r\n")
	switch {
	case maybeScript(text):
		return classScript
	case len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '['):
		if maybeSupervisor(text) {
			return classSupervisor
		}
		return classJSON
	case dockerfile.LooksLike(text):
		return classDockerfile
	case sniffYAML(text):
		return classYAML
	}
	return classUnknown
}
