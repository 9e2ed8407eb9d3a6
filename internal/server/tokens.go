package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// lookEvery is how often a file that may change is looked at, at most.
const lookEvery = time.Second

const maxTokenBytes = 1 << 20

// tokenFile is a file with the hashes of tokens, one "sha256:HEX" a line. It is read again when it changes; while it
// cannot be read, what was read last counts.
type tokenFile struct {
	watch *watch
	log   *slog.Logger
	onBad func()

	mu     sync.Mutex
	hashes [][sha256.Size]byte
}

func openTokens(file string, log *slog.Logger, onBad func()) (*tokenFile, error) {
	t := &tokenFile{watch: newWatch(file), log: log, onBad: onBad}
	t.watch.changed(time.Now())
	var err error
	t.hashes, err = readTokens(file)
	return t, err
}

// HashToken is how a token stands in a file.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func readTokens(file string) ([][sha256.Size]byte, error) {
	text, err := readFile("tokens", file, maxTokenBytes)
	if err != nil {
		return nil, err
	}
	var hashes [][sha256.Size]byte
	number := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		number++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var hash [sha256.Size]byte
		digits, found := strings.CutPrefix(line, "sha256:")
		if n, err := hex.Decode(hash[:], []byte(digits[:min(len(digits), 2*sha256.Size)])); !found || err != nil || n != sha256.Size || len(digits) != 2*sha256.Size {
			return nil, fmt.Errorf("%s: line %d is no hash of a token: write sha256:HEX, as onelayer serve token prints it", file, number)
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// holds tells whether the hash of a token is in the file. It takes the same time wherever the hash differs.
func (t *tokenFile) holds(hash [sha256.Size]byte, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.watch.changed(now) {
		t.reload()
	}
	found := 0
	for i := range t.hashes {
		found |= subtle.ConstantTimeCompare(t.hashes[i][:], hash[:])
	}
	return found == 1
}

func (t *tokenFile) reload() {
	hashes, err := readTokens(t.watch.names[0])
	if err != nil {
		t.onBad()
		t.log.Error("tokens stay as they were", "error", err.Error())
		return
	}
	t.hashes = hashes
	t.log.Info("tokens read again", "file", t.watch.names[0], "tokens", len(hashes))
}
