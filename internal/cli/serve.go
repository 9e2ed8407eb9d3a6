package cli

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/onelayer/onelayer/internal/registry"
	"github.com/onelayer/onelayer/internal/server"
)

// serveFlags are the flags of `onelayer serve`.
type serveFlags struct {
	file, logLevel string
	settings       server.Settings
	bundle         server.Bundle
}

// newServeCmd serves bundles.
func newServeCmd(env *Env) *cobra.Command {
	f := &serveFlags{}
	cmd := &cobra.Command{
		Use:   "serve [DIRECTORY|oci://HOST/REPOSITORY:TAG]",
		Short: "Serve verified bundles to a fleet of OPA, and show which agent runs which one",
		Long: "Serve the releases in a directory, or under a tag of an OCI registry, by OPA's bundle API with long polling. A release that\n" +
			"does not verify, or goes back in version, is not served: the last good one stays. Agents report status and decisions to\n" +
			"the same address; health, metrics and the view of the fleet are on another one. A file of settings serves several bundles.",
		Example: "  onelayer serve /srv/stable --keyring keyring.json --channel stable\n" +
			"  onelayer serve oci://ghcr.io/acme/policies:stable --keyring keyring.json --channel stable --tokens tokens.txt\n" +
			"  onelayer serve --file serve.yaml",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return errors.New("give one directory or reference; several bundles need --file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runServe(cmd, env, f, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&f.file, "file", "f", "", "file of settings, for several bundles")
	flags.StringVar(&f.bundle.Keyring, "keyring", "", "keyring that this machine trusts")
	flags.StringVar(&f.bundle.Channel, "channel", "", "channel that bundles must be released for")
	flags.StringVar(&f.bundle.Name, "name", "onelayer", "name that the bundle must have; it is served at /bundles/NAME")
	flags.StringVar(&f.bundle.Tokens, "tokens", "", "file with the hashes of tokens that may read the bundle, as onelayer serve token prints them")
	flags.BoolVar(&f.bundle.PlainHTTP, "plain-http", false, "speak HTTP without TLS to the registry")
	flags.DurationVar(&f.bundle.Interval, "interval", 0, "how often to ask the registry (default 10s)")
	flags.StringVar(&f.settings.State, "state", "", "folder that remembers versions (default $XDG_STATE_HOME/onelayer)")
	flags.StringVar(&f.settings.Listen, "listen", server.DefaultListen, "address for agents")
	flags.StringVar(&f.settings.Admin, "admin", server.DefaultAdmin, "address of health, metrics and the fleet view")
	flags.StringVar(&f.settings.AdminTokens, "admin-tokens", "", "file with the hashes of tokens for that address")
	flags.StringVar(&f.settings.TLS.Cert, "tls-cert", "", "certificate of the server, PEM; read again when it changes")
	flags.StringVar(&f.settings.TLS.Key, "tls-key", "", "its private key, PEM")
	flags.StringVar(&f.settings.TLS.ClientCA, "tls-client-ca", "", "certificates that must have issued the client's one, PEM")
	flags.BoolVar(&f.settings.PrintDecisions, "print-decisions", false, "print the decisions that agents log, one JSON object a line")
	flags.BoolVar(&f.settings.Insecure, "insecure", false, "allow addresses that others reach without TLS and tokens")
	flags.StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	cmd.AddCommand(newServeTokenCmd(env))
	return cmd
}

// withFile are the flags that may stand beside --file.
var withFile = map[string]bool{"file": true, "log-level": true, "state": true, "listen": true, "admin": true, "insecure": true, "print-decisions": true}

func runServe(cmd *cobra.Command, env *Env, f *serveFlags, args []string) error {
	var level slog.Level
	if err := oneOf("log-level", f.logLevel, "debug", "info", "warn", "error"); err != nil {
		return err
	}
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return fmt.Errorf("read --log-level: %w", err)
	}
	settings, err := f.read(cmd, args)
	if err != nil {
		return err
	}
	if settings.State, err = env.stateDir(settings.State); err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(env.Stderr, &slog.HandlerOptions{Level: level}))
	s, err := server.New(settings, server.Options{Log: log, Decisions: env.Stdout, UserAgent: "onelayer/" + build().Version, Now: time.Now})
	if err != nil {
		return err
	}
	return s.Run(cmd.Context(), nil)
}

// read makes settings of the flags, or of the file and the flags that change it.
func (f *serveFlags) read(cmd *cobra.Command, args []string) (server.Settings, error) {
	if f.file == "" {
		return f.single(args)
	}
	var wrong string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if flag.Changed && !withFile[flag.Name] {
			wrong = flag.Name
		}
	})
	if wrong != "" {
		return server.Settings{}, fmt.Errorf("--%s and --file exclude each other: write it into %s", wrong, f.file)
	}
	if len(args) > 0 {
		return server.Settings{}, fmt.Errorf("%s and --file exclude each other: write it into %s", args[0], f.file)
	}
	settings, err := server.Read(f.file)
	if err != nil {
		return settings, err
	}
	flags := cmd.Flags()
	for name, place := range map[string]*string{"state": &settings.State, "listen": &settings.Listen, "admin": &settings.Admin} {
		if flags.Changed(name) {
			*place = flags.Lookup(name).Value.String()
		}
	}
	settings.Insecure = settings.Insecure || f.settings.Insecure
	settings.PrintDecisions = settings.PrintDecisions || f.settings.PrintDecisions
	return settings, nil
}

// single makes settings of one bundle.
func (f *serveFlags) single(args []string) (server.Settings, error) {
	switch {
	case len(args) == 0:
		return server.Settings{}, errors.New("nothing to serve: give a directory, oci://HOST/REPOSITORY:TAG, or --file FILE")
	case f.bundle.Keyring == "":
		return server.Settings{}, errors.New("nobody to trust: give --keyring FILE")
	}
	if err := validChannel(f.bundle.Channel); err != nil {
		return server.Settings{}, err
	}
	if strings.HasPrefix(args[0], registry.Scheme) {
		f.bundle.Registry = args[0]
	} else {
		f.bundle.Directory = args[0]
	}
	f.settings.Bundles = map[string]server.Bundle{f.bundle.Name: f.bundle}
	return f.settings, nil
}

// newServeTokenCmd makes a token.
func newServeTokenCmd(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "token",
		Short: "Make a token for agents, and the line that a file of tokens takes for it",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			secret := make([]byte, 32)
			_, _ = rand.Read(secret) // it never fails (crypto/rand)
			token := base64.RawURLEncoding.EncodeToString(secret)
			_, err := fmt.Fprintf(env.Stdout, "%s\n%s\n", token, server.HashToken(token))
			return err
		},
	}
}
