package page

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const example = "# A page\n\n```sh\n" +
	"go test ./...   # another step\n" +
	"word=two\n" +
	"echo $word | grep -q two\n" +
	"grep -q three <<< \\\n  \"$word\"   # not found: exit code 1\n" +
	"```\n\n```yaml\nfalse: true\n```\n\n```sh\n" +
	"cat > file <<END\n$word\nEND\n" +
	"test \"$(cat file)\" = two\n```\n"

func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func run(t *testing.T, text string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir := write(t, text)
	script, err := Read(dir, "page.md", func(command string) bool { return command == "go test ./..." })
	if err != nil {
		return err
	}
	return script.Run(ctx, dir)
}

func TestRun(t *testing.T) {
	if err := run(t, example); err != nil {
		t.Fatal(err)
	}
	for change, want := range map[string]string{
		"$word | grep -q two -> $word | grep -q four": "page.md:6: echo $word | grep -q four: exit code 1, the page says 0",
		"-q three -> -q two":                          "page.md:7: grep -q two <<< \\: exit code 0, the page says 1",
		"word=two -> word=ten":                        "page.md:6",
		"word=two -> unknown-command":                 "exit code 127, the page says 0",
	} {
		old, fresh, _ := strings.Cut(change, " -> ")
		if err := run(t, strings.Replace(example, old, fresh, 1)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", change, err)
		}
	}
	if err := run(t, "# No commands\n\n```yaml\na: b\n```\n"); err == nil {
		t.Error("a page without commands is accepted")
	}
}

func TestTable(t *testing.T) {
	dir := write(t, "before\n<!-- x -->\nold\n<!-- end x -->\nafter\n")
	if err := Table(dir, "page.md", "x", "old\n"); err != nil {
		t.Error(err)
	}
	if err := Table(dir, "page.md", "y", "old\n"); err == nil {
		t.Error("a missing section is accepted")
	}
	t.Setenv("ONELAYER_UPDATE", "")
	if err := Table(dir, "page.md", "x", "new\n"); err == nil {
		t.Error("another table is accepted")
	}
	t.Setenv("ONELAYER_UPDATE", "1")
	if err := Table(dir, "page.md", "x", "new\n"); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "page.md"))
	if err != nil || string(text) != "before\n<!-- x -->\nnew\n<!-- end x -->\nafter\n" {
		t.Errorf("%q, %v", text, err)
	}
}
