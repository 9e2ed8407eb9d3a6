package signing

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// Envelope is a signed statement (DSSE, https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md).
type Envelope struct {
	Payload     string              `json:"payload"`
	PayloadType string              `json:"payloadType"`
	Signatures  []EnvelopeSignature `json:"signatures"`
}

// EnvelopeSignature is one signature; KeyID is that of PublicKey.
type EnvelopeSignature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"`
}

// maxEnvelopeBytes and maxSignatures bound an envelope before it is read.
const (
	maxEnvelopeBytes = 256 << 10
	maxSignatures    = 16
)

// Seal signs a payload with each key and gives the envelope, ordered by key.
func Seal(payloadType string, payload []byte, keys ...*PrivateKey) ([]byte, error) {
	envelope := Envelope{Payload: base64.StdEncoding.EncodeToString(payload), PayloadType: payloadType}
	for _, key := range keys {
		signature, err := key.signDER(authenticated(payloadType, payload))
		if err != nil {
			return nil, err
		}
		envelope.Signatures = append(envelope.Signatures, EnvelopeSignature{key.public.ID, base64.StdEncoding.EncodeToString(signature)})
	}
	slices.SortFunc(envelope.Signatures, func(a, b EnvelopeSignature) int { return strings.Compare(a.KeyID, b.KeyID) })
	return strictjson.Marshal(envelope)
}

// Sealed is an envelope that was read, with its signatures not yet verified.
type Sealed struct {
	PayloadType string
	Payload     []byte
	signatures  []EnvelopeSignature
}

// ReadEnvelope reads an envelope of this type; what names it in errors. There is one text for each envelope: changing a
// byte of it makes another one, or none.
func ReadEnvelope(what, payloadType string, text []byte) (*Sealed, error) {
	if len(text) > maxEnvelopeBytes {
		return nil, refusal.New(refusal.TooLarge, "%s has %d bytes, allowed are %d", what, len(text), maxEnvelopeBytes)
	}
	var envelope Envelope
	if err := strictjson.Unmarshal(what, text, &envelope); err != nil {
		return nil, err
	}
	if envelope.PayloadType != payloadType {
		return nil, refusal.New(refusal.PayloadType, "%s is of the type %.80q, wanted is %q", what, envelope.PayloadType, payloadType)
	}
	payload, ok := decodeBase64(base64.StdEncoding, envelope.Payload)
	if !ok {
		return nil, refusal.New(refusal.SignatureForm, "%s: the payload is no base64 in its only form", what)
	}
	sealed := &Sealed{PayloadType: payloadType, Payload: payload, signatures: envelope.Signatures}
	return sealed, sealed.check(what)
}

func (s *Sealed) check(what string) error {
	if n := len(s.signatures); n == 0 || n > maxSignatures {
		return refusal.New(refusal.SignatureCount, "%s carries %d signatures, allowed are 1 to %d", what, n, maxSignatures)
	}
	for i, signature := range s.signatures {
		if i > 0 && signature.KeyID <= s.signatures[i-1].KeyID {
			return refusal.New(refusal.SignatureCount, "%s: signatures are not ordered by different keys", what)
		}
		if _, ok := decodeBase64(base64.StdEncoding, signature.Sig); !ok {
			return refusal.New(refusal.SignatureForm, "%s: signature %d is no base64 in its only form", what, i+1)
		}
	}
	return nil
}

// Signers gives the ids of those of the keys whose signature holds. A signature of one of the keys that does not hold is an
// error; signatures of other keys count for nothing.
func (s *Sealed) Signers(what string, keys map[string]PublicKey) ([]string, error) {
	message := authenticated(s.PayloadType, s.Payload)
	var signers []string
	for _, signature := range s.signatures {
		key, known := keys[signature.KeyID]
		if !known {
			continue
		}
		bits, _ := decodeBase64(base64.StdEncoding, signature.Sig)
		if !key.verifyDER(message, bits) {
			return nil, refusal.New(refusal.SignatureWrong, "%s: the signature of key %s does not hold", what, signature.KeyID)
		}
		signers = append(signers, signature.KeyID)
	}
	return signers, nil
}

// OpenEnvelope gives the payload of an envelope that one key signed, as other tools write it: with another id for the key, or
// none.
func OpenEnvelope(what, payloadType string, envelope Envelope, key PublicKey) ([]byte, error) {
	if envelope.PayloadType != payloadType {
		return nil, refusal.New(refusal.PayloadType, "%s is of the type %.80q, wanted is %q", what, envelope.PayloadType, payloadType)
	}
	if len(envelope.Signatures) != 1 {
		return nil, refusal.New(refusal.SignatureCount, "%s carries %d signatures, not one", what, len(envelope.Signatures))
	}
	payload, ok := decodeBase64(base64.StdEncoding, envelope.Payload)
	bits, valid := decodeBase64(base64.StdEncoding, envelope.Signatures[0].Sig)
	if !ok || !valid {
		return nil, refusal.New(refusal.SignatureForm, "%s: payload or signature is no base64 in its only form", what)
	}
	if !key.verifyDER(authenticated(payloadType, payload), bits) {
		return nil, refusal.New(refusal.SignatureWrong, "%s: the signature of key %s does not hold", what, key.ID)
	}
	return payload, nil
}

// KeyIDs lists who claims to have signed.
func (s *Sealed) KeyIDs() []string {
	ids := make([]string, len(s.signatures))
	for i, signature := range s.signatures {
		ids[i] = signature.KeyID
	}
	return ids
}

// authenticated is what is signed (PAE, https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md).
func authenticated(payloadType string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}

// decodeBase64 refuses everything but the text that encoding the result gives.
func decodeBase64(encoding *base64.Encoding, text string) ([]byte, bool) {
	decoded, err := encoding.Strict().DecodeString(text)
	if err != nil || !bytes.Equal(encoding.AppendEncode(nil, decoded), []byte(text)) {
		return nil, false
	}
	return decoded, true
}
