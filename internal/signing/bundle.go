package signing

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// signatures is the content of bundle.SignaturesFile
// (https://www.openpolicyagent.org/docs/management-bundles#signature-format).
type signatures struct {
	Signatures []string `json:"signatures"`
}

// header is the protected header of the only JWT.
type header struct {
	Algorithm Algorithm `json:"alg"`
	KeyID     string    `json:"kid"`
	Type      string    `json:"typ"`
}

// claims are what the JWT says. OPA reads files and scope; Archive is the hash of the archive's bytes before the
// signatures, which pins the bytes and not only the files.
type claims struct {
	Archive string       `json:"archive"`
	Files   []signedFile `json:"files"`
	Scope   string       `json:"scope"`
}

type signedFile struct {
	Algorithm string `json:"algorithm"`
	Hash      string `json:"hash"`
	Name      string `json:"name"`
}

const (
	tokenType     = "JWT"
	hashAlgorithm = "SHA-256"
	archivePrefix = "sha256:"
	// maxSignaturesBytes bounds the file of signatures before it is read.
	maxSignaturesBytes = 512 << 10
)

// Scope binds a bundle to its name, target and channel: OPA refuses a bundle of another scope than its configuration
// states, and with that also a token that was made for something else than a bundle.
func Scope(name string, target bundle.Target, channel string) string {
	return "onelayer/" + name + "-" + string(target) + "/" + channel
}

// SignBundle puts the signature of a key into a bundle, in place of any other. keyID is the name by which OPA's
// configuration knows the key, the key's own id if it is empty.
func SignBundle(archive *bundle.Archive, key *PrivateKey, keyID, scope string) (*bundle.Archive, error) {
	if key.public.Algorithm == EdDSA {
		return nil, refusal.New(refusal.Algorithm, "OPA reads no Ed25519 signature in a bundle")
	}
	if scope == "" {
		return nil, refusal.New(refusal.Scope, "a bundle without a scope could stand for any other")
	}
	if keyID == "" {
		keyID = key.public.ID
	}
	token, err := signToken(header{key.public.Algorithm, keyID, tokenType}, claims{
		Archive: archivePrefix + archive.BodyDigest(), Files: filesOf(archive), Scope: scope,
	}, key)
	if err != nil {
		return nil, fmt.Errorf("sign bundle: %w", err)
	}
	text, err := strictjson.Marshal(signatures{Signatures: []string{token}})
	if err != nil {
		return nil, fmt.Errorf("sign bundle: %w", err)
	}
	return archive.WithSignatures(text), nil
}

func signToken(head header, body claims, key *PrivateKey) (string, error) {
	parts := make([]string, 0, 3)
	for _, part := range []any{head, body} {
		text, err := strictjson.Marshal(part)
		if err != nil {
			return "", err
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	signature, err := key.sign([]byte(strings.Join(parts, ".")))
	if err != nil {
		return "", err
	}
	return strings.Join(append(parts, base64.RawURLEncoding.EncodeToString(signature)), "."), nil
}

// filesOf lists what a signature must name. Structured files are canonical, so that OPA's hash of their content is that of
// their bytes.
func filesOf(archive *bundle.Archive) []signedFile {
	var files []signedFile
	for _, file := range archive.Entries() {
		sum := sha256.Sum256(file.Data)
		files = append(files, signedFile{Algorithm: hashAlgorithm, Hash: hex.EncodeToString(sum[:]), Name: file.Name})
	}
	return files
}

// BundleKeys are the keys that may sign bundles, by the id that a signature names.
type BundleKeys map[string]PublicKey

// VerifyBundle checks the signature in a bundle: one token, by one of the keys, for this scope, over exactly these files
// and bytes. It gives the id of the key.
func VerifyBundle(archive *bundle.Archive, keys BundleKeys, scope string) (string, error) {
	head, body, err := openToken(archive.Signatures, keys)
	if err != nil {
		return "", err
	}
	if body.Scope != scope || scope == "" {
		return "", refusal.New(refusal.Scope, "the bundle is signed for scope %.120q, wanted is %q", body.Scope, scope)
	}
	if err := compareFiles(body.Files, filesOf(archive)); err != nil {
		return "", err
	}
	if body.Archive != archivePrefix+archive.BodyDigest() {
		return "", refusal.New(refusal.BodyHash, "the packed bytes are not those that were signed")
	}
	return head.KeyID, nil
}

// PeekScope reads for which scope a bundle is signed, without verifying it: good enough to notice a mistake of one's own.
func PeekScope(archive *bundle.Archive) (string, error) {
	parts, err := splitToken(archive.Signatures)
	if err != nil {
		return "", err
	}
	text, ok := decodeBase64(base64.RawURLEncoding, parts[1])
	if !ok {
		return "", refusal.New(refusal.SignatureForm, "%s: part 2 of the token is no base64url in its only form", bundle.SignaturesFile)
	}
	var body claims
	err = strictjson.Unmarshal("claims of the token", text, &body)
	return body.Scope, err
}

// openToken finds the token, verifies its signature and then reads its claims.
func openToken(text []byte, keys BundleKeys) (head header, body claims, err error) {
	parts, err := splitToken(text)
	if err != nil {
		return header{}, claims{}, err
	}
	var decoded [3][]byte
	for i, part := range parts {
		bits, ok := decodeBase64(base64.RawURLEncoding, part)
		if !ok {
			return header{}, claims{}, refusal.New(refusal.SignatureForm, "%s: part %d of the token is no base64url in its only form", bundle.SignaturesFile, i+1)
		}
		decoded[i] = bits
	}
	if err := strictjson.Unmarshal("header of the token", decoded[0], &head); err != nil {
		return header{}, claims{}, err
	}
	key, known := keys[head.KeyID]
	switch {
	case !known:
		return header{}, claims{}, refusal.New(refusal.KeyUnknown, "the bundle is signed by key %.80q, which is none of those given", head.KeyID)
	case head.Algorithm != key.Algorithm || key.Algorithm == EdDSA || head.Type != tokenType:
		return header{}, claims{}, refusal.New(refusal.Algorithm, "the token states %.20q and type %.20q, the key signs with %s", head.Algorithm, head.Type, key.Algorithm)
	case !key.verify([]byte(parts[0]+"."+parts[1]), decoded[2]):
		return header{}, claims{}, refusal.New(refusal.SignatureWrong, "the signature of key %.80q does not hold", head.KeyID)
	}
	return head, body, strictjson.Unmarshal("claims of the token", decoded[1], &body)
}

// splitToken finds the three parts of the only token.
func splitToken(text []byte) ([]string, error) {
	if text == nil {
		return nil, refusal.New(refusal.NotSigned, "the bundle holds no %s", bundle.SignaturesFile)
	}
	if len(text) > maxSignaturesBytes {
		return nil, refusal.New(refusal.TooLarge, "%s has %d bytes, allowed are %d", bundle.SignaturesFile, len(text), maxSignaturesBytes)
	}
	var list signatures
	if err := strictjson.Unmarshal(bundle.SignaturesFile, text, &list); err != nil {
		return nil, err
	}
	if len(list.Signatures) != 1 {
		return nil, refusal.New(refusal.SignatureCount, "%s holds %d tokens, not one", bundle.SignaturesFile, len(list.Signatures))
	}
	parts := strings.Split(list.Signatures[0], ".")
	if len(parts) != 3 {
		return nil, refusal.New(refusal.SignatureForm, "%s: the token has %d parts, not three", bundle.SignaturesFile, len(parts))
	}
	return parts, nil
}

// compareFiles refuses a list of files that is not exactly that of the archive.
func compareFiles(signed, held []signedFile) error {
	if len(signed) == 0 {
		return refusal.New(refusal.FileListEmpty, "the signature names no file")
	}
	byName := map[string]signedFile{}
	for _, file := range signed {
		if _, twice := byName[file.Name]; twice {
			return refusal.New(refusal.FileListDuplicate, "the signature names %.120q twice", file.Name)
		}
		if file.Algorithm != hashAlgorithm {
			return refusal.New(refusal.HashAlgorithm, "the signature hashes %.120q with %.20q, not %s", file.Name, file.Algorithm, hashAlgorithm)
		}
		byName[file.Name] = file
	}
	for _, file := range held {
		listed, found := byName[file.Name]
		if !found {
			return refusal.New(refusal.FileListMissing, "the signature does not name %s", file.Name)
		}
		if listed.Hash != file.Hash {
			return refusal.New(refusal.HashWrong, "%s is not the file that was signed", file.Name)
		}
		delete(byName, file.Name)
	}
	for name := range byName {
		return refusal.New(refusal.FileListExtra, "the signature names %.120q, which the bundle does not hold", name)
	}
	return nil
}
