// Package stock builds the released programs that the tests run, from the module proxy at pinned versions, and keeps them
// in a cache outside the clone.
//
// It owns which programs there are, how they are built and where they are kept. It must not know what the tests do with
// them. A program that cannot be built is an error: nothing here ever skips.
package stock

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Set is a folder below tests/tools with a go.mod of its own, because its programs need versions of shared modules that
// the programs of other sets do not compile with.
type Set struct {
	// Name names the set, Dir its folder relative to tests/tools.
	Name, Dir string
	// Programs maps the name of a binary to its main package.
	Programs map[string]string
	// Variables are set by the linker: variable to text. "{MODULE}" in a text stands for the version of that module.
	Variables map[string]string
	// Files are copied beside the binaries: name to "MODULE//PATH", a file of a module that the set requires.
	Files map[string]string
}

const (
	opa        = "github.com/open-policy-agent/opa"
	conftest   = "github.com/open-policy-agent/conftest"
	gatekeeper = "github.com/open-policy-agent/gatekeeper/v3"
)

// Sets are all sets, the quickest to build first.
var Sets = []Set{
	{Name: "opa", Dir: ".", Programs: map[string]string{"opa": opa}},
	{Name: "opa_oldest", Dir: "opa_oldest", Programs: map[string]string{"opa": opa}},
	{Name: "conftest", Dir: "conftest", Programs: map[string]string{"conftest": conftest}},
	{Name: "conftest_oldest", Dir: "conftest_oldest", Programs: map[string]string{"conftest": conftest}},
	{
		Name: "cluster", Dir: "cluster",
		Programs: map[string]string{
			"etcd":           "go.etcd.io/etcd/server/v3",
			"kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
			"kubectl":        "k8s.io/kubernetes/cmd/kubectl",
			"gatekeeper":     gatekeeper,
			"gator":          gatekeeper + "/cmd/gator",
		},
		// Without a version clients take the API server for one of another age.
		Variables: map[string]string{
			"k8s.io/component-base/version.gitVersion":   "{k8s.io/kubernetes}",
			"k8s.io/component-base/version.gitTreeState": "clean",
		},
		Files: map[string]string{"gatekeeper.yaml": gatekeeper + "//deploy/gatekeeper.yaml"},
	},
	{
		// Gatekeeper itself of that age requires a module whose checksum no database vouches for.
		Name: "gatekeeper_oldest", Dir: "gatekeeper_oldest",
		Programs: map[string]string{"gator": gatekeeper + "/cmd/gator"},
	},
}

// Lookup finds a set by its name.
func Lookup(name string) (Set, error) {
	at := slices.IndexFunc(Sets, func(s Set) bool { return s.Name == name })
	if at < 0 {
		return Set{}, fmt.Errorf("find set %q: there is none of that name", name)
	}
	return Sets[at], nil
}

// Path returns the file of a set's program and builds the set first if the cache does not hold it.
func Path(ctx context.Context, set, program string) (string, error) {
	s, err := Lookup(set)
	if err != nil {
		return "", err
	}
	if _, found := s.Programs[program]; !found {
		return "", fmt.Errorf("find program %q: set %s has none of that name", program, set)
	}
	dir, err := Build(ctx, s)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, program), nil
}

// Version reads the version of the main module of a binary and, if a module is named, of that dependency.
func Version(binary, module string) (string, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", fmt.Errorf("read build information of %s: %w", binary, err)
	}
	if module == "" || module == info.Main.Path {
		return info.Main.Version, nil
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version, nil
		}
	}
	return "", fmt.Errorf("read build information of %s: %s is not linked", binary, module)
}

// Root finds the clone: the nearest folder above the working directory that holds tests/tools.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the clone: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "tests", "tools", "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find the clone: no folder above the working directory holds tests/tools")
		}
		dir = parent
	}
}

// Onelayer builds the tool of a clone into a folder and gives its file. It stops after ten minutes.
func Onelayer(ctx context.Context, clone, dir string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	file := filepath.Join(dir, "onelayer")
	build := exec.CommandContext(ctx, "go", "build", "-C", clone, "-o", file, "./cmd/onelayer")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build onelayer: %w\n%s", err, out)
	}
	return file, nil
}

// RunWithTool builds the tool of this clone, stores its file in tool while the tests of m run, and gives their exit code.
func RunWithTool(m interface{ Run() int }, tool *string) (code int, err error) {
	root, err := Root()
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "onelayer-tool")
	if err != nil {
		return 0, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if *tool, err = Onelayer(context.Background(), root, dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// environment is what builds run with: no C compiler, no workspace, nothing but what go.mod and go.sum pin.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "GOFLAGS=")
	})
	return append(env, "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=readonly -buildvcs=false")
}
