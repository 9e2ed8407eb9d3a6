package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/registry"
	"github.com/onelayer/onelayer/internal/release"
)

// registryFlags say how registries are reached; push, pull and verify share them.
type registryFlags struct {
	plainHTTP bool
	timeout   time.Duration
}

func (f *registryFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.plainHTTP, "plain-http", false, "speak HTTP without TLS to the registry")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 5*time.Minute, "how long the registry may take altogether")
}

// open reads a reference, and gives a context that ends in time.
func (f *registryFlags) open(ctx context.Context, reference string) (*registry.Repository, context.Context, context.CancelFunc, error) {
	repository, err := registry.Open(reference, registry.Options{PlainHTTP: f.plainHTTP, UserAgent: "onelayer/" + build().Version})
	if err != nil {
		return nil, nil, nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, f.timeout)
	return repository, bounded, cancel, nil
}

// pushFlags are the flags of `onelayer push`.
type pushFlags struct {
	registryFlags
	conftest, gatekeeper, sbom  string
	release, timestamp, keyring string
	key                         string
	source                      registry.Source
	dryRun                      bool
}

// newPushCmd publishes in a registry.
func newPushCmd(env *Env) *cobra.Command {
	f := &pushFlags{}
	cmd := &cobra.Command{
		Use:   "push oci://HOST/REPOSITORY:TAG [BUNDLE]",
		Short: "Publish a bundle in an OCI registry, for OPA, conftest and gator at once",
		Long: "Publish a signed bundle as one artifact that OPA, conftest and gator take by the same digest, with the statements that\n" +
			"release it. The tag moves last, when everything is there. --dry-run prints the digest, which a release statement names.\n" +
			"Without a bundle, only the statements of what the tag names are replaced: that is how a timestamp is kept young.",
		Example: "  onelayer push oci://ghcr.io/acme/policies:stable onelayer-opa.tar.gz --conftest onelayer-conftest.tar.gz --dry-run\n" +
			"  onelayer push oci://ghcr.io/acme/policies:stable onelayer-opa.tar.gz --conftest onelayer-conftest.tar.gz --keyring keyring.json\n" +
			"  onelayer push oci://ghcr.io/acme/policies:stable --release onelayer-opa.release.json --timestamp onelayer-opa.timestamp.json --keyring keyring.json",
		Args: pushArguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			repository, ctx, cancel, err := f.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer cancel()
			p := &push{env: env, flags: f, repository: repository}
			if len(args) == 1 {
				return p.refresh(ctx)
			}
			return p.publish(ctx, args[1])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.conftest, "conftest", "", "bundle of the same policies for conftest, to put in")
	flags.StringVar(&f.gatekeeper, "gatekeeper", "", "bundle of the same policies for Gatekeeper, to put in")
	flags.StringVar(&f.release, "release", "", "release statement (default: NAME.release.json beside the bundle)")
	flags.StringVar(&f.timestamp, "timestamp", "", "timestamp (default: NAME.timestamp.json beside the bundle, if there is one)")
	flags.StringVar(&f.keyring, "keyring", "", "keyring to publish")
	flags.StringVar(&f.sbom, "sbom", "", "list of parts to attach")
	flags.StringVar(&f.key, "key", "", "private key for a signature and provenance that cosign verifies: "+keyHelp)
	flags.StringVar(&f.source.Repository, "source", "", "for the provenance: URL of the repository of the policies")
	flags.StringVar(&f.source.Commit, "commit", "", "for the provenance: commit of the policies")
	flags.StringVar(&f.source.Builder, "builder", "", "for the provenance: URL that names who builds")
	flags.StringVar(&f.source.Invocation, "invocation", "", "for the provenance: URL of the run that builds")
	flags.BoolVar(&f.dryRun, "dry-run", false, "send nothing; print the digest that the artifact would have")
	f.add(cmd)
	return cmd
}

func pushArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || len(args) > 2 {
		return fmt.Errorf("%s takes a reference and at most one bundle, not %d arguments: write oci://HOST/REPOSITORY:TAG BUNDLE", cmd.CommandPath(), len(args))
	}
	return nil
}

// push is one run of the command.
type push struct {
	env        *Env
	flags      *pushFlags
	repository *registry.Repository
}

// publish uploads everything, and moves the tag last.
func (p *push) publish(ctx context.Context, file string) error {
	contents, err := p.contents(file)
	if err != nil {
		return err
	}
	artifact, err := registry.Assemble(ctx, contents)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if p.flags.dryRun {
		_, err := fmt.Fprintln(p.env.Stdout, artifact.Descriptor.Digest)
		return err
	}
	documents, err := p.documents(file)
	if err != nil {
		return err
	}
	if documents.Release != nil {
		if err := matches(documents.Release, file, artifact.Descriptor); err != nil {
			return err
		}
	}
	attachments, err := p.attachments(artifact.Descriptor, contents)
	if err != nil {
		return err
	}
	if err := p.repository.Push(ctx, artifact); err != nil {
		return err
	}
	if err := p.repository.Attach(ctx, artifact.Descriptor, contents.Created, attachments...); err != nil {
		return err
	}
	if documents.Release != nil {
		if err := p.repository.PushDocuments(ctx, artifact.Descriptor, documents, contents.Created); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintln(p.env.Stderr, "no release statement: onelayer pull will refuse this artifact until one is pushed"); err != nil {
		return err
	}
	if err := p.repository.Point(ctx, artifact.Descriptor); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.env.Stdout, registry.Scheme+p.repository.Pinned(artifact.Descriptor))
	return err
}

// refresh replaces the statements about what the reference names.
func (p *push) refresh(ctx context.Context) error {
	if p.flags.release == "" {
		return errors.New("neither a bundle nor --release is given: name what to push")
	}
	documents, err := p.documents("")
	if err != nil {
		return err
	}
	artifact, err := p.repository.Resolve(ctx)
	if err != nil {
		return err
	}
	about, err := release.Peek(documents.Release)
	if err != nil {
		return err
	}
	if about.OCIDigest != artifact.Digest.String() {
		return fmt.Errorf("%s is about %s, the tag names %s: push the bundle too", p.flags.release, orElse(about.OCIDigest, "no artifact"), artifact.Digest)
	}
	created, err := sourceDate(p.env)
	if err != nil {
		return err
	}
	if err := p.repository.PushDocuments(ctx, artifact, documents, created); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.env.Stdout, registry.Scheme+p.repository.Pinned(artifact))
	return err
}

// matches refuses a release that is about something else than what is pushed.
func matches(signed []byte, file string, artifact ocispec.Descriptor) error {
	about, err := release.Peek(signed)
	if err != nil {
		return err
	}
	packed, err := bundle.ReadFile(file, bundle.DefaultLimits())
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(packed); about.SHA256 != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("the release statement is about another bundle than %s: run onelayer sign release again", file)
	}
	if about.OCIDigest != artifact.Digest.String() {
		return fmt.Errorf("the release statement names artifact %s, this is %s: give onelayer sign release --oci-digest what --dry-run prints", orElse(about.OCIDigest, "none"), artifact.Digest)
	}
	return nil
}

// contents reads the bundles.
func (p *push) contents(file string) (contents registry.Contents, err error) {
	if contents.Created, err = sourceDate(p.env); err != nil {
		return contents, err
	}
	if contents.OPA, err = openBundle(file); err != nil {
		return contents, err
	}
	for name, place := range map[string]**bundle.Archive{p.flags.conftest: &contents.Conftest, p.flags.gatekeeper: &contents.Gatekeeper} {
		if name == "" {
			continue
		}
		if *place, err = openBundle(name); err != nil {
			return contents, err
		}
	}
	return contents, nil
}

// documents reads the statements; only those that are named must be there.
func (p *push) documents(file string) (documents release.Documents, err error) {
	for _, one := range []struct {
		place           *[]byte
		given, fallback string
	}{
		{&documents.Release, p.flags.release, ".release.json"}, {&documents.Timestamp, p.flags.timestamp, ".timestamp.json"}, {&documents.Keyring, p.flags.keyring, ""},
	} {
		name := one.given
		if name == "" && file != "" && one.fallback != "" {
			name = besideBundle(file, one.fallback)
		}
		if name == "" {
			continue
		}
		if *one.place, err = readDocument(name); errors.Is(err, os.ErrNotExist) && one.given == "" {
			*one.place, err = nil, nil
		}
		if err != nil {
			return documents, err
		}
	}
	return documents, nil
}
