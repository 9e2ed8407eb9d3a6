package signing

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
)

// maxKeyBytes is more than the largest key needs.
const maxKeyBytes = 64 << 10

// Places say where keys are read from beside files.
type Places struct {
	Stdin  io.Reader
	Getenv func(name string) string
	// Warn is told that others can read the file of a private key; nil tells nobody.
	Warn func(message string)
}

// envPrefix marks the name of an environment variable that holds a key.
const envPrefix = "env:"

// ReadPrivate reads a private key from a file with PEM, from an environment variable (env:NAME) or from standard input (-).
func (p Places) ReadPrivate(place string) (*PrivateKey, error) {
	block, err := p.read(place)
	if err != nil {
		return nil, err
	}
	signer, err := parsePrivate(block)
	if err != nil {
		return nil, refusal.New(refusal.KeyUnusable, "%s: %v", place, err)
	}
	key, err := NewPrivateKey(signer)
	if err == nil {
		p.warnOfReaders(place)
	}
	return key, at(place, err)
}

// readableByOthers is the bit of a file's mode that lets everybody on the machine read it.
const readableByOthers = 0o004

// warnOfReaders says that a private key is no secret on this machine. On Windows modes say nothing.
func (p Places) warnOfReaders(place string) {
	if p.Warn == nil || place == "-" || strings.HasPrefix(place, envPrefix) || runtime.GOOS == "windows" {
		return
	}
	if info, err := os.Stat(place); err == nil && info.Mode().IsRegular() && info.Mode()&readableByOthers != 0 {
		p.Warn(fmt.Sprintf("everybody on this machine can read the private key %s: run chmod 600 %s", place, place))
	}
}

// ReadPublic is ReadPrivate for the public key.
func (p Places) ReadPublic(place string) (PublicKey, error) {
	block, err := p.read(place)
	if err != nil {
		return PublicKey{}, err
	}
	if strings.HasSuffix(block.Type, "PRIVATE KEY") {
		return PublicKey{}, refusal.New(refusal.KeyUnusable, "%s holds a private key, which only who signs may have; here its public key is wanted", place)
	}
	if block.Type != "PUBLIC KEY" {
		return PublicKey{}, refusal.New(refusal.KeyUnusable, "%s holds a %.40q, not a PUBLIC KEY", place, block.Type)
	}
	key, err := ParsePublic(block.Bytes)
	return key, at(place, err)
}

// ParsePublic reads a public key as SubjectPublicKeyInfo (DER).
func ParsePublic(der []byte) (PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return PublicKey{}, refusal.New(refusal.KeyUnusable, "a public key cannot be read")
	}
	key, err := NewPublicKey(parsed)
	if err == nil && !bytes.Equal(key.der, der) {
		return PublicKey{}, refusal.New(refusal.KeyUnusable, "a public key is not in its shortest form")
	}
	return key, err
}

// PEM writes a public key, as OPA's configuration takes it.
func (k PublicKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.der})
}

// at names the place of a key in an error.
func at(place string, err error) error {
	if err != nil {
		return fmt.Errorf("read key %s: %w", place, err)
	}
	return nil
}

// read gives the only PEM block of a place.
func (p Places) read(place string) (*pem.Block, error) {
	text, err := p.text(place)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return nil, refusal.New(refusal.KeyUnusable, "%s holds no PEM block", place)
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, refusal.New(refusal.KeyUnusable, "%s holds more than one PEM block", place)
	}
	return block, nil
}

func (p Places) text(place string) ([]byte, error) {
	var from io.Reader
	switch name, fromEnv := strings.CutPrefix(place, envPrefix); {
	case place == "":
		return nil, refusal.New(refusal.KeyUnusable, "no key is given")
	case place == "-":
		from = p.Stdin
	case fromEnv:
		text := p.Getenv(name)
		if text == "" {
			return nil, refusal.New(refusal.KeyUnusable, "environment variable %s is empty", name)
		}
		from = strings.NewReader(text)
	default:
		file, err := os.Open(place)
		if err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	text, err := io.ReadAll(io.LimitReader(from, maxKeyBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read key %s: %w", place, err)
	}
	if len(text) > maxKeyBytes {
		return nil, refusal.New(refusal.KeyUnusable, "%s is larger than %d bytes", place, maxKeyBytes)
	}
	return text, nil
}

// parsePrivate reads PKCS#8, and the older forms of RSA and ECDSA keys. Its errors hold nothing of the key.
func parsePrivate(block *pem.Block) (crypto.Signer, error) {
	if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
		return nil, errors.New("the key is encrypted; decrypt it on its way, for example with openssl pkcs8 -in FILE | onelayer sign bundle --key -")
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PUBLIC KEY":
		return nil, errors.New("this is a public key, which cannot sign")
	default:
		return nil, errors.New("the PEM block is no private key")
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, errors.New("the private key cannot be read")
	}
	return signer, nil
}
