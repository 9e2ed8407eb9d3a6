package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/config"
	"github.com/onelayer/onelayer/internal/gatekeeper"
	"github.com/onelayer/onelayer/internal/policy"
)

// buildFlags are the flags of `onelayer build`.
type buildFlags struct {
	target, name, out, sbom, config string
}

// newBuildCmd packs the library.
func newBuildCmd(env *Env) *cobra.Command {
	f := &buildFlags{}
	var targets []string
	for _, target := range bundle.Targets() {
		targets = append(targets, string(target))
	}
	cmd := &cobra.Command{
		Use:   "build [POLICY-DIR]",
		Short: "Build a bundle: the same bytes from the same policies, anywhere",
		Long: "Build a bundle of the policies that this binary came with, or of those in a folder that holds policies/, with lib/ for a\n" +
			"whole library. It holds what the target needs and no tests. The same policies give the same bytes on every machine;\n" +
			"SOURCE_DATE_EPOCH sets the time that its entries carry, which is else 1970.",
		Example: "  onelayer build\n  onelayer build --target gatekeeper -o gatekeeper.tar.gz\n  onelayer build --config fleet.yaml --sbom onelayer-opa.cdx.json policies-of-ours",
		Args:    atMostOneFolder,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("target", f.target, targets...); err != nil {
				return err
			}
			return runBuild(env, f, strings.Join(args, ""))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", targets[0], "who takes the bundle: "+strings.Join(targets, ", "))
	flags.StringVar(&f.name, "name", "onelayer", "whose policies these are: small letters, digits and dashes")
	flags.StringVarP(&f.out, "output", "o", "", "file to write, - for standard output (default NAME-TARGET.tar.gz)")
	flags.StringVar(&f.sbom, "sbom", "", "file for the list of parts, CycloneDX JSON")
	flags.StringVarP(&f.config, "config", "c", "", "configuration to put in, for OPA: data.lib.onelayer.config")
	return cmd
}

func atMostOneFolder(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s takes one folder of policies at most: remove %q", cmd.CommandPath(), args[1])
	}
	return nil
}

func runBuild(env *Env, f *buildFlags, dir string) error {
	library, err := libraryIn(dir)
	if err != nil {
		return err
	}
	modified, err := sourceDate(env)
	if err != nil {
		return err
	}
	archive, err := packLibrary(library, f, modified)
	if err != nil {
		return err
	}
	packed, err := archive.Bytes()
	if err != nil {
		return err
	}
	if f.sbom != "" {
		if err := writeSBOM(f.sbom, archive, library, modified); err != nil {
			return err
		}
	}
	name := cmp.Or(f.out, bundle.FileName(f.name, bundle.Target(f.target)))
	if err := writeBytes(env, name, packed); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stderr, "%s: %d files, %d bytes, revision %s\n", name, len(archive.Files), len(packed), archive.Manifest.Revision)
	return err
}

func writeSBOM(name string, archive *bundle.Archive, library *policy.Library, modified time.Time) error {
	parts, err := archive.SBOM(library, build().Version, modified)
	if err != nil {
		return err
	}
	return writeFile(name, func(w io.Writer) error {
		_, err := w.Write(parts)
		return err
	})
}

// libraryIn loads the library of a folder, on top of that of the binary unless the folder is a whole one. What breaks a
// law would not work on some engine, so it goes into no bundle.
func libraryIn(dir string) (*policy.Library, error) {
	if dir == "" {
		return loadLibrary()
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	if folder, err := os.Stat(filepath.Join(dir, "policies")); err != nil || !folder.IsDir() {
		return nil, fmt.Errorf("%s holds no folder policies: name the folder above it, or none for the policies of this binary", dir)
	}
	if own, err := policy.ReadSources(os.DirFS(dir)); err == nil && !slices.ContainsFunc(own, inPolicies) {
		return nil, fmt.Errorf("%s/policies holds no policy: write one with onelayer new rule GROUP/NAME --dir %s", dir, dir)
	}
	fsys := policy.Overlay(os.DirFS(dir), onelayer.Library)
	sources, err := policy.ReadSources(fsys)
	if err != nil {
		return nil, err
	}
	if broken := policy.Laws(sources); len(broken) > 0 {
		first := broken[0]
		return nil, fmt.Errorf("%s:%d: %s (%s; %d in all): mend what onelayer test reports", first.File, first.Line, first.Msg, first.Law, len(broken))
	}
	library, err := policy.Load(fsys)
	if err != nil {
		return nil, err
	}
	return library, bundle.CheckEntries(library, sources)
}

func inPolicies(source policy.Source) bool { return strings.HasPrefix(source.File, "policies/") }

// packLibrary makes the archive for the target that the flags name.
func packLibrary(library *policy.Library, f *buildFlags, modified time.Time) (*bundle.Archive, error) {
	target := bundle.Target(f.target)
	revision, err := bundle.LibraryRevision(library)
	if err != nil {
		return nil, err
	}
	content := bundle.Content{Name: f.name, Target: target, Library: revision, Modified: modified}
	if f.config != "" && target != bundle.OPA {
		return nil, fmt.Errorf("--config is for --target opa: give conftest the file with --data, and Gatekeeper the parameters of constraints")
	}
	if target == bundle.Gatekeeper {
		files, err := gatekeeper.Generate(library, gatekeeper.Options{})
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			content.Files = append(content.Files, bundle.File{Name: file.Path, Data: file.Text})
		}
		content.Roots = []string{bundle.GatekeeperRoot}
		return bundle.Pack(content)
	}
	if content.Files, content.Roots, err = bundle.Rego(library, target); err != nil {
		return nil, err
	}
	if f.config != "" {
		loaded, err := config.Load(config.Options{File: f.config})
		if err != nil {
			return nil, err
		}
		if err := content.Config(loaded.Document); err != nil {
			return nil, err
		}
	}
	return bundle.Pack(content)
}

// sourceDate is the time in SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), else none.
func sourceDate(env *Env) (time.Time, error) {
	text := env.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseInt(text, 10, 33)
	if err != nil || seconds < 0 {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q: set it to seconds since 1970, or unset it", text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// writeBytes replaces a file, or writes to standard output if its name is -.
func writeBytes(env *Env, name string, text []byte) error {
	if name == "-" {
		_, err := env.Stdout.Write(text)
		return err
	}
	return writeFile(name, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
