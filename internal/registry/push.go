package registry

import (
	"context"
	"fmt"
	"strings"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"

	"github.com/onelayer/onelayer/internal/release"
)

// documentsType is the artifact that holds what a channel states about another artifact. It is found by a tag made of that
// one's digest, so that a new timestamp takes the place of the old one on every registry.
const documentsType = "application/vnd.onelayer.documents.v1"

// Push uploads an artifact and, if the reference has a tag, tags it.
func (r *Repository) Push(ctx context.Context, artifact *Artifact) error {
	if err := r.copy(ctx, artifact.store, artifact.Descriptor); err != nil {
		return r.explain("push to "+r.name, err)
	}
	return nil
}

// Point lets the tag of the reference name an artifact. It is the last step of publishing, when everything else is there.
func (r *Repository) Point(ctx context.Context, descriptor ocispec.Descriptor) error {
	if r.Tag() == "" {
		return nil
	}
	if err := r.remote.Tag(ctx, descriptor, r.reference); err != nil {
		return r.explain("tag "+r.name, err)
	}
	return nil
}

func (r *Repository) copy(ctx context.Context, store *memory.Store, descriptor ocispec.Descriptor) error {
	return oras.CopyGraph(ctx, store, r.remote, descriptor, oras.DefaultCopyGraphOptions)
}

// PushDocuments states something about an artifact, in place of what was stated before.
func (r *Repository) PushDocuments(ctx context.Context, subject ocispec.Descriptor, documents release.Documents, created time.Time) error {
	store := memory.New()
	var layers []ocispec.Descriptor
	for _, document := range []struct {
		mediaType string
		text      []byte
	}{{release.ReleaseType, documents.Release}, {release.TimestampType, documents.Timestamp}, {release.KeyringType, documents.Keyring}} {
		if document.text == nil {
			continue
		}
		layer, err := put(ctx, store, document.mediaType, document.text)
		if err != nil {
			return err
		}
		layers = append(layers, layer)
	}
	descriptor, err := pack(ctx, store, documentsType, nil, layers, map[string]string{ocispec.AnnotationCreated: stamp(created)})
	if err != nil {
		return err
	}
	if err := r.copy(ctx, store, descriptor); err != nil {
		return r.explain("push statements to "+r.name, err)
	}
	if err := r.remote.Tag(ctx, descriptor, documentsTag(subject)); err != nil {
		return r.explain("tag statements", err)
	}
	return nil
}

// documentsTag is where the statements about an artifact are found.
func documentsTag(subject ocispec.Descriptor) string {
	return strings.Replace(subject.Digest.String(), ":", "-", 1) + ".onelayer"
}

// Attachment is one file about an artifact.
type Attachment struct {
	// Type is that of the file and of the manifest that refers to the artifact.
	Type        string
	Text        []byte
	Annotations map[string]string
}

// Attach lets files refer to an artifact. Registries without a list of referrers get the tag that the specification names
// for them (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema).
func (r *Repository) Attach(ctx context.Context, subject ocispec.Descriptor, created time.Time, attachments ...Attachment) error {
	for _, attachment := range attachments {
		store := memory.New()
		layer, err := put(ctx, store, attachment.Type, attachment.Text)
		if err != nil {
			return err
		}
		annotations := map[string]string{ocispec.AnnotationCreated: stamp(created)}
		for name, value := range attachment.Annotations {
			annotations[name] = value
		}
		descriptor, err := pack(ctx, store, attachment.Type, &subject, []ocispec.Descriptor{layer}, annotations)
		if err != nil {
			return err
		}
		if err := r.attach(ctx, store, descriptor); err != nil {
			return r.explain(fmt.Sprintf("attach %s to %s", attachment.Type, r.name), err)
		}
	}
	return nil
}

// attach uploads a manifest whose subject is there already.
func (r *Repository) attach(ctx context.Context, store *memory.Store, descriptor ocispec.Descriptor) error {
	options := oras.DefaultCopyGraphOptions
	options.FindSuccessors = own
	return oras.CopyGraph(ctx, store, r.remote, descriptor, options)
}
