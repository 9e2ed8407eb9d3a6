// Package bundle packs the policy library into archives and reads such archives back.
//
// It owns what a bundle of each target holds, its manifest and revision, the exact bytes of an archive, the limits under
// which one is read, and the list of its parts (SBOM). An archive is a bundle of OPA
// (https://www.openpolicyagent.org/docs/management-bundles) in one fixed form: the same files give the same bytes on every
// machine, and bytes in any other form are refused. It must not know how bundles are signed, published or evaluated.
package bundle

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Target is who takes a bundle.
type Target string

// The targets: OPA and conftest take Rego, Gatekeeper takes templates and constraints.
const (
	OPA        Target = "opa"
	Conftest   Target = "conftest"
	Gatekeeper Target = "gatekeeper"
)

// Targets lists the targets, the default first.
func Targets() []Target { return []Target{OPA, Conftest, Gatekeeper} }

// The files of an archive that are about the others. OPA finds both by these names.
const (
	ManifestFile   = ".manifest"
	SignaturesFile = ".signatures.json"
)

// File is one file of a bundle. Its name is relative, with slashes.
type File struct {
	Name string
	Data []byte
}

// Archive is a bundle in its packed form.
type Archive struct {
	Manifest Manifest
	// Files are all files but manifest and signatures, ordered by name.
	Files []File
	// Signatures is the content of SignaturesFile, nil if the bundle is not signed.
	Signatures []byte
	// Modified is the time that every entry carries, in seconds since 1970 (UTC).
	Modified int64

	manifest []byte
	// body is the first gzip member: the manifest and all files.
	body []byte
}

// Content is what goes into a bundle.
type Content struct {
	// Name says whose policies these are, in small letters, digits and dashes.
	Name   string
	Target Target
	// Library is the revision that decisions of these policies name.
	Library string
	// Roots are the paths of the documents that the bundle owns in OPA; no root may lie in another one.
	Roots []string
	Files []File
	// Modified is the time that the entries carry; the zero time means 1970-01-01 UTC.
	Modified time.Time
}

// Pack makes the archive, without signatures.
func Pack(content Content) (*Archive, error) {
	files := slices.Clone(content.Files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	roots := slices.Compact(slices.Sorted(slices.Values(content.Roots)))
	archive := &Archive{
		Manifest: Manifest{
			Metadata:    Metadata{Name: content.Name, Target: content.Target, Library: content.Library},
			RegoVersion: regoVersion, Roots: roots,
		},
		Files: files,
	}
	if !content.Modified.IsZero() {
		archive.Modified = content.Modified.Unix()
	}
	if err := archive.seal(); err != nil {
		return nil, fmt.Errorf("pack bundle: %w", err)
	}
	return archive, nil
}

// seal states the revision, writes the body and checks that the archive may be read back.
func (a *Archive) seal() (err error) {
	if a.Manifest.Revision, err = revision(a.Manifest, a.Files); err != nil {
		return err
	}
	if a.manifest, err = a.Manifest.text(); err != nil {
		return err
	}
	if err := checkEntries(a.entries(), DefaultLimits()); err != nil {
		return err
	}
	if err := a.check(); err != nil {
		return err
	}
	a.body, err = packBody(a.entries(), a.Modified)
	return err
}

// entries are the manifest and the files as they stand in the body: in the order of their names.
func (a *Archive) entries() []File {
	entries := append([]File{{ManifestFile, a.manifest}}, a.Files...)
	slices.SortFunc(entries, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return entries
}

// Entries lists everything that a signature must name: the manifest and every file, ordered by name.
func (a *Archive) Entries() []File { return a.entries() }

// BodyDigest is the SHA-256 of the packed bytes before the signatures, in hexadecimal. Signing does not change it.
func (a *Archive) BodyDigest() string { return digest(a.body) }

// WithSignatures gives the same bundle with other signatures, nil for none.
func (a *Archive) WithSignatures(signatures []byte) *Archive {
	signed := *a
	signed.Signatures = signatures
	return &signed
}

// Bytes gives the archive as it is published.
func (a *Archive) Bytes() ([]byte, error) {
	tail, err := packTail(a.Signatures, a.Modified)
	if err != nil {
		return nil, err
	}
	return slices.Concat(a.body, tail), nil
}

// FileName is how a bundle is called when nobody says otherwise.
func FileName(name string, target Target) string {
	return cmp.Or(name, "onelayer") + "-" + string(target) + ".tar.gz"
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
