package release

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/onelayer/onelayer/internal/atomicfile"
	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// Memory is what a machine remembers about a name, so that nothing can be taken back: one file in a folder that bundles
// are never written to.
type Memory struct {
	// Dir is the folder of the states.
	Dir string
}

// state is the content of the file.
type state struct {
	// Keyring is the newest trusted keyring, signed, in base64.
	Keyring string `json:"keyring"`
	// Channels are what was accepted, by target/channel.
	Channels map[string]seen `json:"channels"`
}

// seen is the newest release of a channel.
type seen struct {
	Version uint64 `json:"version"`
	// SHA256 is that of the bundle, Release that of the signed release.
	SHA256  string `json:"sha256"`
	Release string `json:"release"`
	// Time is the latest time that a signed document of the channel was made at.
	Time Stamp `json:"time"`
}

// maxStateBytes is several times what the keyring and all channels need.
const maxStateBytes = 2 << 20

func (m Memory) file(name string) string { return filepath.Join(m.Dir, name+".json") }

// lock keeps other processes out until the function that it gives is called.
func (m Memory) lock(name string) (func(), error) {
	if !bundle.ValidName(name) {
		return nil, refusal.New(refusal.WrongName, "name %.80q is not made of small letters, digits and dashes", name)
	}
	if err := os.MkdirAll(m.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the state: %w", err)
	}
	unlock, err := lockedfile.MutexAt(m.file(name) + ".lock").Lock()
	if err != nil {
		return nil, fmt.Errorf("lock state: %w", err)
	}
	return unlock, nil
}

// load reads the state; there is none before the first release.
func (m Memory) load(name string) (*state, error) {
	s := &state{Channels: map[string]seen{}}
	file, err := os.Open(m.file(name))
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxStateBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	if len(text) > maxStateBytes {
		return nil, refusal.New(refusal.State, "%s is larger than %d bytes", m.file(name), maxStateBytes)
	}
	if err := strictjson.Unmarshal(m.file(name), text, s); err != nil {
		return nil, refusal.New(refusal.State, "%v", err)
	}
	return s, nil
}

func (m Memory) save(name string, s *state) error {
	text, err := strictjson.Marshal(s)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(m.file(name), text, 0o600); err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	return nil
}

// trusted gives the keyring of the state, nil if there is none.
func (s *state) trusted(file string) (*keyring, error) {
	if s.Keyring == "" {
		return nil, nil
	}
	text, err := base64.StdEncoding.DecodeString(s.Keyring)
	if err != nil {
		return nil, refusal.New(refusal.State, "%s: the keyring is no base64", file)
	}
	k, err := openKeyring(text)
	if err != nil {
		return nil, refusal.New(refusal.State, "%s: %v", file, err)
	}
	return k, nil
}

// accept refuses a release that is older than what was seen, or another one of the same version, and remembers it.
func (s *state) accept(r Release, release string, latest Stamp, now time.Time) error {
	key := string(r.Target) + "/" + r.Channel
	known, found := s.Channels[key]
	switch {
	case found && now.Add(Skew).Before(known.Time.Time):
		return refusal.New(refusal.Clock, "it is %s here, but a statement of %s was seen already", At(now), known.Time)
	case found && r.Version < known.Version:
		return refusal.New(refusal.Rollback, "version %d of channel %s, version %d was seen already", r.Version, r.Channel, known.Version)
	case found && r.Version == known.Version && r.SHA256 != known.SHA256:
		return refusal.New(refusal.Equivocation, "version %d of channel %s has other bytes than the version %d that was seen already", r.Version, r.Channel, known.Version)
	case found && r.Version == known.Version && latest.Before(known.Time.Time):
		return refusal.New(refusal.Rollback, "the statements about version %d are of %s, newer ones of %s were seen already", r.Version, latest, known.Time)
	}
	if found && latest.Before(known.Time.Time) {
		latest = known.Time
	}
	s.Channels[key] = seen{Version: r.Version, SHA256: r.SHA256, Release: release, Time: latest}
	return nil
}
