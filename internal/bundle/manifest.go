package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// maxManifestBytes and maxRoots bound a manifest before it is read; that of the library has some 6 KiB and 100 roots.
const (
	maxManifestBytes = 64 << 10
	maxRoots         = 1024
)

// regoVersion is the version of Rego that the whole library is written in.
const regoVersion = 1

// Manifest is the content of ManifestFile; OPA reads all but the metadata.
type Manifest struct {
	Metadata Metadata `json:"metadata"`
	// RegoVersion is 1.
	RegoVersion int `json:"rego_version"`
	// Revision is the SHA-256 of the manifest without it and of every file, in hexadecimal.
	Revision string `json:"revision"`
	// Roots are the paths of the documents that the bundle owns.
	Roots []string `json:"roots"`
}

// Metadata is what onelayer says about a bundle.
type Metadata struct {
	Library string `json:"library"`
	Name    string `json:"name"`
	Target  Target `json:"target"`
}

func (m Manifest) text() ([]byte, error) { return strictjson.Marshal(m) }

// revision hashes everything that a bundle holds but the revision itself.
func revision(manifest Manifest, files []File) (string, error) {
	manifest.Revision = ""
	text, err := manifest.text()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, file := range append([]File{{ManifestFile, text}}, files...) {
		fmt.Fprintf(sum, "%s\n%d\n", file.Name, len(file.Data))
		sum.Write(file.Data)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// namePattern is the form of the names of bundles and of channels.
var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// ValidName tells whether a text may name a bundle or a channel: small letters, digits and dashes, at most 64.
func ValidName(name string) bool { return namePattern.MatchString(name) }

// rootPattern is the form of a root: identifiers of Rego between slashes.
var rootPattern = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*(/[a-zA-Z_][a-zA-Z0-9_]*)*$`)

// check refuses a manifest that does not fit the files, or that leaves open what the bundle owns.
func (a *Archive) check() error {
	m := a.Manifest
	switch {
	case !ValidName(m.Metadata.Name):
		return refusal.New(refusal.Manifest, "%s: name %q is not made of small letters, digits and dashes", ManifestFile, m.Metadata.Name)
	case !slices.Contains(Targets(), m.Metadata.Target):
		return refusal.New(refusal.Manifest, "%s: target %q is none of opa, conftest, gatekeeper", ManifestFile, m.Metadata.Target)
	case m.RegoVersion != regoVersion:
		return refusal.New(refusal.Manifest, "%s: rego_version %d is not %d", ManifestFile, m.RegoVersion, regoVersion)
	case len(a.Files) == 0:
		return refusal.New(refusal.Empty, "the bundle holds no file beside %s", ManifestFile)
	}
	if err := checkRoots(m.Roots); err != nil {
		return err
	}
	wanted, err := revision(m, a.Files)
	if err != nil {
		return err
	}
	if m.Revision != wanted {
		return refusal.New(refusal.Revision, "%s: revision %q is not that of the files, %s", ManifestFile, m.Revision, wanted)
	}
	return checkKinds(m.Metadata.Target, a.Files)
}

// Expect refuses a bundle of another name or for another target.
func (a *Archive) Expect(name string, target Target) error {
	if about := a.Manifest.Metadata; about.Name != name || about.Target != target {
		return refusal.New(refusal.WrongName, "the bundle is %q for %q, wanted is %q for %q", about.Name, about.Target, name, target)
	}
	return nil
}

// checkRoots refuses roots that take everything, that are not sorted, and that lie in one another.
func checkRoots(roots []string) error {
	if len(roots) == 0 {
		return refusal.New(refusal.Roots, "%s: there are no roots, which means that the bundle owns everything", ManifestFile)
	}
	if len(roots) > maxRoots {
		return refusal.New(refusal.Roots, "%s: there are %d roots, allowed are %d", ManifestFile, len(roots), maxRoots)
	}
	for i, root := range roots {
		if !rootPattern.MatchString(root) {
			return refusal.New(refusal.Roots, "%s: root %q is no path of identifiers between slashes", ManifestFile, root)
		}
		if i > 0 && root <= roots[i-1] {
			return refusal.New(refusal.Roots, "%s: root %q does not come after %q", ManifestFile, root, roots[i-1])
		}
		for _, other := range roots[:i] {
			if strings.HasPrefix(root, other+"/") {
				return refusal.New(refusal.Roots, "%s: root %q lies in root %q", ManifestFile, root, other)
			}
		}
	}
	return nil
}

// under tells whether one of the roots holds a path.
func under(roots []string, path string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") })
}
