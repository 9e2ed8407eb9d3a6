package stock

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// keep is how long a folder of the cache stays without being used.
const keep = 60 * 24 * time.Hour

// Build returns the folder with a set's binaries. The folder's name is a hash of everything that decides what they hold.
func Build(ctx context.Context, set Set) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	source := filepath.Join(root, "tests", "tools", set.Dir)
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	key, err := fingerprint(ctx, source, set)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, set.Name+"-"+key)
	unlock, err := lock(ctx, filepath.Join(cache, set.Name+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if complete(dir, set) {
		now := time.Now()
		return dir, os.Chtimes(dir, now, now)
	}
	if err := compile(ctx, source, dir, set); err != nil {
		return "", fmt.Errorf("build set %s: %w", set.Name, err)
	}
	return dir, forget(cache, set.Name)
}

// Cache is the folder that holds the binaries of all sets: ONELAYER_STOCK_CACHE, else one in the user's cache folder.
func Cache() (string, error) {
	dir := os.Getenv("ONELAYER_STOCK_CACHE")
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find cache folder: %w", err)
		}
		dir = filepath.Join(user, "onelayer", "stock")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make cache folder: %w", err)
	}
	return dir, nil
}

// fingerprint hashes the pinned modules, the compiler and the flags.
func fingerprint(ctx context.Context, source string, set Set) (string, error) {
	hash := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", fmt.Errorf("read pinned modules: %w", err)
		}
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
	}
	version, err := goCommand(ctx, source, "version")
	if err != nil {
		return "", err
	}
	arguments, err := buildArguments(ctx, source, "", set)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(hash, "%s%q%v", version, arguments, set.Files)
	return fmt.Sprintf("%x", hash.Sum(nil))[:16], nil
}

// complete tells whether a folder of the cache holds everything of the set.
func complete(dir string, set Set) bool {
	for _, name := range slices.Concat(slices.Collect(maps.Keys(set.Programs)), slices.Collect(maps.Keys(set.Files))) {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			return false
		}
	}
	return true
}

// compile builds into a folder beside the wanted one and renames it, so that a folder of that name is always whole.
func compile(ctx context.Context, source, dir string, set Set) error {
	draft, err := os.MkdirTemp(filepath.Dir(dir), set.Name+".draft-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(draft)
	arguments, err := buildArguments(ctx, source, draft, set)
	if err != nil {
		return err
	}
	if _, err := goCommand(ctx, source, arguments...); err != nil {
		return err
	}
	for program, pkg := range set.Programs {
		if built := binaryName(pkg); built != program {
			if err := os.Rename(filepath.Join(draft, built), filepath.Join(draft, program)); err != nil {
				return fmt.Errorf("name %s: %w", program, err)
			}
		}
	}
	if err := copyFiles(ctx, source, draft, set); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove an incomplete folder: %w", err)
	}
	return os.Rename(draft, dir)
}

// copyFiles copies the files that come with a set's modules.
func copyFiles(ctx context.Context, source, draft string, set Set) error {
	for name, from := range set.Files {
		module, path, found := strings.Cut(from, "//")
		if !found {
			return fmt.Errorf("copy %s: %q does not say which module and which file", name, from)
		}
		dir, err := goCommand(ctx, source, "list", "-m", "-f", "{{.Dir}}", module)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(draft, name), text, 0o644); err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
	}
	return nil
}

// buildArguments are the arguments of go build for a set.
func buildArguments(ctx context.Context, source, draft string, set Set) ([]string, error) {
	flags := []string{"-s", "-w"}
	for _, variable := range slices.Sorted(maps.Keys(set.Variables)) {
		text, err := expand(ctx, source, set.Variables[variable])
		if err != nil {
			return nil, err
		}
		flags = append(flags, "-X", variable+"="+text)
	}
	arguments := []string{"build", "-ldflags", strings.Join(flags, " "), "-o", draft + string(filepath.Separator)}
	return append(arguments, slices.Sorted(maps.Values(set.Programs))...), nil
}

var moduleInBraces = regexp.MustCompile(`^\{(.+)\}$`)

// expand replaces "{MODULE}" by the version of the module that the set pins.
func expand(ctx context.Context, source, text string) (string, error) {
	found := moduleInBraces.FindStringSubmatch(text)
	if found == nil {
		return text, nil
	}
	return goCommand(ctx, source, "list", "-m", "-f", "{{.Version}}", found[1])
}

var majorSuffix = regexp.MustCompile(`^v[0-9]+$`)

// binaryName is what go build calls the binary of a package: its last element that is no major version.
func binaryName(pkg string) string {
	parts := strings.Split(pkg, "/")
	if last := len(parts) - 1; majorSuffix.MatchString(parts[last]) {
		return parts[last-1]
	}
	return parts[len(parts)-1]
}

// goCommand runs the go command in a folder and returns its output without the end of line.
func goCommand(ctx context.Context, dir string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir, command.Env = dir, environment()
	var out, log bytes.Buffer
	command.Stdout, command.Stderr = &out, &log
	// An interrupted go command ends its compilers; a killed one leaves them behind.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("run go %s in %s: %w\n%s", arguments[0], dir, err, tail(log.Bytes()))
	}
	return strings.TrimSpace(out.String()), nil
}

// tail keeps the end of a long log, where the error is.
func tail(log []byte) []byte {
	const most = 4000
	return log[max(0, len(log)-most):]
}

// forget removes folders of a set that nothing used for a long time, so that the cache does not grow with every version.
func forget(cache, set string) error {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return fmt.Errorf("list cache: %w", err)
	}
	for _, entry := range entries {
		owned := strings.HasPrefix(entry.Name(), set+"-") || strings.HasPrefix(entry.Name(), set+".draft-")
		info, err := entry.Info()
		if err != nil || !owned || time.Since(info.ModTime()) < keep {
			continue
		}
		if err := os.RemoveAll(filepath.Join(cache, entry.Name())); err != nil {
			return fmt.Errorf("remove an old build: %w", err)
		}
	}
	return nil
}
