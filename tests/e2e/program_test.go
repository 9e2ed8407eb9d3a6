package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock"
	"github.com/onelayer/onelayer/tests/stock/child"
)

const opaModule = "github.com/open-policy-agent/opa"

// program is one released program at one version. It is built, or taken from the cache, when a test first needs it.
type program struct {
	set, name string

	once               sync.Once
	file, version, opa string
	err                error

	mu  sync.Mutex
	ran []string
}

// path is the program's file.
func (p *program) path(t *testing.T) string {
	t.Helper()
	p.once.Do(func() { p.err = p.build() })
	require.NoError(t, p.err)
	return p.file
}

func (p *program) build() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Minute)
	defer cancel()
	if p.file, err = stock.Path(ctx, p.set, p.name); err != nil {
		return err
	}
	if p.version, err = stock.Version(p.file, ""); err != nil {
		return err
	}
	p.opa, err = stock.Version(p.file, opaModule)
	return err
}

// pair is the oldest and the newest version of a program that the library must work in.
type pair struct{ oldest, newest *program }

func (p pair) each(t *testing.T, run func(t *testing.T, p *program)) {
	for age, program := range map[string]*program{"oldest": p.oldest, "newest": p.newest} {
		t.Run(age, func(t *testing.T) {
			t.Parallel()
			run(t, program)
		})
	}
}

// root is the clone, onelayer the tool built from it.
var root, onelayer string

var (
	opa      = pair{&program{set: "opa_oldest", name: "opa"}, &program{set: "opa", name: "opa"}}
	conftest = pair{&program{set: "conftest_oldest", name: "conftest"}, &program{set: "conftest", name: "conftest"}}
	gator    = pair{&program{set: "gatekeeper_oldest", name: "gator"}, &program{set: "cluster", name: "gator"}}
)

func TestMain(m *testing.M) {
	code, err := setUp(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func setUp(m *testing.M) (code int, err error) {
	if root, err = stock.Root(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "onelayer-e2e")
	if err != nil {
		return 0, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if onelayer, err = stock.Onelayer(context.Background(), root, dir); err != nil {
		return 0, err
	}
	if code = m.Run(); code == 0 {
		err = checkCompatibility()
	}
	return code, err
}

// run runs the program. what says in a word or two which of its features that is; the page on compatibility lists them.
func (p *program) run(t *testing.T, what string, command child.Command) child.Result {
	t.Helper()
	p.note(what)
	command.Name = p.path(t)
	return run(t, command)
}

func (p *program) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.ran, what) {
		p.ran = append(p.ran, what)
	}
}

// features lists what the tests ran of the program, in order.
func (p *program) features() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	sorted := slices.Sorted(slices.Values(p.ran))
	return "`" + strings.Join(sorted, "`, `") + "`"
}

// run runs a command within ten minutes, which only a busy machine needs.
func run(t *testing.T, command child.Command) child.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	result, err := child.Run(ctx, command)
	require.NoError(t, err)
	return result
}

// few is how many runs of a long kind the program gets: the oldest fewer.
func (p *program) few(runs int) int {
	if p == gator.oldest {
		return max(1, runs/3)
	}
	return runs
}
