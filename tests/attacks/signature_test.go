package attacks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/keys"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
)

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// signatureAttacks are about tokens, their headers and keys.
func signatureAttacks() []attack {
	return []attack{
		{name: "unsigned where signatures are optional", reason: refusal.NotSigned, opa: accepts, build: unsigned,
			config: func(k *kit) *opabundle.VerificationConfig { return k.strict().WithOptionalSignature() }},
		{name: "unsigned", reason: refusal.NotSigned, build: unsigned},
		{name: "signed by another key under the right name", reason: refusal.SignatureWrong, build: func(k *kit) []byte {
			p := k.honest()
			p.token = newKit(k.t, signing.ES256).token
			return k.pack(p)
		}},
		{name: "algorithm none without a signature", reason: refusal.Algorithm, build: func(k *kit) []byte {
			p := k.honest().head("alg", "none")
			p.token = func(header, claims string) string { return b64(header) + "." + b64(claims) + "." }
			return k.pack(p)
		}},
		{name: "no signature under a true header", reason: refusal.SignatureWrong, build: func(k *kit) []byte {
			p := k.honest()
			p.token = func(header, claims string) string { return b64(header) + "." + b64(claims) + "." }
			return k.pack(p)
		}},
		{name: "HS256 with the public key as its secret", reason: refusal.Algorithm, algorithm: signing.RS256, build: func(k *kit) []byte {
			p := k.honest().head("alg", "HS256")
			p.token = func(header, claims string) string {
				sum := hmac.New(sha256.New, k.key.Public().PEM())
				sum.Write([]byte(b64(header) + "." + b64(claims)))
				return b64(header) + "." + b64(claims) + "." + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
			}
			return k.pack(p)
		}},
		{name: "header states an algorithm that the signature is not of", reason: refusal.Algorithm, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().head("alg", "RS512")) }},
		{name: "signed by a key that is trusted for something else", reason: refusal.KeyUnknown, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().head("kid", "other")) },
			config: func(k *kit) *opabundle.VerificationConfig {
				return opabundle.NewVerificationConfig(map[string]*keys.Config{"other": k.config()}, "", scope, nil)
			}},
		{name: "unknown key id", reason: refusal.KeyUnknown, build: func(k *kit) []byte { return k.pack(k.honest().head("kid", "zzz")) }, config: noKeyID},
		{name: "no key id", reason: refusal.JSONNotCanonical, build: func(k *kit) []byte { return k.pack(k.honest().head("kid", nil)) }, config: noKeyID},
		{name: "key id that is a path", reason: refusal.KeyUnknown, build: func(k *kit) []byte { return k.pack(k.honest().head("kid", "../../k")) }, config: noKeyID},
		{name: "very long key id", reason: refusal.KeyUnknown, config: noKeyID,
			build: func(k *kit) []byte { return k.pack(k.honest().head("kid", strings.Repeat("k", 100_000))) }},
		{name: "key in the header, jwk", reason: refusal.JSONShape, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().head("jwk", map[string]string{"kty": "oct", "k": "x"})) }},
		{name: "key in the header, jku", reason: refusal.JSONShape, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().head("jku", "https://127.0.0.1/keys")) }},
		{name: "key in the header, x5u", reason: refusal.JSONShape, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().head("x5u", "https://127.0.0.1/keys")) }},
		{name: "critical header that nobody knows", reason: refusal.JSONShape, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().head("crit", []string{"b64"}).head("b64", false)) }},
		{name: "two tokens", reason: refusal.SignatureCount, build: func(k *kit) []byte { return k.withTokens(2) }},
		{name: "no token", reason: refusal.SignatureCount, build: func(k *kit) []byte { return k.withTokens(0) }},
		{name: "token of two parts", reason: refusal.SignatureForm, build: func(k *kit) []byte {
			p := k.honest()
			p.token = func(header, claims string) string { return b64(header) + "." + b64(claims) }
			return k.pack(p)
		}},
		{name: "signature with padding", reason: refusal.SignatureForm, build: func(k *kit) []byte { return k.withToken(func(token string) string { return token + "==" }) }},
		{name: "signature with a line end", reason: refusal.SignatureForm,
			build: func(k *kit) []byte { return k.withToken(func(token string) string { return token + "\n" }) }},
		{name: "signature with other unused bits", reason: refusal.SignatureForm, opa: accepts, build: func(k *kit) []byte {
			return k.withToken(func(token string) string {
				const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
				last := strings.IndexByte(alphabet, token[len(token)-1])
				return token[:len(token)-1] + string(alphabet[last|1])
			})
		}},
		{name: "plugin that verifies in another way", reason: refusal.JSONShape, build: func(k *kit) []byte {
			return k.withFile(func(file map[string]any) { file["plugin"] = "foo" })
		}},
		{name: "signatures in a folder", reason: refusal.EntryName, build: func(k *kit) []byte {
			p := k.honest()
			signatures := k.sign(p, compress(k.t, k.tar(p)))
			p.unsigned = true
			k.reseal(p.insert("lib/.signatures.json", string(signatures)))
			return k.pack(p)
		}},
		{name: "second file of signatures", reason: refusal.EntryName, build: func(k *kit) []byte {
			return k.pack(k.reseal(k.honest().insert("lib/.signatures.json", `{"signatures":[]}`)))
		}},
	}
}

func unsigned(k *kit) []byte {
	p := k.honest()
	p.unsigned = true
	return k.pack(p)
}

// noKeyID is OPA without a key id in its configuration, so that the token chooses among the keys.
func noKeyID(k *kit) *opabundle.VerificationConfig {
	return opabundle.NewVerificationConfig(map[string]*keys.Config{keyID: k.config()}, "", scope, nil)
}

// withToken changes the honest token as a text.
func (k *kit) withToken(change func(string) string) []byte {
	p := k.honest()
	p.token = func(header, claims string) string { return change(k.token(header, claims)) }
	return k.pack(p)
}

// withTokens writes the honest token so many times.
func (k *kit) withTokens(count int) []byte {
	return k.withFile(func(file map[string]any) {
		token := file["signatures"].([]any)[0]
		list := []any{}
		for range count {
			list = append(list, token)
		}
		file["signatures"] = list
	})
}
