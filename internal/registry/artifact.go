package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/memory"

	"github.com/onelayer/onelayer/internal/bundle"
)

// The media types of an artifact. OPA takes the first layer of mediaBundle; conftest writes every layer that has a title;
// gator takes every titled YAML file as objects of Kubernetes.
const (
	ArtifactType   = "application/vnd.onelayer.bundle.v1"
	mediaBundle    = ocispec.MediaTypeImageLayerGzip
	mediaRego      = "application/vnd.cncf.openpolicyagent.policy.layer.v1+rego"
	mediaYAML      = "application/yaml"
	gatekeeperPart = "gatekeeper"
)

// Contents are the bundles that go into one artifact.
type Contents struct {
	// OPA is the signed bundle for OPA.
	OPA *bundle.Archive
	// Conftest and Gatekeeper are bundles of the same library, nil to leave them out.
	Conftest, Gatekeeper *bundle.Archive
	// Created is written into the manifest; the zero time means 1970.
	Created time.Time
}

// Artifact is what a registry takes; the same contents give the same digest.
type Artifact struct {
	Descriptor ocispec.Descriptor
	// Files is how many files have a title.
	Files int
	store *memory.Store
}

// Assemble makes the artifact.
func Assemble(ctx context.Context, contents Contents) (*Artifact, error) {
	if err := contents.check(); err != nil {
		return nil, err
	}
	packed, err := contents.OPA.Bytes()
	if err != nil {
		return nil, err
	}
	artifact := &Artifact{store: memory.New()}
	layers := make([]ocispec.Descriptor, 1)
	if layers[0], err = artifact.add(ctx, mediaBundle, packed, ""); err != nil {
		return nil, err
	}
	for _, file := range contents.titled() {
		media := mediaRego
		if path.Ext(file.Name) != ".rego" {
			media = mediaYAML
		}
		layer, err := artifact.add(ctx, media, file.Data, file.Name)
		if err != nil {
			return nil, err
		}
		layers = append(layers, layer)
	}
	artifact.Files = len(layers) - 1
	about := contents.OPA.Manifest
	artifact.Descriptor, err = pack(ctx, artifact.store, ArtifactType, nil, layers, map[string]string{
		ocispec.AnnotationTitle: about.Metadata.Name, ocispec.AnnotationRevision: about.Revision, ocispec.AnnotationCreated: stamp(contents.Created),
	})
	return artifact, err
}

func stamp(created time.Time) string {
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	return created.UTC().Format(time.RFC3339)
}

// check refuses what would not belong together.
func (c Contents) check() error {
	about := c.OPA.Manifest.Metadata
	if err := c.OPA.Expect(about.Name, bundle.OPA); err != nil {
		return err
	}
	if c.OPA.Signatures == nil {
		return fmt.Errorf("the bundle for OPA is not signed: run onelayer sign bundle first")
	}
	for target, other := range map[bundle.Target]*bundle.Archive{bundle.Conftest: c.Conftest, bundle.Gatekeeper: c.Gatekeeper} {
		if other == nil {
			continue
		}
		if err := other.Expect(about.Name, target); err != nil {
			return err
		}
		if other.Manifest.Metadata.Library != about.Library {
			return fmt.Errorf("the bundle for %s holds library %s, that for OPA holds %s: build both from the same policies", target, other.Manifest.Metadata.Library, about.Library)
		}
	}
	return nil
}

// titled lists the files that conftest and gator find by their titles, ordered by name.
func (c Contents) titled() []bundle.File {
	var files []bundle.File
	if c.Conftest != nil {
		for _, file := range c.Conftest.Files {
			files = append(files, bundle.File{Name: c.OPA.Manifest.Metadata.Name + "/" + file.Name, Data: file.Data})
		}
	}
	if c.Gatekeeper != nil {
		for _, file := range c.Gatekeeper.Files {
			if isObject(file.Name) {
				files = append(files, bundle.File{Name: gatekeeperPart + "/" + file.Name, Data: file.Data})
			}
		}
	}
	slices.SortFunc(files, func(a, b bundle.File) int { return strings.Compare(a.Name, b.Name) })
	return files
}

// isObject tells the templates and constraints, which gator takes, from lists of them for other programs. Templates that
// read the inventory have the same names as those that do not, so gator gets the ones that need nothing else.
func isObject(name string) bool {
	folder, base := path.Split(name)
	return (folder == "templates/" || folder == "constraints/") && base != "kustomization.yaml"
}

// add stores a layer; a title makes tools write it as a file.
func (a *Artifact) add(ctx context.Context, mediaType string, text []byte, title string) (ocispec.Descriptor, error) {
	descriptor, err := put(ctx, a.store, mediaType, text)
	if title != "" {
		descriptor.Annotations = map[string]string{ocispec.AnnotationTitle: title}
	}
	return descriptor, err
}

// put stores bytes unless they are there.
func put(ctx context.Context, store content.Storage, mediaType string, text []byte) (ocispec.Descriptor, error) {
	descriptor := content.NewDescriptorFromBytes(mediaType, text)
	there, err := store.Exists(ctx, descriptor)
	if err == nil && !there {
		err = store.Push(ctx, descriptor, bytes.NewReader(text))
	}
	if err != nil {
		return ocispec.Descriptor{}, fmt.Errorf("store %s: %w", mediaType, err)
	}
	return descriptor, nil
}

// pack stores a manifest: artifactType with an empty config (https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md).
func pack(ctx context.Context, store content.Storage, artifactType string, subject *ocispec.Descriptor, layers []ocispec.Descriptor, annotations map[string]string) (ocispec.Descriptor, error) {
	config := ocispec.DescriptorEmptyJSON
	if _, err := put(ctx, store, config.MediaType, config.Data); err != nil {
		return ocispec.Descriptor{}, err
	}
	if subject != nil {
		subject = &ocispec.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size}
	}
	text, err := json.Marshal(ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest, ArtifactType: artifactType,
		Config: config, Layers: layers, Subject: subject, Annotations: annotations,
	})
	if err != nil {
		return ocispec.Descriptor{}, fmt.Errorf("write manifest: %w", err)
	}
	descriptor, err := put(ctx, store, ocispec.MediaTypeImageManifest, text)
	descriptor.ArtifactType = artifactType
	descriptor.Annotations = annotations
	return descriptor, err
}
