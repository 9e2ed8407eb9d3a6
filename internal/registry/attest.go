package registry

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// The types of attestations. A verifier must ask for one of them by name: cosign verify takes any signed statement about a
// digest for a signature, a provenance too.
const (
	// SignaturePredicate is what cosign sign states (https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md).
	SignaturePredicate = "https://sigstore.dev/cosign/sign/v1"
	// ProvenancePredicate is SLSA provenance (https://slsa.dev/spec/v1.1/provenance).
	ProvenancePredicate = "https://slsa.dev/provenance/v1"
	// SBOMPredicate is a list of parts in CycloneDX (https://cyclonedx.org/specification/overview/).
	SBOMPredicate = "https://cyclonedx.org/bom"

	// sigstoreType is the form that carries both (https://github.com/sigstore/protobuf-specs, bundle v0.3).
	sigstoreType  = "application/vnd.dev.sigstore.bundle.v0.3+json"
	statementType = "https://in-toto.io/Statement/v1"
	payloadType   = "application/vnd.in-toto+json"
	// SBOMType is a list of parts.
	SBOMType = "application/vnd.cyclonedx+json"

	annotationContent   = "dev.sigstore.bundle.content"
	annotationPredicate = "dev.sigstore.bundle.predicateType"
)

// statement is an in-toto statement (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md).
type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     any       `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name,omitempty"`
	Digest map[string]string `json:"digest"`
}

// sigstoreBundle is what cosign reads as a signature, without any log.
type sigstoreBundle struct {
	MediaType    string           `json:"mediaType"`
	Material     material         `json:"verificationMaterial"`
	DSSEEnvelope signing.Envelope `json:"dsseEnvelope"`
}

type material struct {
	PublicKey struct {
		Hint string `json:"hint"`
	} `json:"publicKey"`
}

// Attest signs a statement about an artifact, so that cosign verify --key can check it without any network.
func Attest(artifact ocispec.Descriptor, predicateType string, predicate any, key *signing.PrivateKey) (Attachment, error) {
	payload, err := strictjson.Marshal(statement{
		Type: statementType, PredicateType: predicateType, Predicate: predicate,
		Subject: []subject{{Digest: map[string]string{"sha256": artifact.Digest.Encoded()}}},
	})
	if err != nil {
		return Attachment{}, err
	}
	sealed, err := signing.Seal(payloadType, payload, key)
	if err != nil {
		return Attachment{}, err
	}
	signed := sigstoreBundle{MediaType: sigstoreType}
	if err := json.Unmarshal(sealed, &signed.DSSEEnvelope); err != nil {
		return Attachment{}, fmt.Errorf("read envelope back: %w", err)
	}
	// Sigstore's verifiers skip a signature whose id is not their own fingerprint of the key; without one they try it.
	for i := range signed.DSSEEnvelope.Signatures {
		signed.DSSEEnvelope.Signatures[i].KeyID = ""
	}
	sum := sha256.Sum256(key.Public().DER())
	signed.Material.PublicKey.Hint = base64.StdEncoding.EncodeToString(sum[:])
	text, err := strictjson.Marshal(signed)
	if err != nil {
		return Attachment{}, err
	}
	return Attachment{Type: sigstoreType, Text: text, Annotations: map[string]string{
		annotationContent: "dsse-envelope", annotationPredicate: predicateType,
	}}, nil
}

// VerifyAttestation finds a statement of exactly this type about an artifact that the key signed, and gives its predicate.
func (r *Repository) VerifyAttestation(ctx context.Context, artifact ocispec.Descriptor, predicateType string, key signing.PublicKey) (json.RawMessage, error) {
	var candidates []ocispec.Descriptor
	err := r.remote.Referrers(ctx, artifact, "", func(found []ocispec.Descriptor) error {
		candidates = append(candidates, found...)
		if len(candidates) > maxReferrers {
			return refusal.New(refusal.TooMany, "more than %d manifests refer to %s", maxReferrers, artifact.Digest)
		}
		return nil
	})
	if err != nil {
		return nil, r.explain("list what refers to "+artifact.Digest.String(), err)
	}
	var first error
	for _, candidate := range candidates {
		predicate, err := r.tryAttestation(ctx, artifact, candidate, predicateType, key)
		if err == nil {
			return predicate, nil
		}
		if _, ok := refusal.Of(err); !ok {
			return nil, err
		}
		if first == nil && !refusal.Is(err, refusal.OCIArtifact) {
			first = err
		}
	}
	if first != nil {
		return nil, first
	}
	return nil, refusal.New(refusal.NotSigned, "no statement about %s is attached", artifact.Digest)
}

// maxReferrers bounds how many attachments are looked at.
const maxReferrers = 256

// tryAttestation reads one referrer. Registries disagree about what they list as its type, so the manifest decides.
func (r *Repository) tryAttestation(ctx context.Context, artifact, candidate ocispec.Descriptor, predicateType string, key signing.PublicKey) (json.RawMessage, error) {
	manifest, err := r.manifest(ctx, candidate)
	if err != nil {
		return nil, err
	}
	if manifest.Subject == nil || manifest.Subject.Digest != artifact.Digest {
		return nil, refusal.New(refusal.Subject, "%s refers to something else than %s", candidate.Digest, artifact.Digest)
	}
	if len(manifest.Layers) != 1 || manifest.Layers[0].MediaType != sigstoreType {
		return nil, refusal.New(refusal.OCIArtifact, "%s is no attestation", candidate.Digest)
	}
	text, err := r.fetch(ctx, manifest.Layers[0], maxDocumentBytes)
	if err != nil {
		return nil, err
	}
	return openAttestation(text, artifact, predicateType, key)
}

// openAttestation verifies an attestation that cosign or onelayer wrote.
func openAttestation(text []byte, artifact ocispec.Descriptor, predicateType string, key signing.PublicKey) (json.RawMessage, error) {
	var signed sigstoreBundle
	if err := strictjson.Lenient("attestation", text, &signed); err != nil {
		return nil, err
	}
	payload, err := signing.OpenEnvelope("attestation", payloadType, signed.DSSEEnvelope, key)
	if err != nil {
		return nil, err
	}
	var about struct {
		Type          string          `json:"_type"`
		Subject       []subject       `json:"subject"`
		PredicateType string          `json:"predicateType"`
		Predicate     json.RawMessage `json:"predicate"`
	}
	if err := strictjson.Lenient("statement", payload, &about); err != nil {
		return nil, err
	}
	if about.Type != statementType || about.PredicateType != predicateType {
		return nil, refusal.New(refusal.PredicateType, "the statement is a %.120q, wanted is %q", about.PredicateType, predicateType)
	}
	if len(about.Subject) != 1 || about.Subject[0].Digest["sha256"] != artifact.Digest.Encoded() {
		return nil, refusal.New(refusal.Subject, "the statement is not about %s alone", artifact.Digest)
	}
	return about.Predicate, nil
}

// Source says what an artifact was built from, for its provenance.
type Source struct {
	// Repository and Commit are where the policies came from, Builder who built, Invocation the run.
	Repository, Commit, Builder, Invocation string
	// Versions are those of the tools.
	Versions map[string]string
	// Files are what was packed: name to SHA-256.
	Files map[string]string
}

// buildType names how onelayer builds.
const buildType = "https://github.com/onelayer/onelayer/blob/main/docs/bundles.md#provenance"

// byHand is the builder where nobody is named: a machine for which no build platform vouches. SLSA demands a URI
// (https://slsa.dev/spec/v1.1/provenance#runDetails).
const byHand = buildType + "-by-hand"

// Provenance is the predicate of SLSA for an artifact that onelayer built.
func Provenance(source Source) any {
	resolved := []any{}
	if source.Repository != "" {
		dependency := map[string]any{"uri": "git+" + strings.TrimPrefix(source.Repository, "git+")}
		if source.Commit != "" {
			dependency["digest"] = map[string]string{"gitCommit": source.Commit}
		}
		resolved = append(resolved, dependency)
	}
	for _, name := range slices.Sorted(maps.Keys(source.Files)) {
		resolved = append(resolved, map[string]any{"name": name, "digest": map[string]string{"sha256": source.Files[name]}})
	}
	run := map[string]any{"builder": map[string]any{"id": cmp.Or(source.Builder, byHand), "version": source.Versions}}
	if source.Invocation != "" {
		run["metadata"] = map[string]any{"invocationId": source.Invocation}
	}
	return map[string]any{
		"buildDefinition": map[string]any{
			"buildType": buildType, "externalParameters": map[string]any{"repository": source.Repository, "commit": source.Commit},
			"resolvedDependencies": resolved,
		},
		"runDetails": run,
	}
}
