package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/release"
)

// maxDocumentBytes bounds a signed statement.
const maxDocumentBytes = 1 << 20

// offer is what a source holds now. Nobody verified it.
type offer struct {
	documents release.Documents
	// digest is that of the manifest that the bundle comes with, empty if it comes without one.
	digest string
	bundle func(release.Release) ([]byte, error)
}

// source is where releases come from.
type source interface {
	// changed gives an offer, or nil while it is as it was when it was last asked.
	changed(ctx context.Context) (*offer, error)
	// forget makes the next offer count as changed.
	forget()
	// every is how often to ask.
	every() time.Duration
}

// folder is a directory with a bundle and its statements, as onelayer sign writes them. It is replaced as a whole, by a
// rename or by turning a link; or file by file, and then what does not fit together is refused until it does.
type folder struct {
	dir, name string
	limits    bundle.Limits
	seen      []os.FileInfo
}

// lookAtFolderEvery costs some ten system calls, so that waiting agents lose no time worth naming.
const lookAtFolderEvery = 20 * time.Millisecond

func (f *folder) every() time.Duration { return lookAtFolderEvery }

func (f *folder) forget() { f.seen = nil }

// names are the files of a release; the timestamp and the keyring may be missing.
func (f *folder) names() []string {
	packed := bundle.FileName(f.name, bundle.OPA)
	base := strings.TrimSuffix(packed, ".tar.gz")
	return []string{packed, base + ".release.json", base + ".timestamp.json", "keyring.json"}
}

func (f *folder) changed(context.Context) (*offer, error) {
	// All files are read below one handle: who swaps the directory meanwhile changes nothing.
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, fmt.Errorf("open directory of releases: %w", err)
	}
	defer func() { _ = root.Close() }()
	before := f.look(root)
	if sameFiles(f.seen, before) {
		return nil, nil
	}
	found, err := f.read(root)
	if after := f.look(root); !sameFiles(before, after) {
		return nil, nil // somebody writes: look again when it is done
	}
	f.seen = before
	return found, err
}

func (f *folder) look(root *os.Root) []os.FileInfo {
	var infos []os.FileInfo
	for _, name := range append([]string{"."}, f.names()...) {
		info, _ := root.Stat(name) // one that is missing is nil
		infos = append(infos, info)
	}
	return infos
}

func (f *folder) read(root *os.Root) (*offer, error) {
	names := f.names()
	packed, err := readBelow(root, names[0], int64(f.limits.Packed))
	if err != nil {
		return nil, err
	}
	found := &offer{bundle: func(release.Release) ([]byte, error) { return packed, nil }}
	for i, place := range []*[]byte{&found.documents.Release, &found.documents.Timestamp, &found.documents.Keyring} {
		*place, err = readBelow(root, names[i+1], maxDocumentBytes)
		if err != nil && (i == 0 || !errors.Is(err, os.ErrNotExist)) {
			return nil, err
		}
	}
	return found, nil
}

// readBelow reads a file of at most so many bytes.
func readBelow(root *os.Root, name string, most int64) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read release: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read release: %s is no regular file", name)
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read release: %w", err)
	}
	return readAll("release", name, file, most)
}
