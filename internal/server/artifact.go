package server

import (
	"bytes"
	"context"
	"fmt"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/registry"
	"github.com/onelayer/onelayer/internal/release"
)

// askWithin is how long a registry may take altogether.
const askWithin = 2 * time.Minute

// artifact follows a tag of a registry.
type artifact struct {
	repository *registry.Repository
	interval   time.Duration
	limits     bundle.Limits
	// have gives the bytes that are served already, if they have this SHA-256.
	have func(sha256 string) []byte

	known     ocispec.Descriptor
	documents release.Documents
}

func (a *artifact) every() time.Duration { return a.interval }

func (a *artifact) forget() { a.documents = release.Documents{} }

func (a *artifact) changed(ctx context.Context) (*offer, error) {
	asked, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	found, err := a.repository.Resolve(asked)
	if err != nil {
		return nil, fmt.Errorf("follow registry: %w", err)
	}
	documents, err := a.repository.Documents(asked, found)
	if err != nil {
		return nil, fmt.Errorf("follow registry: %w", err)
	}
	if found.Digest == a.known.Digest && sameDocuments(documents, a.documents) {
		return nil, nil
	}
	a.known, a.documents = found, documents
	return &offer{documents: documents, digest: found.Digest.String(), bundle: func(about release.Release) ([]byte, error) {
		if packed := a.have(about.SHA256); packed != nil {
			return packed, nil
		}
		return a.fetch(ctx, found, about)
	}}, nil
}

func (a *artifact) fetch(ctx context.Context, found ocispec.Descriptor, about release.Release) ([]byte, error) {
	bounded, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return a.repository.Bundle(bounded, found, about, a.limits)
}

func sameDocuments(a, b release.Documents) bool {
	return bytes.Equal(a.Release, b.Release) && bytes.Equal(a.Timestamp, b.Timestamp) && bytes.Equal(a.Keyring, b.Keyring)
}
