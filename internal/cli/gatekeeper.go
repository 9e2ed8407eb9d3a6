package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/gatekeeper"
)

// gatekeeperFlags are the flags of `onelayer gatekeeper`.
type gatekeeperFlags struct {
	out, group, cases string
	check             bool
}

// newGatekeeperCmd generates what a cluster with Gatekeeper takes.
func newGatekeeperCmd(env *Env) *cobra.Command {
	var flags gatekeeperFlags
	var groupings []string
	for _, grouping := range gatekeeper.Groupings() {
		groupings = append(groupings, string(grouping))
	}
	cmd := &cobra.Command{
		Use:   "gatekeeper",
		Short: "Generate constraint templates and constraints for Gatekeeper",
		Long: "Generates constraint templates, constraints, what must be synced, and catalogues for Gatekeeper. Few templates\n" +
			"are faster than many: --group all makes one of all rules, --group rule one of each.",
		Example: "  onelayer gatekeeper\n  onelayer gatekeeper --group all --out deploy/onelayer\n  onelayer gatekeeper --check",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("group", flags.group, groupings...); err != nil {
				return err
			}
			return runGatekeeper(env, flags)
		},
	}
	cmd.Flags().StringVar(&flags.out, "out", filepath.Join("bundles", "gatekeeper"), "folder to write to")
	cmd.Flags().StringVar(&flags.group, "group", groupings[0], "which rules share a template: "+strings.Join(groupings, ", "))
	cmd.Flags().StringVar(&flags.cases, "cases", "", "folder of exported test cases, of which a suite for gator verify is made")
	cmd.Flags().BoolVar(&flags.check, "check", false, "write nothing; fail if the folder is not what would be written")
	return cmd
}

func runGatekeeper(env *Env, flags gatekeeperFlags) error {
	library, err := loadLibrary()
	if err != nil {
		return err
	}
	options := gatekeeper.Options{Grouping: gatekeeper.Grouping(flags.group)}
	if flags.cases != "" {
		if options.Cases, err = gatekeeper.ReadCases(os.DirFS(flags.cases)); err != nil {
			return fmt.Errorf("read test cases in %s: %w", flags.cases, err)
		}
	}
	files, err := gatekeeper.Generate(library, options)
	if err != nil {
		return err
	}
	stale, err := staleFiles(flags.out, files)
	if err != nil {
		return err
	}
	if flags.check {
		return checkFiles(flags.out, files, stale)
	}
	return writeFiles(env, flags.out, files, stale)
}

// staleFiles lists the files of the folder that an earlier run generated and this one does not.
func staleFiles(dir string, files []gatekeeper.File) ([]string, error) {
	wanted := map[string]bool{}
	for _, file := range files {
		wanted[filepath.Join(dir, filepath.FromSlash(file.Path))] = true
	}
	var stale []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == dir {
			return fs.SkipAll
		}
		if err != nil || entry.IsDir() || wanted[path] {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && gatekeeper.Generated(text) {
			stale = append(stale, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read folder: %w", err)
	}
	return stale, nil
}

// checkFiles fails on the first file that is not what would be written.
func checkFiles(dir string, files []gatekeeper.File, stale []string) error {
	const mend = "run onelayer gatekeeper with the same flags, without --check"
	for _, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(file.Path))
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is missing: %s", path, mend)
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if !bytes.Equal(text, file.Text) {
			return fmt.Errorf("%s:%d: differs from what the library gives: %s", path, firstDifference(text, file.Text), mend)
		}
	}
	if len(stale) > 0 {
		return fmt.Errorf("%s is no longer generated: %s", stale[0], mend)
	}
	return nil
}

// firstDifference is the number of the first line in which two texts differ.
func firstDifference(a, b []byte) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	return bytes.Count(a[:same], []byte("\n")) + 1
}

// writeFiles replaces what differs and removes what is stale.
func writeFiles(env *Env, dir string, files []gatekeeper.File, stale []string) error {
	written := 0
	for _, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(file.Path))
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, file.Text) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := renameio.WriteFile(path, file.Text, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		written++
	}
	for _, path := range stale {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove file of an earlier run: %w", err)
		}
	}
	_, err := fmt.Fprintf(env.Stderr, "%s: %d files, %d written, %d removed\n", dir, len(files), written, len(stale))
	return err
}
