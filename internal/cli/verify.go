package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/registry"
	"github.com/onelayer/onelayer/internal/release"
	"github.com/onelayer/onelayer/internal/signing"
)

// trustFlags say whom a command trusts about which channel; verify and pull share them.
type trustFlags struct {
	name, channel, target, keyring, state, opa string
}

// verifyFlags are the flags of `onelayer verify`.
type verifyFlags struct {
	trustFlags
	registryFlags
	cosignKey                      string
	release, timestamp, newKeyring string
	key, keyID, output             string
}

// newVerifyCmd verifies a bundle.
func newVerifyCmd(env *Env) *cobra.Command {
	f := &verifyFlags{}
	cmd := &cobra.Command{
		Use:   "verify FILE|oci://HOST/REPOSITORY:TAG",
		Short: "Verify a bundle: signatures, bytes, channel, version and age",
		Long: "Verify a bundle against a keyring: the release statement and the timestamp beside it, that it is no older than what this\n" +
			"machine has seen, and that every byte is the one that was signed. With --key instead of --keyring only the signature\n" +
			"inside the bundle is checked, as OPA does: that says nothing about age or version.",
		Example: "  onelayer verify onelayer-opa.tar.gz --keyring keyring.json --channel stable\n" +
			"  onelayer verify onelayer-opa.tar.gz --key bundle.pub --channel stable",
		Args: oneArgument("the file of a bundle, or a reference oci://HOST/REPOSITORY:TAG"),
		RunE: func(cmd *cobra.Command, args []string) error { return runVerify(cmd.Context(), env, f, args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.trustFlags.add(cmd)
	flags.StringVar(&f.release, "release", "", "release statement (default: NAME.release.json beside the bundle)")
	flags.StringVar(&f.timestamp, "timestamp", "", "timestamp (default: NAME.timestamp.json beside the bundle, if there is one)")
	flags.StringVar(&f.newKeyring, "new-keyring", "", "newer keyring that the channel publishes")
	flags.StringVar(&f.key, "key", "", "public key, to check the signature in the bundle and nothing else")
	flags.StringVar(&f.keyID, "key-id", "", "name of that key (default: the SHA-256 of the public key)")
	flags.StringVar(&f.cosignKey, "cosign-key", "", "public key that must have signed the artifact in a registry, as cosign or onelayer push --key do")
	flags.StringVarP(&f.output, "output", "o", "text", "text or json")
	f.registryFlags.add(cmd)
	return cmd
}

func (f *trustFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.keyring, "keyring", "", "keyring that this machine trusts")
	flags.StringVar(&f.channel, "channel", "", "channel that the bundle must be released for")
	flags.StringVar(&f.name, "name", "onelayer", "name that the bundle must have")
	flags.StringVar(&f.target, "target", string(bundle.OPA), "target that the bundle must be for: opa, conftest, gatekeeper")
	flags.StringVar(&f.state, "state", "", "folder that remembers releases (default $XDG_STATE_HOME/onelayer or ~/.local/state/onelayer)")
	flags.StringVar(&f.opa, "opa", "", "version of the OPA that will load the bundle, to check against the oldest allowed")
}

// want makes of the flags what is asked for.
func (f *trustFlags) want(env *Env) (release.Want, error) {
	if err := validChannel(f.channel); err != nil {
		return release.Want{}, err
	}
	var targets []string
	for _, target := range bundle.Targets() {
		targets = append(targets, string(target))
	}
	if err := oneOf("target", f.target, targets...); err != nil {
		return release.Want{}, err
	}
	anchor, err := readDocument(f.keyring)
	if err != nil {
		return release.Want{}, err
	}
	dir, err := env.stateDir(f.state)
	if err != nil {
		return release.Want{}, err
	}
	return release.Want{
		Name: f.name, Target: bundle.Target(f.target), Channel: f.channel, Anchor: anchor, Memory: release.Memory{Dir: dir},
		Now: time.Now(), OPA: f.opa, Limits: bundle.DefaultLimits(),
	}, nil
}

// verification is what `onelayer verify -o json` prints.
type verification struct {
	File     string        `json:"file"`
	Name     string        `json:"name"`
	Target   bundle.Target `json:"target"`
	Channel  string        `json:"channel"`
	Revision string        `json:"revision"`
	// Key is the name of the key that signed in the bundle.
	Key string `json:"key"`
	// Released is absent if only the signature in the bundle was checked.
	Released *released `json:"released,omitempty"`
}

type released struct {
	Version uint64        `json:"version"`
	SHA256  string        `json:"sha256"`
	Size    int64         `json:"size"`
	Created release.Stamp `json:"created"`
	// Until is when the first of the statements expires.
	Until   release.Stamp `json:"until"`
	Keyring uint64        `json:"keyring"`
}

func runVerify(ctx context.Context, env *Env, f *verifyFlags, file string) error {
	if err := oneOf("output", f.output, "text", "json"); err != nil {
		return err
	}
	var result *verification
	var err error
	switch {
	case f.keyring != "" && f.key != "":
		return errors.New("--keyring and --key exclude each other: --key checks less")
	case strings.HasPrefix(file, registry.Scheme):
		result, err = verifyArtifact(ctx, env, f, file)
	case f.cosignKey != "":
		return errors.New("--cosign-key is about artifacts in registries: give oci://HOST/REPOSITORY:TAG")
	case f.keyring != "":
		result, err = verifyRelease(env, f, file)
	case f.key != "":
		result, err = verifySignature(env, f, file)
	default:
		return errors.New("nobody to trust: give --keyring FILE, or --key FILE for the signature in the bundle alone")
	}
	if err != nil {
		return err
	}
	if f.output == "json" {
		return writeJSON(env.Stdout, result)
	}
	_, err = fmt.Fprintln(env.Stdout, result.text())
	return err
}

func (v *verification) text() string {
	head := fmt.Sprintf("%s: verified: %s for %s, channel %s", v.File, v.Name, v.Target, v.Channel)
	if v.Released == nil {
		return head + fmt.Sprintf(", signed by key %s\n  revision %s\n  only the signature was checked: nothing is known about version and age", v.Key, v.Revision)
	}
	return head + fmt.Sprintf(", version %d, until %s\n  revision %s\n  sha256   %s", v.Released.Version, v.Released.Until, v.Revision, v.Released.SHA256)
}

// verifyRelease checks everything.
func verifyRelease(env *Env, f *verifyFlags, file string) (*verification, error) {
	want, err := f.want(env)
	if err != nil {
		return nil, err
	}
	documents, err := f.documents(file)
	if err != nil {
		return nil, err
	}
	verified, err := release.Fetch(want, documents, func(release.Release) ([]byte, error) {
		return bundle.ReadFile(file, want.Limits)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return describe(file, verified), nil
}

// verifyArtifact checks what a registry holds, and writes nothing.
func verifyArtifact(ctx context.Context, env *Env, f *verifyFlags, reference string) (*verification, error) {
	if f.keyring == "" {
		return nil, errors.New("nobody to trust: give --keyring FILE")
	}
	want, err := f.want(env)
	if err != nil {
		return nil, err
	}
	repository, ctx, cancel, err := f.open(ctx, reference)
	if err != nil {
		return nil, err
	}
	defer cancel()
	pulled, err := repository.Pull(ctx, want)
	if err == nil && f.cosignKey != "" {
		var public signing.PublicKey
		if public, err = env.places().ReadPublic(f.cosignKey); err == nil {
			_, err = repository.VerifyAttestation(ctx, pulled.Artifact, registry.SignaturePredicate, public)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", reference, err)
	}
	return describe(registry.Scheme+repository.Pinned(pulled.Artifact), pulled.Verified), nil
}

// describe makes the report of a verified release.
func describe(file string, verified *release.Verified) *verification {
	about := verified.Release
	return &verification{
		File: file, Name: about.Name, Target: about.Target, Channel: about.Channel, Revision: about.Revision, Key: verified.BundleKey,
		Released: &released{
			Version: about.Version, SHA256: about.SHA256, Size: about.Size, Created: about.Created, Until: release.At(verified.Until), Keyring: verified.Keyring,
		},
	}
}

// documents reads the statements about a bundle.
func (f *verifyFlags) documents(file string) (documents release.Documents, err error) {
	if documents.Release, err = readDocument(orElse(f.release, besideBundle(file, ".release.json"))); err != nil {
		return documents, err
	}
	stamp := orElse(f.timestamp, besideBundle(file, ".timestamp.json"))
	if documents.Timestamp, err = readDocument(stamp); errors.Is(err, os.ErrNotExist) && f.timestamp == "" {
		// A keyring that asks for timestamps refuses the release then.
		documents.Timestamp, err = nil, nil
	}
	if err != nil || f.newKeyring == "" {
		return documents, err
	}
	documents.Keyring, err = readDocument(f.newKeyring)
	return documents, err
}

// verifySignature checks the signature in the bundle alone.
func verifySignature(env *Env, f *verifyFlags, file string) (*verification, error) {
	if err := validChannel(f.channel); err != nil {
		return nil, err
	}
	public, err := env.places().ReadPublic(f.key)
	if err != nil {
		return nil, err
	}
	archive, err := openBundle(file)
	if err != nil {
		return nil, err
	}
	keyID := orElse(f.keyID, public.ID)
	scope := signing.Scope(f.name, bundle.Target(f.target), f.channel)
	if err := archive.Expect(f.name, bundle.Target(f.target)); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if _, err := signing.VerifyBundle(archive, signing.BundleKeys{keyID: public}, scope); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := archive.CheckFiles(nil); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	about := archive.Manifest
	return &verification{
		File: file, Name: about.Metadata.Name, Target: about.Metadata.Target, Channel: f.channel, Revision: about.Revision, Key: keyID,
	}, nil
}
