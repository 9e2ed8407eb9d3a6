package stock

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clone makes a folder with one set whose program is Go source without any requirement, and goes there.
func clone(t *testing.T, program string) (Set, string) {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.test/hello\n\ngo 1.26.0\n", "go.sum": "",
		"cmd/hello/main.go": program,
	} {
		file := filepath.Join(root, "tests", "tools", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(root)
	t.Setenv("ONELAYER_STOCK_CACHE", filepath.Join(root, "cache"))
	return Set{
		Name: "hello", Dir: ".", Programs: map[string]string{"greet": "example.test/hello/cmd/hello"},
		Variables: map[string]string{"main.word": "hello"},
	}, root
}

const hello = "package main\n\nvar word string\n\nfunc main() { print(word) }\n"

func TestBuildOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	set, root := clone(t, hello)
	dir, err := Build(ctx, set)
	if err != nil {
		t.Fatal(err)
	}
	first, err := os.Stat(filepath.Join(dir, "greet"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Build(ctx, set)
	if err != nil || again != dir {
		t.Fatalf("%s, then %s, %v", dir, again, err)
	}
	second, err := os.Stat(filepath.Join(dir, "greet"))
	if err != nil || !os.SameFile(first, second) {
		t.Fatalf("built twice: %v", err)
	}
	if err := os.WriteFile(filepath.Join(root, "tests", "tools", "go.sum"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other, err := Build(ctx, set); err != nil || other == dir {
		t.Fatalf("other pinned modules give the same folder %s, %v", other, err)
	}
	set.Variables = map[string]string{"main.word": "other"}
	if other, err := Build(ctx, set); err != nil || other == dir {
		t.Fatalf("other flags give the same folder %s, %v", other, err)
	}
}

func TestFailureIsNoSkip(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	set, root := clone(t, "package main\n\nfunc main() { missing() }\n")
	_, err := Build(ctx, set)
	if err == nil || !strings.Contains(err.Error(), "missing") {
		t.Fatalf("want the compiler's error, got %v", err)
	}
	left, err := os.ReadDir(filepath.Join(root, "cache"))
	if err != nil || len(left) != 1 || left[0].Name() != "hello.lock" {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

func TestForget(t *testing.T) {
	cache := t.TempDir()
	old := time.Now().Add(-2 * keep)
	for _, name := range []string{"hello-old", "hello-new", "hello_other-old"} {
		if err := os.Mkdir(filepath.Join(cache, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "-old") {
			if err := os.Chtimes(filepath.Join(cache, name), old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := forget(cache, "hello"); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(cache)
	if err != nil || len(left) != 2 || left[0].Name() != "hello-new" || left[1].Name() != "hello_other-old" {
		t.Fatalf("left: %v, %v", left, err)
	}
}

func TestLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := lock(ctx, file); err == nil {
		t.Fatal("two builds hold one lock")
	}
	unlock()
	if unlock, err = lock(context.Background(), file); err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestSets(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range Sets {
		text, err := os.ReadFile(filepath.Join(root, "tests", "tools", set.Dir, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		for program, pkg := range set.Programs {
			if !strings.Contains(string(text), pkg+"\n") {
				t.Errorf("set %s does not pin %s (%s) as a tool", set.Name, program, pkg)
			}
		}
	}
	if _, err := Path(context.Background(), "opa", "conftest"); err == nil {
		t.Error("a program of another set is found")
	}
}
