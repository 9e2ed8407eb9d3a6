package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/onelayer/onelayer/internal/bundle"
)

// Settings say what is served to whom. A file of them is YAML; see docs/serve.md.
type Settings struct {
	// Listen is the address of bundles and reports, Admin that of health, metrics and the fleet view.
	Listen string `yaml:"listen"`
	Admin  string `yaml:"admin"`
	// Insecure allows addresses that others reach without TLS and credentials.
	Insecure bool     `yaml:"insecure"`
	TLS      TLSFiles `yaml:"tls"`
	// AdminTokens is a file of tokens that Admin asks for, empty for none.
	AdminTokens string `yaml:"admin_tokens"`
	// State is the folder that remembers the versions that were served.
	State   string            `yaml:"state"`
	Bundles map[string]Bundle `yaml:"bundles"`
	Polling Polling           `yaml:"polling"`
	Fleet   FleetSettings     `yaml:"fleet"`
	// PrintDecisions writes every decision that agents log to standard output, one JSON object a line.
	PrintDecisions bool `yaml:"print_decisions"`
}

// TLSFiles are the files of the server's certificate. They are read again when they change.
type TLSFiles struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
	// ClientCA is a file of certificates that must have issued the client's one, empty to ask for none.
	ClientCA string `yaml:"client_ca"`
}

func (f TLSFiles) on() bool { return f.Cert != "" || f.Key != "" || f.ClientCA != "" }

// Bundle is one bundle on one channel, served at /bundles/NAME.
type Bundle struct {
	// Directory or Registry is where releases come from.
	Directory string `yaml:"directory"`
	Registry  string `yaml:"registry"`
	PlainHTTP bool   `yaml:"plain_http"`
	// Interval is how often a registry is asked.
	Interval time.Duration `yaml:"interval"`
	Keyring  string        `yaml:"keyring"`
	// Name and Channel are those of the release statement.
	Name    string `yaml:"name"`
	Channel string `yaml:"channel"`
	// Tokens is a file with the hashes of the tokens that may read the bundle, Clients are names in client certificates.
	Tokens  string   `yaml:"tokens"`
	Clients []string `yaml:"clients"`
}

// Polling bounds long polls.
type Polling struct {
	MaxWait    time.Duration `yaml:"max_wait"`
	MaxWaiters int           `yaml:"max_waiters"`
}

// FleetSettings bound what is remembered of agents.
type FleetSettings struct {
	// SilentAfter is how long an agent may say nothing, ForgetAfter when it is forgotten.
	SilentAfter time.Duration `yaml:"silent_after"`
	ForgetAfter time.Duration `yaml:"forget_after"`
	MaxAgents   int           `yaml:"max_agents"`
}

const maxSettingsBytes = 1 << 20

// Read reads a file of settings. Paths in it are relative to its folder.
func Read(file string) (Settings, error) {
	text, err := readFile("settings", file, maxSettingsBytes)
	if err != nil {
		return Settings{}, err
	}
	settings, err := parse(text)
	if err != nil {
		return Settings{}, fmt.Errorf("%s: %w", file, err)
	}
	settings.below(filepath.Dir(file))
	return settings, nil
}

// Patterns are compiled when settings are read, so that no other command pays.
var (
	unknownField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`field (\S+) not found in type \S+`) })
	bundlePath   = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(/[a-z0-9]([a-z0-9-]*[a-z0-9])?){0,3}$`)
	})
)

func parse(text []byte) (settings Settings, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	switch err := decoder.Decode(&settings); {
	case errors.Is(err, io.EOF):
		return settings, errors.New("is empty: name at least one bundle, see docs/serve.md")
	case err != nil:
		lines := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:")
		first, _, _ := strings.Cut(strings.TrimSpace(lines), "\n")
		return settings, errors.New(unknownField().ReplaceAllString(first, "there is no setting $1: see docs/serve.md"))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return settings, errors.New("holds a second document: settings are one")
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return settings, err
	}
	for _, name := range slices.Sorted(maps.Keys(settings.Bundles)) {
		if err := settings.Bundles[name].check(name); err != nil {
			return settings, fmt.Errorf("line %d: %w", lineOf(&root, "bundles", name), err)
		}
	}
	return settings, settings.check()
}

// lineOf finds the line of a key of nested mappings.
func lineOf(node *yaml.Node, keys ...string) int {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	line := node.Line
	for _, key := range keys {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				line, node = node.Content[i].Line, node.Content[i+1]
				break
			}
		}
	}
	return line
}

// below makes relative paths those of a folder.
func (s *Settings) below(dir string) {
	join := func(places ...*string) {
		for _, place := range places {
			if *place != "" && !filepath.IsAbs(*place) {
				*place = filepath.Join(dir, *place)
			}
		}
	}
	join(&s.TLS.Cert, &s.TLS.Key, &s.TLS.ClientCA, &s.AdminTokens, &s.State)
	for name, b := range s.Bundles {
		join(&b.Directory, &b.Keyring, &b.Tokens)
		s.Bundles[name] = b
	}
}

// check finds what is missing in a bundle.
func (b Bundle) check(name string) error {
	switch {
	case !bundlePath().MatchString(name) || len(name) > 100:
		return fmt.Errorf("bundle %.100q: a name is small letters, digits, dashes and at most three slashes", name)
	case (b.Directory == "") == (b.Registry == ""):
		return fmt.Errorf("bundle %s: give either directory or registry", name)
	case b.Keyring == "":
		return fmt.Errorf("bundle %s: nobody to trust: give keyring", name)
	case b.Channel == "":
		return fmt.Errorf("bundle %s: give the channel that it is released for", name)
	case b.Name != "" && !bundle.ValidName(b.Name):
		return fmt.Errorf("bundle %s: name %.80q is not made of small letters, digits and dashes", name, b.Name)
	case b.Interval < 0:
		return fmt.Errorf("bundle %s: interval %s is negative", name, b.Interval)
	case b.Registry == "" && (b.PlainHTTP || b.Interval != 0):
		return fmt.Errorf("bundle %s: plain_http and interval are about registries, and there is none", name)
	}
	return nil
}

func (s Settings) check() error {
	switch {
	case len(s.Bundles) == 0:
		return errors.New("there is nothing to serve: name at least one bundle")
	case s.TLS.on() && (s.TLS.Cert == "" || s.TLS.Key == ""):
		return errors.New("tls needs both cert and key")
	case s.Polling.MaxWait < 0 || s.Polling.MaxWaiters < 0 || s.Fleet.SilentAfter < 0 || s.Fleet.ForgetAfter < 0 || s.Fleet.MaxAgents < 0:
		return errors.New("limits of polling and fleet are not negative")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Bundles)) {
		if len(s.Bundles[name].Clients) > 0 && s.TLS.ClientCA == "" {
			return fmt.Errorf("bundle %s: clients are names in certificates: give tls.client_ca", name)
		}
	}
	return nil
}

// The addresses that are used if none is given.
const (
	DefaultListen = "127.0.0.1:8080"
	DefaultAdmin  = "127.0.0.1:8081"
)

// withDefaults fills what is not set.
func (s Settings) withDefaults() Settings {
	fill(&s.Listen, DefaultListen)
	fill(&s.Admin, DefaultAdmin)
	fill(&s.Polling.MaxWait, 5*time.Minute)
	fill(&s.Polling.MaxWaiters, 20000)
	fill(&s.Fleet.SilentAfter, 5*time.Minute)
	fill(&s.Fleet.ForgetAfter, 24*time.Hour)
	fill(&s.Fleet.MaxAgents, 20000)
	bundles := map[string]Bundle{}
	for name, b := range s.Bundles {
		fill(&b.Name, "onelayer")
		if b.Registry != "" {
			fill(&b.Interval, 10*time.Second)
		}
		bundles[name] = b
	}
	s.Bundles = bundles
	return s
}

func fill[T comparable](place *T, value T) {
	var zero T
	if *place == zero {
		*place = value
	}
}
