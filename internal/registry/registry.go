// Package registry publishes bundles in OCI registries and gets them back.
//
// It owns the form of the artifact that OPA, conftest and gator all take by one digest, what is attached to it, and the
// limits of every transfer (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md). It must not know how
// a bundle is built, nor decide whom to trust: package release does.
package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/onelayer/onelayer/internal/refusal"
)

// Scheme marks a reference to a registry: oci://HOST/REPOSITORY:TAG or oci://HOST/REPOSITORY@sha256:DIGEST.
const Scheme = "oci://"

// Limits of what is read, in bytes or numbers.
const (
	maxManifestBytes  = 1 << 20
	maxDocumentBytes  = 1 << 20
	maxReferrerPages  = 16
	maxFiles          = 4096
	maxUnpackedBytes  = 16 << 20
	responseHeadersIn = 30 * time.Second
)

// Options say how to reach a registry.
type Options struct {
	// PlainHTTP speaks HTTP without TLS.
	PlainHTTP bool
	// UserAgent names the program.
	UserAgent string
}

// Repository is one repository of a registry, and the tag or digest that is meant.
type Repository struct {
	remote    *remote.Repository
	reference string
	name      string
}

// Open reads a reference; it asks the registry nothing yet. Credentials are those of docker login: DOCKER_CONFIG, else
// ~/.docker/config.json, with credential helpers.
func Open(reference string, options Options) (*Repository, error) {
	name, found := strings.CutPrefix(reference, Scheme)
	if !found {
		return nil, fmt.Errorf("%q is no reference to a registry: write %sHOST/REPOSITORY:TAG", reference, Scheme)
	}
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, fmt.Errorf("%s is no reference to a registry: %w: write %sHOST/REPOSITORY:TAG", reference, err, Scheme)
	}
	if repository.Reference.Reference == "" {
		return nil, fmt.Errorf("%s has no tag: write %s:TAG or %s@sha256:DIGEST", reference, reference, reference)
	}
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, fmt.Errorf("read docker configuration: %w", err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = responseHeadersIn
	client := &auth.Client{
		Client: &http.Client{Transport: retry.NewTransport(transport)}, Cache: auth.NewCache(), Credential: credentials.Credential(store),
	}
	client.SetUserAgent(options.UserAgent)
	repository.Client, repository.PlainHTTP = client, options.PlainHTTP
	repository.MaxMetadataBytes, repository.ReferrerListMaxPages = maxManifestBytes, maxReferrerPages
	// Many registries let nobody delete; an old list of referrers does no harm.
	repository.SkipReferrersGC = true
	return &Repository{remote: repository, reference: repository.Reference.Reference, name: name}, nil
}

// Tag is the tag of the reference, empty if it is a digest.
func (r *Repository) Tag() string {
	if _, err := digest.Parse(r.reference); err == nil {
		return ""
	}
	return r.reference
}

// Pinned is the same reference by digest.
func (r *Repository) Pinned(descriptor ocispec.Descriptor) string {
	ref := r.remote.Reference
	ref.Reference = descriptor.Digest.String()
	return ref.String()
}

// Resolve finds what the reference names. Everything after it goes by digest, so that a tag that moves changes nothing.
func (r *Repository) Resolve(ctx context.Context) (ocispec.Descriptor, error) {
	descriptor, err := r.remote.Resolve(ctx, r.reference)
	if err != nil {
		return ocispec.Descriptor{}, r.explain("find "+r.name, err)
	}
	if descriptor.MediaType != ocispec.MediaTypeImageManifest {
		return ocispec.Descriptor{}, refusal.New(refusal.OCIArtifact, "%s is a %s, not an artifact of onelayer push", r.name, descriptor.MediaType)
	}
	return descriptor, nil
}

// fetch reads a blob or manifest of at most so many bytes, and checks its digest.
func (r *Repository) fetch(ctx context.Context, descriptor ocispec.Descriptor, most int64) ([]byte, error) {
	if descriptor.Size < 0 || descriptor.Size > most {
		return nil, refusal.New(refusal.TooLarge, "%s has %d bytes, allowed are %d", descriptor.Digest, descriptor.Size, most)
	}
	if descriptor.Digest.Validate() != nil || descriptor.Digest.Algorithm() != digest.SHA256 {
		return nil, refusal.New(refusal.OCIArtifact, "digest %.80q is no SHA-256", descriptor.Digest)
	}
	reader, err := r.remote.Fetch(ctx, descriptor)
	if err != nil {
		return nil, r.explain("get "+descriptor.Digest.String(), err)
	}
	defer func() { _ = reader.Close() }()
	text, err := content.ReadAll(reader, descriptor)
	if errors.Is(err, content.ErrMismatchedDigest) || errors.Is(err, content.ErrTrailingData) || errors.Is(err, content.ErrInvalidDescriptorSize) {
		return nil, refusal.New(refusal.OCIDigest, "the registry gives other bytes than %s: %v", descriptor.Digest, err)
	}
	if err != nil {
		return nil, r.explain("get "+descriptor.Digest.String(), err)
	}
	return text, nil
}

// explain adds the mend to what commonly goes wrong.
func (r *Repository) explain(what string, err error) error {
	switch {
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("%s: the registry speaks HTTP: give --plain-http", what)
	case errors.Is(err, errdef.ErrNotFound):
		return fmt.Errorf("%s: %w: check the name and the tag", what, errdef.ErrNotFound)
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		return fmt.Errorf("%s: %w: run docker login %s", what, err, r.remote.Reference.Registry)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%s: the registry does not answer in time: %w", what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
