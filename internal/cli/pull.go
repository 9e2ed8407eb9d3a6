package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/atomicfile"
	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/registry"
)

// pullFlags are the flags of `onelayer pull`.
type pullFlags struct {
	trustFlags
	registryFlags
	format, out, output string
}

// newPullCmd gets a verified bundle.
func newPullCmd(env *Env) *cobra.Command {
	f := &pullFlags{}
	var formats []string
	for _, target := range bundle.Targets() {
		formats = append(formats, string(target))
	}
	cmd := &cobra.Command{
		Use:   "pull oci://HOST/REPOSITORY:TAG",
		Short: "Get a bundle from an OCI registry, verified before anything is written",
		Long: "Get what a channel holds: a file for OPA, or a folder for conftest or gator. Statements, age, version and digests are\n" +
			"verified first; then the file or folder is replaced in one step. If anything is wrong, what was there stays.",
		Example: "  onelayer pull oci://ghcr.io/acme/policies:stable --keyring keyring.json --channel stable -o onelayer-opa.tar.gz\n" +
			"  onelayer pull oci://ghcr.io/acme/policies:stable --keyring keyring.json --channel stable --format conftest -o policy",
		Args: oneArgument("a reference, oci://HOST/REPOSITORY:TAG"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, formats...); err != nil {
				return err
			}
			return runPull(cmd.Context(), env, f, args[0])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.trustFlags.add(cmd)
	if err := flags.MarkHidden("target"); err != nil {
		panic(err) // the flag is made one line above
	}
	flags.StringVar(&f.format, "format", formats[0], "what to get: "+strings.Join(formats, ", "))
	flags.StringVarP(&f.out, "output", "o", "", "file for OPA, folder for the others (default NAME-opa.tar.gz, policy, gatekeeper)")
	f.registryFlags.add(cmd)
	return cmd
}

func runPull(ctx context.Context, env *Env, f *pullFlags, reference string) error {
	if f.keyring == "" {
		return errors.New("nobody to trust: give --keyring FILE")
	}
	want, err := f.want(env)
	if err != nil {
		return err
	}
	repository, ctx, cancel, err := f.open(ctx, reference)
	if err != nil {
		return err
	}
	defer cancel()
	pulled, err := repository.Pull(ctx, want)
	if err != nil {
		return fmt.Errorf("%s: %w", reference, err)
	}
	out, err := f.write(ctx, env, repository, pulled)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.Stdout, describe(out, pulled.Verified).text())
	return err
}

// write puts what was verified where the user wants it.
func (f *pullFlags) write(ctx context.Context, env *Env, repository *registry.Repository, pulled *registry.Pulled) (string, error) {
	if f.format == string(bundle.OPA) {
		out := orElse(f.out, bundle.FileName(f.name, bundle.OPA))
		return out, writeBytes(env, out, pulled.Packed)
	}
	out := f.out
	if out == "" {
		out = map[string]string{string(bundle.Conftest): "policy", string(bundle.Gatekeeper): "gatekeeper"}[f.format]
	}
	files, err := repository.Files(ctx, pulled.Artifact, bundle.Target(f.format))
	if err != nil {
		return out, err
	}
	marker, err := json.Marshal(map[string]any{
		"artifact": registry.Scheme + repository.Pinned(pulled.Artifact), "channel": pulled.Release.Channel, "version": pulled.Release.Version,
	})
	if err != nil {
		return out, fmt.Errorf("describe folder: %w", err)
	}
	written := map[string][]byte{atomicfile.Marker: append(marker, '\n')}
	for _, file := range files {
		written[file.Name] = file.Data
	}
	return out, atomicfile.WriteFolder(out, written)
}
