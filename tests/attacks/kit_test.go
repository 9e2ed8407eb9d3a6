package attacks

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/keys"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/bundle"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

// keyID is how the key of bundles is called.
const keyID = "k"

var scope = signing.Scope("onelayer", bundle.OPA, "stable")

// kit builds archives that no honest program would write, signed with a true key unless an attack says otherwise.
type kit struct {
	t      testing.TB
	signer crypto.Signer
	key    *signing.PrivateKey
}

func newKit(t testing.TB, algorithm signing.Algorithm) *kit {
	t.Helper()
	k := &kit{t: t, signer: signingtest.Signer(t, algorithm)}
	var err error
	k.key, err = signing.NewPrivateKey(k.signer)
	require.NoError(t, err)
	return k
}

// repeatable is a kit whose key is the same in every process that fuzzes, made of a word instead of chance.
func repeatable(t testing.TB) *kit {
	t.Helper()
	sum := sha256.Sum256([]byte("fuzz"))
	signer, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
	require.NoError(t, err)
	k := &kit{t: t, signer: signer}
	k.key, err = signing.NewPrivateKey(signer)
	require.NoError(t, err)
	return k
}

// parts is an archive in the making.
type parts struct {
	// entries are what the first member holds; names and data may be anything.
	entries []tar.Header
	data    [][]byte
	// header and claims are those of the token; a nil value leaves a claim out.
	header, claims map[string]any
	// token replaces the token, signatures the whole file of signatures.
	token      func(header, claims string) string
	signatures []byte
	// body and tail change the packed members.
	body, tail func([]byte) []byte
	unsigned   bool
}

// honest is the bundle that attacks start from.
func (k *kit) honest() *parts { return k.of(signingtest.Content()) }

func (k *kit) of(content bundle.Content) *parts {
	k.t.Helper()
	p := &parts{}
	for _, file := range signingtest.Archive(k.t, content).Entries() {
		p.add(file.Name, string(file.Data))
	}
	return p
}

func plain(name string, size int) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(size), Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
}

func (p *parts) add(name, data string) *parts {
	p.entries = append(p.entries, plain(name, len(data)))
	p.data = append(p.data, []byte(data))
	return p
}

// insert adds a file where the order of names wants it.
func (p *parts) insert(name, data string) *parts {
	at := 0
	for at < len(p.entries) && p.entries[at].Name < name {
		at++
	}
	p.entries = append(p.entries[:at], append([]tar.Header{plain(name, len(data))}, p.entries[at:]...)...)
	p.data = append(p.data[:at], append([][]byte{[]byte(data)}, p.data[at:]...)...)
	return p
}

// replace changes the text of a file.
func (p *parts) replace(name, old, new string) *parts {
	for i := range p.entries {
		if p.entries[i].Name == name {
			p.data[i] = []byte(strings.ReplaceAll(string(p.data[i]), old, new))
			p.entries[i].Size = int64(len(p.data[i]))
		}
	}
	return p
}

// claim sets a claim of the token.
func (p *parts) claim(name string, value any) *parts {
	if p.claims == nil {
		p.claims = map[string]any{}
	}
	p.claims[name] = value
	return p
}

// head sets a field of the token's header.
func (p *parts) head(name string, value any) *parts {
	if p.header == nil {
		p.header = map[string]any{}
	}
	p.header[name] = value
	return p
}

// pack builds the archive.
func (k *kit) pack(p *parts) []byte {
	k.t.Helper()
	body := compress(k.t, k.tar(p))
	if p.body != nil {
		body = p.body(body)
	}
	if p.signatures == nil && !p.unsigned {
		p.signatures = k.sign(p, body)
	}
	tail := k.tail(p.signatures)
	if p.tail != nil {
		tail = p.tail(tail)
	}
	return append(body, tail...)
}

// tar writes the entries, without an end.
func (k *kit) tar(p *parts) []byte {
	k.t.Helper()
	var out bytes.Buffer
	for i := range p.entries {
		writer := tar.NewWriter(&out)
		require.NoError(k.t, writer.WriteHeader(&p.entries[i]))
		_, err := writer.Write(p.data[i])
		require.NoError(k.t, err)
		require.NoError(k.t, writer.Flush())
	}
	return out.Bytes()
}

func compress(t testing.TB, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	writer, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	require.NoError(t, err)
	_, err = writer.Write(text)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return out.Bytes()
}

// tail is the second member with these signatures: what an honest archive has behind its first one.
func (k *kit) tail(signatures []byte) []byte {
	k.t.Helper()
	archive := signingtest.Archive(k.t, signingtest.Content())
	bare, err := archive.Bytes()
	require.NoError(k.t, err)
	whole, err := archive.WithSignatures(signatures).Bytes()
	require.NoError(k.t, err)
	const bareTail = 10 + 5 + 1024 + 8
	return whole[len(bare)-bareTail:]
}

// sign makes the file of signatures.
func (k *kit) sign(p *parts, body []byte) []byte {
	header := map[string]any{"alg": k.key.Public().Algorithm, "kid": keyID, "typ": "JWT"}
	claims := map[string]any{"archive": "sha256:" + hash(body), "files": p.files(), "scope": scope}
	for into, from := range map[*map[string]any]map[string]any{&header: p.header, &claims: p.claims} {
		for name, value := range from {
			(*into)[name] = value
			if value == nil {
				delete(*into, name)
			}
		}
	}
	make := p.token
	if make == nil {
		make = k.token
	}
	return []byte(canonical(map[string]any{"signatures": []string{make(canonical(header), canonical(claims))}}))
}

// files is the list of files as OPA wants it.
func (p *parts) files() []map[string]string {
	files := []map[string]string{}
	for i, header := range p.entries {
		if header.Typeflag == tar.TypeReg {
			files = append(files, map[string]string{"algorithm": "SHA-256", "hash": hash(p.data[i]), "name": header.Name})
		}
	}
	return files
}

// token signs header and claims with the kit's key.
func (k *kit) token(header, claims string) string {
	message := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	return message + "." + base64.RawURLEncoding.EncodeToString(k.bits(message))
}

func (k *kit) bits(message string) []byte {
	sum := sha256.Sum256([]byte(message))
	if key, ok := k.signer.(*ecdsa.PrivateKey); ok {
		der, err := key.Sign(nil, sum[:], crypto.SHA256)
		require.NoError(k.t, err)
		var numbers struct{ R, S *big.Int }
		_, err = asn1.Unmarshal(der, &numbers)
		require.NoError(k.t, err)
		return append(fixed(numbers.R), fixed(numbers.S)...)
	}
	bits, err := k.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
	require.NoError(k.t, err)
	return bits
}

func fixed(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func canonical(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("canonical: %v", err)) // the values are made above
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// verify is onelayer's reader.
func (k *kit) verify(packed []byte) error {
	archive, err := bundle.Read(packed, bundle.DefaultLimits())
	if err != nil {
		return err
	}
	if err := archive.Expect("onelayer", bundle.OPA); err != nil {
		return err
	}
	if _, err := signing.VerifyBundle(archive, signing.BundleKeys{keyID: k.key.Public()}, scope); err != nil {
		return err
	}
	return archive.CheckFiles(nil)
}

// strict is how strictly OPA can be set up: one key, by its name, and a scope.
func (k *kit) strict() *opabundle.VerificationConfig {
	return opabundle.NewVerificationConfig(map[string]*keys.Config{keyID: k.config()}, keyID, scope, nil)
}

func (k *kit) config() *keys.Config {
	return &keys.Config{Key: string(k.key.Public().PEM()), Algorithm: string(k.key.Public().Algorithm)}
}

// opa is OPA's own reader. A panic counts as a refusal, because OPA does not activate what its reader does not return.
func (k *kit) opa(packed []byte, config *opabundle.VerificationConfig) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v", broken)
		}
	}()
	_, err = opabundle.NewReader(bytes.NewReader(packed)).WithBundleVerificationConfig(config).WithSizeLimitBytes(1 << 20).Read()
	return err
}

// withFile changes the honest file of signatures.
func (k *kit) withFile(change func(file map[string]any)) []byte {
	p := k.honest()
	var file map[string]any
	require.NoError(k.t, json.Unmarshal(k.sign(p, compress(k.t, k.tar(p))), &file))
	change(file)
	p.signatures = []byte(canonical(file))
	return k.pack(p)
}

// reseal states the true revision in the manifest of an attack, as its author would.
func (k *kit) reseal(p *parts) *parts {
	k.t.Helper()
	manifest := k.manifestOf(p)
	manifest["revision"] = ""
	sum := sha256.New()
	k.setManifest(p, canonical(manifest))
	for i, header := range p.entries {
		fmt.Fprintf(sum, "%s\n%d\n", header.Name, len(p.data[i]))
		sum.Write(p.data[i])
	}
	manifest["revision"] = hex.EncodeToString(sum.Sum(nil))
	k.setManifest(p, canonical(manifest))
	return p
}

// resealAny makes a whole manifest of one that has revision and roots alone.
func (k *kit) resealAny(p *parts) *parts {
	manifest := k.manifestOf(p)
	manifest["metadata"] = map[string]any{"library": "test", "name": "onelayer", "target": "opa"}
	manifest["rego_version"] = 1
	k.setManifest(p, canonical(manifest))
	return k.reseal(p)
}

func (k *kit) manifestOf(p *parts) map[string]any {
	k.t.Helper()
	var manifest map[string]any
	for i, header := range p.entries {
		if header.Name == ".manifest" {
			require.NoError(k.t, json.Unmarshal(p.data[i], &manifest))
		}
	}
	require.NotNil(k.t, manifest)
	return manifest
}

func (k *kit) setManifest(p *parts, text string) {
	for i := range p.entries {
		if p.entries[i].Name == ".manifest" {
			p.data[i] = []byte(text)
			p.entries[i].Size = int64(len(text))
		}
	}
}

// sortEntries puts entries in the order of their names.
func (k *kit) sortEntries(p *parts) {
	sorted := &parts{}
	for i := range p.entries {
		sorted.insert(p.entries[i].Name, string(p.data[i]))
	}
	p.entries, p.data = sorted.entries, sorted.data
}

func hexOf(text []byte) string { return hex.EncodeToString(text) }
