package registry

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/release"
)

// own lists what a manifest holds itself, without its subject.
func own(ctx context.Context, fetcher content.Fetcher, descriptor ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	if descriptor.MediaType != ocispec.MediaTypeImageManifest {
		return nil, nil
	}
	text, err := content.FetchAll(ctx, fetcher, descriptor)
	if err != nil {
		return nil, err
	}
	manifest, err := parseManifest(text)
	return append([]ocispec.Descriptor{manifest.Config}, manifest.Layers...), err
}

func parseManifest(text []byte) (manifest ocispec.Manifest, err error) {
	if err := json.Unmarshal(text, &manifest); err != nil {
		return manifest, refusal.New(refusal.OCIArtifact, "a manifest is no JSON: %.120s", err.Error())
	}
	return manifest, nil
}

// manifest reads the manifest of an artifact.
func (r *Repository) manifest(ctx context.Context, descriptor ocispec.Descriptor) (ocispec.Manifest, error) {
	text, err := r.fetch(ctx, descriptor, maxManifestBytes)
	if err != nil {
		return ocispec.Manifest{}, err
	}
	return parseManifest(text)
}

// Documents gets what is stated about an artifact, unverified.
func (r *Repository) Documents(ctx context.Context, subject ocispec.Descriptor) (documents release.Documents, err error) {
	descriptor, err := r.remote.Resolve(ctx, documentsTag(subject))
	if errors.Is(err, errdef.ErrNotFound) {
		return documents, refusal.New(refusal.NotSigned, "%s has no statements in the registry", r.name)
	}
	if err != nil {
		return documents, r.explain("find statements about "+r.name, err)
	}
	manifest, err := r.manifest(ctx, descriptor)
	if err != nil {
		return documents, err
	}
	places := map[string]*[]byte{
		release.ReleaseType: &documents.Release, release.TimestampType: &documents.Timestamp, release.KeyringType: &documents.Keyring,
	}
	for _, layer := range manifest.Layers {
		place, known := places[layer.MediaType]
		if !known || *place != nil {
			return documents, refusal.New(refusal.OCIArtifact, "the statements hold a second or unknown %.80q", layer.MediaType)
		}
		if *place, err = r.fetch(ctx, layer, maxDocumentBytes); err != nil {
			return documents, err
		}
	}
	return documents, nil
}

// Bundle gets the bundle of an artifact that a verified release names.
func (r *Repository) Bundle(ctx context.Context, artifact ocispec.Descriptor, about release.Release, limits bundle.Limits) ([]byte, error) {
	manifest, err := r.manifest(ctx, artifact)
	if err != nil {
		return nil, err
	}
	layers := manifest.Layers
	if manifest.ArtifactType != ArtifactType || len(layers) == 0 || layers[0].MediaType != mediaBundle {
		return nil, refusal.New(refusal.OCIArtifact, "%s does not start with a bundle for OPA", r.name)
	}
	if layers[0].Digest.String() != "sha256:"+about.SHA256 || layers[0].Size != about.Size {
		return nil, refusal.New(refusal.BytesDiffer, "the artifact holds bundle %s, released was sha256:%s", layers[0].Digest, about.SHA256)
	}
	return r.fetch(ctx, layers[0], int64(limits.Packed))
}

// Files gets the files of an artifact for conftest or Gatekeeper. The artifact must be verified: its digest vouches for
// what it holds.
func (r *Repository) Files(ctx context.Context, artifact ocispec.Descriptor, target bundle.Target) ([]bundle.File, error) {
	manifest, err := r.manifest(ctx, artifact)
	if err != nil {
		return nil, err
	}
	var files []bundle.File
	total := int64(0)
	for _, layer := range manifest.Layers {
		title := layer.Annotations[ocispec.AnnotationTitle]
		if title == "" || belongs(title) != target {
			continue
		}
		if total += layer.Size; total > maxUnpackedBytes || len(files) >= maxFiles {
			return nil, refusal.New(refusal.TooLarge, "the files of %s are more than %d bytes, or than %d files", r.name, maxUnpackedBytes, maxFiles)
		}
		text, err := r.fetch(ctx, layer, maxUnpackedBytes)
		if err != nil {
			return nil, err
		}
		files = append(files, bundle.File{Name: title, Data: text})
	}
	if len(files) == 0 {
		return nil, refusal.New(refusal.OCIArtifact, "%s holds no files for %s", r.name, target)
	}
	return files, bundle.CheckNames(files)
}

// belongs tells for whom a file with a title is.
func belongs(title string) bundle.Target {
	switch {
	case path.Ext(title) == ".rego":
		return bundle.Conftest
	case strings.HasPrefix(title, gatekeeperPart+"/"):
		return bundle.Gatekeeper
	default:
		return ""
	}
}

// Pulled is a verified artifact.
type Pulled struct {
	*release.Verified
	Artifact ocispec.Descriptor
}

// Pull verifies what a reference names: statements first, then the digest of the artifact, then its bundle.
func (r *Repository) Pull(ctx context.Context, want release.Want) (*Pulled, error) {
	artifact, err := r.Resolve(ctx)
	if err != nil {
		return nil, err
	}
	documents, err := r.Documents(ctx, artifact)
	if err != nil {
		return nil, err
	}
	want.OCIDigest = artifact.Digest.String()
	verified, err := release.Fetch(want, documents, func(about release.Release) ([]byte, error) {
		return r.Bundle(ctx, artifact, about, want.Limits)
	})
	if err != nil {
		return nil, err
	}
	return &Pulled{Verified: verified, Artifact: artifact}, nil
}
