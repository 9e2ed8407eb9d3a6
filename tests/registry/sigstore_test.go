package registry

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cosignVariable names the file of a cosign program, which then judges too. Building one takes so long that nothing here does.
const cosignVariable = "ONELAYER_COSIGN"

// The types of statements, and what cosign verify-attestation calls them.
const (
	signatureType  = "https://sigstore.dev/cosign/sign/v1"
	provenanceType = "https://slsa.dev/provenance/v1"
	partsType      = "https://cyclonedx.org/bom"
	sigstoreType   = types.MediaType("application/vnd.dev.sigstore.bundle.v0.3+json")
)

var cosignNames = map[string]string{provenanceType: "slsaprovenance1", partsType: "cyclonedx"}

// judge verifies that a key made a statement of this type about the artifact with this digest.
type judge func(w *workshop, digest, predicateType, key string) error

// judges are the programs and libraries that verify what onelayer signs.
func judges() map[string]judge {
	all := map[string]judge{"sigstore-go": sigstore}
	if os.Getenv(cosignVariable) != "" {
		all["cosign"] = cosign
	}
	return all
}

// TestSigstore lets others than onelayer judge what onelayer signs.
func TestSigstore(t *testing.T) {
	each(t, func(t *testing.T, h host) {
		w := newWorkshop(t, h)
		signed := w.release("1")
		w.runs(w.push("--key", "cosign.pem")...)
		changed := w.change(signed)
		text := w.statement(signed, signatureType)
		for name, verifies := range judges() {
			t.Run(name, func(t *testing.T) {
				w := w.at(t)
				for _, kind := range []string{signatureType, provenanceType, partsType} {
					require.NoError(t, verifies(w, signed, kind, "cosign.pub"), kind)
					require.Error(t, verifies(w, signed, kind, "bundle.pub"), "another key, %s", kind)
				}
			})
		}
		if program := os.Getenv(cosignVariable); program != "" {
			t.Run("signed by cosign", func(t *testing.T) { newWorkshop(t, h).signedBy(program) })
		}
		for _, attack := range []struct {
			name, refused string
			attach        func()
		}{
			{"artifact with a changed byte", "no (statement of type|signatures found)", func() {}},
			{"signature of another artifact", "digest does not match any digest in statement", func() { w.attach(changed, text) }},
			{"signature whose statement was changed too", "accepted signatures do not match threshold", func() { w.attach(changed, forge(t, text, signed, changed)) }},
		} {
			t.Run(attack.name, func(t *testing.T) {
				attack.attach()
				for judge, verifies := range judges() {
					err := verifies(w.at(t), changed, signatureType, "cosign.pub")
					require.Error(t, err, judge)
					require.Regexp(t, attack.refused, err.Error(), judge)
				}
			})
		}
	})
}

// TestSigstoreWants tells a signature from any other statement, and takes the one that is moved to where it belongs.
func TestSigstoreWants(t *testing.T) {
	w := newWorkshop(t, lister(t))
	digest := w.release("1")
	w.runs(w.push("--key", "cosign.pem")...)
	text := w.statement(digest, signatureType)

	bare := newWorkshop(t, lister(t))
	for _, file := range []string{"onelayer-opa.tar.gz", "onelayer-opa.release.json", "onelayer-opa.timestamp.json", "cosign.pub"} {
		bare.write(file, w.read(file))
	}
	bare.runs(bare.push()...)
	for judge, verifies := range judges() {
		require.Error(t, verifies(bare, digest, signatureType, "cosign.pub"), judge)
	}
	bare.attach(digest, text)
	for judge, verifies := range judges() {
		require.NoError(t, verifies(bare, digest, signatureType, "cosign.pub"), judge)
		require.Error(t, verifies(bare, digest, provenanceType, "cosign.pub"), judge)
	}
}

// signedBy lets cosign sign an artifact that onelayer pushed, and onelayer verify it.
func (w *workshop) signedBy(program string) {
	digest := w.release("1")
	w.runs(w.push()...)
	for _, args := range [][]string{
		{"import-key-pair", "--key", "cosign.pem", "--output-key-prefix", "imported"},
		{"sign", "--yes", "--key", "imported.key", "--tlog-upload=false", "--use-signing-config=false", w.host.image("@" + digest)},
	} {
		result := w.run(program, args...)
		require.Zero(w.t, result.Code, result.Stderr)
	}
	verified := []string{"verify", w.host.reference(":stable"), "--keyring", "keyring.json", "--channel", "stable", "--plain-http", "--cosign-key"}
	assert.Contains(w.t, w.runs(append(verified, "cosign.pub")...), "version 1")
	w.fails("refused (signature-wrong)", append(verified, "bundle.pub")...)
}

// cosign asks the real program, without any network but the registry.
func cosign(w *workshop, digest, predicateType, key string) error {
	args := []string{"verify"}
	if predicateType != signatureType {
		args = []string{"verify-attestation", "--type", cosignNames[predicateType]}
	}
	result := w.run(os.Getenv(cosignVariable), append(args, "--key", key, "--insecure-ignore-tlog=true", w.host.image("@"+digest))...)
	if result.Code != 0 {
		return fmt.Errorf("cosign %v: exit code %d: %s", args, result.Code, result.Stderr)
	}
	return nil
}

// sigstore asks the library that cosign verifies with.
func sigstore(w *workshop, digest, predicateType, file string) error {
	verifier, err := verify.NewVerifier(trust(w, file), verify.WithNoObserverTimestamps())
	require.NoError(w.t, err)
	sum, err := hex.DecodeString(strings.TrimPrefix(digest, "sha256:"))
	require.NoError(w.t, err)
	policy := verify.NewPolicy(verify.WithArtifactDigest("sha256", sum), verify.WithKey())
	failed := []error{errors.New("no statement of type " + predicateType)}
	for _, text := range w.statements(digest) {
		var signed bundle.Bundle
		if err := signed.UnmarshalJSON(text); err != nil {
			failed = append(failed, err)
			continue
		}
		result, err := verifier.Verify(&signed, policy)
		if err == nil && result.Statement.PredicateType == predicateType {
			return nil
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// trust takes one public key for every signature.
func trust(w *workshop, file string) root.TrustedMaterial {
	block, _ := pem.Decode([]byte(w.read(file)))
	require.NotNil(w.t, block)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(w.t, err)
	verifier, err := signature.LoadVerifier(key, crypto.SHA256)
	require.NoError(w.t, err)
	return root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		return root.NewExpiringKey(verifier, time.Time{}, time.Time{}), nil
	})
}

// reach gives the reference to a digest, and how to ask the registry for it.
func (w *workshop) reach(digest string) (name.Digest, remote.Option) {
	ref, err := name.NewDigest(w.host.image("@"+digest), name.Insecure)
	require.NoError(w.t, err)
	if w.host.user == "" {
		return ref, remote.WithAuth(authn.Anonymous)
	}
	return ref, remote.WithAuth(&authn.Basic{Username: w.host.user, Password: w.host.password})
}

// statements gets every Sigstore bundle that refers to an artifact.
func (w *workshop) statements(digest string) (texts [][]byte) {
	ref, access := w.reach(digest)
	index, err := remote.Referrers(ref, access)
	require.NoError(w.t, err)
	list, err := index.IndexManifest()
	require.NoError(w.t, err)
	for _, one := range list.Manifests {
		image, err := remote.Image(ref.Digest(one.Digest.String()), access)
		require.NoError(w.t, err)
		layers, err := image.Layers()
		require.NoError(w.t, err)
		media, err := layers[0].MediaType()
		require.NoError(w.t, err)
		if media != sigstoreType {
			continue
		}
		blob, err := layers[0].Compressed()
		require.NoError(w.t, err)
		var text bytes.Buffer
		_, err = text.ReadFrom(blob)
		require.NoError(w.t, errors.Join(err, blob.Close()))
		texts = append(texts, text.Bytes())
	}
	return texts
}

// statement gets the one Sigstore bundle with this type of statement.
func (w *workshop) statement(digest, predicateType string) []byte {
	for _, text := range w.statements(digest) {
		var signed bundle.Bundle
		require.NoError(w.t, signed.UnmarshalJSON(text))
		content, err := signed.Envelope()
		require.NoError(w.t, err)
		about, err := content.Statement()
		require.NoError(w.t, err)
		if about.PredicateType == predicateType {
			return text
		}
	}
	w.t.Fatalf("no %s about %s", predicateType, digest)
	return nil
}

// attach lets a Sigstore bundle refer to an artifact, whatever it says.
func (w *workshop) attach(digest string, text []byte) {
	w.t.Helper()
	ref, access := w.reach(digest)
	subject, err := remote.Head(ref, access)
	require.NoError(w.t, err)
	image, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1), static.NewLayer(text, sigstoreType))
	require.NoError(w.t, err)
	image = mutate.ConfigMediaType(image, sigstoreType)
	attached := mutate.Subject(image, *subject).(v1.Image)
	sum, err := attached.Digest()
	require.NoError(w.t, err)
	require.NoError(w.t, remote.Write(ref.Digest(sum.String()), attached, access))
}

// change publishes the same artifact with another annotation, and gives its digest.
func (w *workshop) change(digest string) string {
	w.t.Helper()
	ref, access := w.reach(digest)
	image, err := remote.Image(ref, access)
	require.NoError(w.t, err)
	other := mutate.Annotations(image, map[string]string{"org.opencontainers.image.revision": "changed"}).(v1.Image)
	sum, err := other.Digest()
	require.NoError(w.t, err)
	require.NotEqual(w.t, digest, sum.String())
	require.NoError(w.t, remote.Write(ref.Digest(sum.String()), other, access))
	return sum.String()
}

// forge lets a signed statement name another artifact, under the signature that it has.
func forge(t *testing.T, text []byte, from, to string) []byte {
	t.Helper()
	var signed struct {
		MediaType            string          `json:"mediaType"`
		VerificationMaterial json.RawMessage `json:"verificationMaterial"`
		Envelope             struct {
			Payload     []byte            `json:"payload"`
			PayloadType string            `json:"payloadType"`
			Signatures  []json.RawMessage `json:"signatures"`
		} `json:"dsseEnvelope"`
	}
	require.NoError(t, json.Unmarshal(text, &signed))
	payload := bytes.ReplaceAll(signed.Envelope.Payload, []byte(strings.TrimPrefix(from, "sha256:")), []byte(strings.TrimPrefix(to, "sha256:")))
	require.NotEqual(t, signed.Envelope.Payload, payload)
	signed.Envelope.Payload = payload
	forged, err := json.Marshal(signed)
	require.NoError(t, err)
	return forged
}
