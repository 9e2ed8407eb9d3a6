package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/release"
	"github.com/onelayer/onelayer/internal/signing"
)

// keyringFlags are the flags of `onelayer sign keyring`.
type keyringFlags struct {
	name, expires, out                             string
	version                                        uint64
	threshold                                      int
	releaseKeys, timestampKeys, bundleKeys, revoke []string
	keys                                           []string
}

func newSignKeyringCmd(env *Env) *cobra.Command {
	f := &keyringFlags{}
	cmd := &cobra.Command{
		Use:   "keyring",
		Short: "State which keys may sign what (offline key)",
		Long: "State which keys may release, keep a release alive, and sign in bundles. Machines trust the first keyring that their owner\n" +
			"gives them; a newer one must be signed by the release keys of the one before, and by its own. Give every key again in\n" +
			"each version: what is left out is no longer trusted, what is revoked counts for nothing that it ever signed.",
		Example: "  onelayer sign keyring --version 1 --release-key release.pub --timestamp-key timestamp.pub \\\n" +
			"      --bundle-key onelayer-2030=bundle.pub --key release.pem",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return signKeyring(env, f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.name, "name", "onelayer", "name of the bundles that the keys are for")
	flags.Uint64Var(&f.version, "version", 0, "number of the keyring, higher than any before it")
	flags.StringVar(&f.expires, "expires", "365d", "when the keyring ends: days, a duration, or a time")
	flags.IntVar(&f.threshold, "threshold", 1, "how many release keys must sign a release or the next keyring")
	flags.StringArrayVar(&f.releaseKeys, "release-key", nil, "public key that may release, repeatable: "+keyHelp)
	flags.StringArrayVar(&f.timestampKeys, "timestamp-key", nil, "public key that may sign timestamps, repeatable; without one, no timestamps are asked for")
	flags.StringArrayVar(&f.bundleKeys, "bundle-key", nil, "NAME=KEY: public key that may sign in bundles, by its name in OPA's configuration, repeatable")
	flags.StringArrayVar(&f.revoke, "revoke", nil, "ID=REASON: id of a key that counts for nothing any more, repeatable")
	flags.StringArrayVar(&f.keys, "key", nil, "private release key of this keyring or of the one before, repeatable: "+keyHelp)
	flags.StringVarP(&f.out, "output", "o", "keyring.json", "file to write, - for standard output")
	return cmd
}

func signKeyring(env *Env, f *keyringFlags) error {
	keys, err := env.privateKeys(f.keys)
	if err != nil {
		return err
	}
	created, expires, err := lifetime(env, f.expires)
	if err != nil {
		return err
	}
	ring := release.Keyring{
		Name: f.name, Version: f.version, Threshold: f.threshold, Created: release.At(created), Expires: release.At(expires),
	}
	if ring.Keys, err = f.publicKeys(env.places()); err != nil {
		return err
	}
	for _, text := range f.revoke {
		id, reason, _ := strings.Cut(text, "=")
		ring.Revoked = append(ring.Revoked, release.Revocation{ID: id, Reason: reason})
	}
	signed, err := ring.Sign(keys...)
	if err != nil {
		return err
	}
	if err := writeBytes(env, f.out, signed); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stderr, "%s: version %d for %s, %d keys, until %s\n", f.out, ring.Version, ring.Name, len(ring.Keys), ring.Expires)
	return err
}

// publicKeys reads the keys of every role.
func (f *keyringFlags) publicKeys(places signing.Places) ([]release.Key, error) {
	var keys []release.Key
	for role, list := range map[release.Role][]string{release.RoleRelease: f.releaseKeys, release.RoleTimestamp: f.timestampKeys, release.RoleBundle: f.bundleKeys} {
		for _, place := range list {
			name := ""
			if role == release.RoleBundle {
				var found bool
				if name, place, found = strings.Cut(place, "="); !found || name == "" {
					return nil, fmt.Errorf("--bundle-key is %q: write NAME=FILE, with the name of the key in OPA's configuration", name)
				}
			}
			public, err := places.ReadPublic(place)
			if err != nil {
				return nil, err
			}
			keys = append(keys, release.NewKey(public, role, name))
		}
	}
	return keys, nil
}
