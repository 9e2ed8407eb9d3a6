package page

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/onelayer/onelayer/tests/stock/child"
)

// Script is what a reader pastes: all sh blocks of a page, each command in the line where the page has it.
type Script struct {
	Page  string
	lines []string
}

// Read reads the sh blocks of a page. Commands that other steps of CI run are left out: skip tells by a command's text.
func Read(root, page string, skip func(command string) bool) (Script, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		return Script{}, fmt.Errorf("read page: %w", err)
	}
	script := Script{Page: page}
	inside, commands := false, 0
	for line := range strings.SplitSeq(string(text), "\n") {
		kept := ""
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(trimmed, "```"):
			inside = !inside && trimmed == "```sh"
		case inside:
			command := strings.TrimSpace(strings.SplitN(line, " #", 2)[0])
			if !skip(command) {
				kept = line
				commands++
			}
		}
		script.lines = append(script.lines, kept)
	}
	if commands == 0 {
		return Script{}, fmt.Errorf("read page %s: it has no commands", page)
	}
	return script, nil
}

// prelude notes every command that fails, with its line, and goes on, as a terminal does.
const prelude = `set -uo pipefail; trap 'code=$?; echo "$LINENO $code" >> "$FAILED"' ERR; `

// Run runs the script in a folder with more variables in its environment. A command must end with code 0, or with the
// one that its comment names: "# ... exit code 1".
func (s Script) Run(ctx context.Context, dir string, env ...string) error {
	failed, err := os.CreateTemp("", "failed")
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	defer os.Remove(failed.Name())
	if err := failed.Close(); err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	text := prelude + strings.Join(s.lines, "\n")
	result, err := child.Run(ctx, child.Command{
		Name: "bash", Args: []string{"-c", text}, Dir: dir, Env: append(env, "FAILED="+failed.Name()),
	})
	if err != nil {
		return err
	}
	notes, err := os.ReadFile(failed.Name())
	if err != nil {
		return fmt.Errorf("read which commands failed: %w", err)
	}
	if err := s.judge(string(notes)); err != nil {
		return fmt.Errorf("%w\n%s\n%s", err, result.Stdout, result.Stderr)
	}
	return nil
}

var exitCode = regexp.MustCompile(`#.*\bexit code ([0-9]+)`)

// judge compares the codes of commands with those that the page names.
func (s Script) judge(notes string) error {
	codes := map[int]string{}
	for note := range strings.SplitSeq(strings.TrimSpace(notes), "\n") {
		if line, code, found := strings.Cut(note, " "); found {
			number, err := strconv.Atoi(line)
			if err != nil {
				return fmt.Errorf("read which commands failed: %w", err)
			}
			codes[number] = code
		}
	}
	var all error
	for begin := 0; begin < len(s.lines); begin++ {
		end := begin
		for strings.HasSuffix(s.lines[end], `\`) && end+1 < len(s.lines) {
			end++
		}
		want, got := "0", "0"
		for line := begin; line <= end; line++ {
			if found := exitCode.FindStringSubmatch(s.lines[line]); found != nil {
				want = found[1]
			}
			if code, found := codes[line+1]; found {
				got = code
			}
		}
		if want != got {
			all = errors.Join(all, fmt.Errorf("%s:%d: %s: exit code %s, the page says %s", s.Page, begin+1, s.lines[begin], got, want))
		}
		begin = end
	}
	return all
}

// Clone copies what a fresh clone would hold, with changes that are not committed yet, into a folder.
func Clone(ctx context.Context, root, dir string) error {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("list the files of the clone: %w", err)
	}
	names := slices.DeleteFunc(strings.Split(string(out), "\x00"), func(name string) bool { return name == "" })
	for _, name := range names {
		if err := copyFile(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	info, err := os.Lstat(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil // deleted, but not committed yet
	}
	if err != nil {
		return fmt.Errorf("copy file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("copy file: %w", err)
	}
	if info.Mode()&os.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return fmt.Errorf("copy link: %w", err)
		}
		return os.Symlink(target, to)
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy file: %w", err)
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}
