package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/registry"
)

// stated is what a signed statement says about an artifact.
type stated struct {
	predicateType string
	predicate     any
}

// attachments makes what is attached: the list of parts, and if there is a key the signed statements.
func (p *push) attachments(artifact ocispec.Descriptor, contents registry.Contents) ([]registry.Attachment, error) {
	var list []registry.Attachment
	parts, err := p.parts()
	if err != nil {
		return nil, err
	}
	if parts != nil {
		list = append(list, registry.Attachment{Type: registry.SBOMType, Text: parts})
	}
	if p.flags.key == "" {
		return list, nil
	}
	key, err := p.env.places().ReadPrivate(p.flags.key)
	if err != nil {
		return nil, err
	}
	statements, err := p.statements(contents, parts)
	if err != nil {
		return nil, err
	}
	for _, one := range statements {
		attachment, err := registry.Attest(artifact, one.predicateType, one.predicate, key)
		if err != nil {
			return nil, err
		}
		list = append(list, attachment)
	}
	return list, nil
}

// parts reads the list of parts, nil if none is given.
func (p *push) parts() ([]byte, error) {
	if p.flags.sbom == "" {
		return nil, nil
	}
	text, err := readDocument(p.flags.sbom)
	if err != nil {
		return nil, err
	}
	if err := registry.CheckParts(p.flags.sbom, text); err != nil {
		return nil, err
	}
	return text, nil
}

// statements lists what is signed: the artifact itself, where it comes from, and its parts if they are known.
func (p *push) statements(contents registry.Contents, parts []byte) ([]stated, error) {
	source := p.flags.source
	source.Versions = map[string]string{"onelayer": build().Version, "opa": build().OPA, "go": build().Go}
	source.Files = map[string]string{}
	for _, archive := range []*bundle.Archive{contents.OPA, contents.Conftest, contents.Gatekeeper} {
		if archive == nil {
			continue
		}
		packed, err := archive.Bytes()
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(packed)
		source.Files[bundle.FileName(archive.Manifest.Metadata.Name, archive.Manifest.Metadata.Target)] = hex.EncodeToString(sum[:])
	}
	list := []stated{{registry.SignaturePredicate, map[string]any{}}, {registry.ProvenancePredicate, registry.Provenance(source)}}
	if parts != nil {
		list = append(list, stated{registry.SBOMPredicate, json.RawMessage(parts)})
	}
	return list, nil
}
