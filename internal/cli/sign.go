package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/release"
	"github.com/onelayer/onelayer/internal/signing"
)

// keyHelp says where keys come from.
const keyHelp = "a PEM file, env:NAME for an environment variable, - for standard input"

// newSignCmd signs bundles and statements about them.
func newSignCmd(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sign",
		Short: "Sign bundles and the statements that release them",
		Long: "Sign a bundle, so that OPA can verify it; state with an offline key which bundle a channel holds; state with an online\n" +
			"key that this is still so; and say which keys may do that. Private keys are PEM: PKCS#8, or the older forms of RSA and\n" +
			"ECDSA. Bundles take ECDSA P-256 and RSA, statements take Ed25519 too.",
		Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSignBundleCmd(env), newSignReleaseCmd(env), newSignTimestampCmd(env), newSignKeyringCmd(env))
	return cmd
}

func newSignBundleCmd(env *Env) *cobra.Command {
	var key, keyID, channel, out string
	cmd := &cobra.Command{
		Use:   "bundle FILE",
		Short: "Put a signature into a bundle, as OPA verifies it",
		Long: "Put a signature into a bundle, in place of any other. Its scope is onelayer/NAME-TARGET/CHANNEL: state it, and the id of\n" +
			"the key, in the configuration of OPA, so that no other bundle can stand for this one.",
		Example: "  onelayer sign bundle onelayer-opa.tar.gz --key bundle.pem --channel stable",
		Args:    oneArgument("the file of a bundle"),
		RunE: func(_ *cobra.Command, args []string) error {
			private, err := env.places().ReadPrivate(key)
			if err != nil {
				return err
			}
			archive, err := openBundle(args[0])
			if err != nil {
				return err
			}
			if err := validChannel(channel); err != nil {
				return err
			}
			about := archive.Manifest.Metadata
			scope := signing.Scope(about.Name, about.Target, channel)
			if archive, err = signing.SignBundle(archive, private, keyID, scope); err != nil {
				return err
			}
			packed, err := archive.Bytes()
			if err != nil {
				return err
			}
			if err := writeBytes(env, orElse(out, args[0]), packed); err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.Stderr, "%s: signed by key %s (%s), scope %s\n", orElse(out, args[0]), orElse(keyID, private.Public().ID), private.Public().Algorithm, scope)
			return err
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "private key: "+keyHelp)
	cmd.Flags().StringVar(&keyID, "key-id", "", "name of the key in OPA's configuration (default: the SHA-256 of the public key)")
	cmd.Flags().StringVar(&channel, "channel", "", "channel that the bundle is for")
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write, - for standard output (default: the file itself)")
	return cmd
}

// releaseFlags are the flags of `onelayer sign release`.
type releaseFlags struct {
	keys                  []string
	channel, expires, out string
	minimumOPA, oci       string
	version               uint64
}

func newSignReleaseCmd(env *Env) *cobra.Command {
	f := &releaseFlags{}
	cmd := &cobra.Command{
		Use:   "release FILE",
		Short: "State that a channel holds a bundle (offline key)",
		Long: "State that a channel holds exactly these bytes. The version is what decides which release is newer: to take a release\n" +
			"back, release the older bundle under a higher version.",
		Example: "  onelayer sign release onelayer-opa.tar.gz --key release.pem --channel stable --version 7 --expires 90d",
		Args:    oneArgument("the file of a signed bundle"),
		RunE:    func(_ *cobra.Command, args []string) error { return signRelease(env, f, args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.keys, "key", nil, "private release key, repeatable: "+keyHelp)
	flags.StringVar(&f.channel, "channel", "", "channel that the bundle is signed for")
	flags.Uint64Var(&f.version, "version", 0, "number of the release, higher than any before it")
	flags.StringVar(&f.expires, "expires", "90d", "when the statement ends: days (90d), a duration (12h), or a time (2030-01-31T00:00:00Z)")
	flags.StringVar(&f.minimumOPA, "minimum-opa", "", "oldest OPA that may load the bundle (default 1.21.3 for --target opa: older ones can be made to accept unsigned bundles)")
	flags.StringVar(&f.oci, "oci-digest", "", "digest of the artifact in a registry, as onelayer push --dry-run prints it")
	flags.StringVarP(&f.out, "output", "o", "", "file to write, - for standard output (default: NAME.release.json beside the bundle)")
	return cmd
}

// safeOPA is the first version of OPA in which signatures cannot be left out
// (https://github.com/open-policy-agent/opa/security/advisories/GHSA-g2pf-6v5v-qcc8).
const safeOPA = "1.21.3"

func signRelease(env *Env, f *releaseFlags, file string) error {
	keys, err := env.privateKeys(f.keys)
	if err != nil {
		return err
	}
	packed, err := bundle.ReadFile(file, bundle.DefaultLimits())
	if err != nil {
		return err
	}
	archive, err := readBundle(file, packed)
	if err != nil {
		return err
	}
	if archive.Signatures == nil {
		return fmt.Errorf("%s is not signed: run onelayer sign bundle first", file)
	}
	created, expires, err := lifetime(env, f.expires)
	if err != nil {
		return err
	}
	if err := signedFor(file, archive, f.channel); err != nil {
		return err
	}
	about := release.About(archive, packed)
	about.Channel, about.Version, about.Created, about.Expires = f.channel, f.version, release.At(created), release.At(expires)
	about.MinimumOPA, about.OCIDigest = f.minimumOPA, f.oci
	if about.MinimumOPA == "" && about.Target == bundle.OPA {
		about.MinimumOPA = safeOPA
	}
	signed, err := about.Sign(keys...)
	if err != nil {
		return err
	}
	name := orElse(f.out, besideBundle(file, ".release.json"))
	if err := writeBytes(env, name, signed); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stderr, "%s: version %d of channel %s, until %s\n", name, about.Version, about.Channel, about.Expires)
	return err
}

// signedFor refuses to release a bundle to another channel than the one that it is signed for: no client would take it.
func signedFor(file string, archive *bundle.Archive, channel string) error {
	if err := validChannel(channel); err != nil {
		return err
	}
	scope, err := signing.PeekScope(archive)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	about := archive.Manifest.Metadata
	if scope != signing.Scope(about.Name, about.Target, channel) {
		return fmt.Errorf("%s is signed for scope %s: sign the bundle with --channel %s first", file, scope, channel)
	}
	return nil
}

func newSignTimestampCmd(env *Env) *cobra.Command {
	var keys []string
	var expires, out string
	cmd := &cobra.Command{
		Use:     "timestamp FILE",
		Short:   "State that a release is still the newest one (online key)",
		Long:    "State that a release is still the newest one of its channel, for hours. Run it on a schedule: who keeps a fleet from\nseeing newer releases cannot hide that longer than a timestamp lives.",
		Example: "  onelayer sign timestamp onelayer-opa.release.json --key timestamp.pem --expires 24h",
		Args:    oneArgument("the file of a signed release"),
		RunE: func(_ *cobra.Command, args []string) error {
			private, err := env.privateKeys(keys)
			if err != nil {
				return err
			}
			signed, err := readDocument(args[0])
			if err != nil {
				return err
			}
			created, until, err := lifetime(env, expires)
			if err != nil {
				return err
			}
			stamp, err := release.TimestampOf(signed, created, until)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			text, err := stamp.Sign(private...)
			if err != nil {
				return err
			}
			name := orElse(out, strings.TrimSuffix(args[0], ".release.json")+".timestamp.json")
			if err := writeBytes(env, name, text); err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.Stderr, "%s: version %d of channel %s, until %s\n", name, stamp.Version, stamp.Channel, stamp.Expires)
			return err
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "private timestamp key: "+keyHelp)
	cmd.Flags().StringVar(&expires, "expires", "24h", "when the statement ends, at most 8 days from now: 24h, 2d, or a time")
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write, - for standard output (default: NAME.timestamp.json beside the release)")
	return cmd
}

// besideBundle names a file beside a bundle.
func besideBundle(file, suffix string) string {
	return strings.TrimSuffix(strings.TrimSuffix(file, ".tar.gz"), ".tgz") + suffix
}

func validChannel(channel string) error {
	if !bundle.ValidName(channel) {
		return fmt.Errorf("--channel is %q: name the channel with small letters, digits and dashes, such as stable", channel)
	}
	return nil
}

// lifetime gives now, or SOURCE_DATE_EPOCH, and the end that a user wrote: days, a duration or a time.
func lifetime(env *Env, text string) (created, expires time.Time, err error) {
	created, err = sourceDate(env)
	if err != nil {
		return created, expires, err
	}
	if created.IsZero() {
		created = time.Now()
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return created, at, nil
	}
	if days, found := strings.CutSuffix(text, "d"); found {
		text = days + "h"
		if life, err := time.ParseDuration(text); err == nil {
			return created, created.Add(24 * life), nil
		}
	}
	life, err := time.ParseDuration(text)
	if err != nil {
		return created, expires, fmt.Errorf("--expires is %q: write days (90d), a duration (12h), or a time (2030-01-31T00:00:00Z)", text)
	}
	return created, created.Add(life), nil
}
