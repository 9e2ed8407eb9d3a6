package attacks

import (
	"strings"

	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/keys"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
	"github.com/onelayer/onelayer/internal/signing/signingtest"
)

// claimAttacks are about what a token says, or does not say.
func claimAttacks() []attack {
	return []attack{
		{name: "wipe: a token without files over an empty bundle", reason: refusal.Manifest, opa: accepts, build: wipe, config: noScope},
		{name: "wipe with a scope", reason: refusal.Manifest, build: wipe},
		{name: "token without files", reason: refusal.JSONNotCanonical, build: func(k *kit) []byte { return k.pack(k.honest().claim("files", nil)) }},
		{name: "empty list of files", reason: refusal.FileListEmpty, build: func(k *kit) []byte { return k.pack(k.honest().claim("files", []any{})) }},
		{name: "listed file is missing", reason: refusal.FileListExtra, build: func(k *kit) []byte {
			p := k.honest()
			return k.pack(p.claim("files", append(p.files(), map[string]string{"algorithm": "SHA-256", "hash": hash(nil), "name": "policies/b.rego"})))
		}},
		{name: "policy that is not listed", reason: refusal.FileListMissing, build: func(k *kit) []byte {
			p := k.honest()
			listed := p.files()
			return k.pack(k.reseal(p.insert("policies/a/b.rego", "package lib.onelayer.policies.a\n")).claim("files", without(p.files(), listed)))
		}},
		{name: "ignored file that is not listed", reason: refusal.FileKind, build: func(k *kit) []byte {
			p := k.honest()
			listed := p.files()
			return k.pack(k.reseal(p.insert("README.md", "hello")).claim("files", without(p.files(), listed)))
		}},
		{name: "file listed twice with different hashes", reason: refusal.FileListDuplicate, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			first := map[string]string{"algorithm": "SHA-256", "hash": hash(nil), "name": p.entries[1].Name}
			return k.pack(p.claim("files", append([]map[string]string{first}, p.files()...)))
		}},
		{name: "MD5", reason: refusal.HashAlgorithm, opa: accepts, build: func(k *kit) []byte { return k.hashed(opabundle.MD5) }},
		{name: "SHA-1", reason: refusal.HashAlgorithm, opa: accepts, build: func(k *kit) []byte { return k.hashed(opabundle.SHA1) }},
		{name: "unknown hash algorithm", reason: refusal.HashAlgorithm, build: func(k *kit) []byte {
			p := k.honest()
			files := p.files()
			files[0]["algorithm"] = "CRC-32"
			return k.pack(p.claim("files", files))
		}},
		{name: "hashes in capital letters", reason: refusal.HashWrong, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			files := p.files()
			for _, file := range files {
				file["hash"] = strings.ToUpper(file["hash"])
			}
			return k.pack(p.claim("files", files))
		}},
		{name: "expired token", reason: refusal.JSONShape, opa: accepts, build: func(k *kit) []byte { return k.pack(k.honest().claim("exp", 1)) }},
		{name: "token of the future", reason: refusal.JSONShape, opa: accepts, build: func(k *kit) []byte { return k.pack(k.honest().claim("nbf", 99999999999)) }},
		{name: "token of long ago", reason: refusal.JSONShape, opa: accepts, build: func(k *kit) []byte { return k.pack(k.honest().claim("iat", 1)) }},
		{name: "no scope", reason: refusal.JSONNotCanonical, build: func(k *kit) []byte { return k.pack(k.honest().claim("scope", nil)) }},
		{name: "empty scope", reason: refusal.Scope, build: func(k *kit) []byte { return k.pack(k.honest().claim("scope", "")) }},
		{name: "bundle of another channel", reason: refusal.Scope,
			build: func(k *kit) []byte { return k.pack(k.honest().claim("scope", signing.Scope("onelayer", "opa", "dev"))) }},
		{name: "bundle of another channel where OPA asks for no scope of its own", reason: refusal.Scope, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().claim("scope", "shared")) }, config: sharedScope},
		{name: "bundle of another name by the same key", reason: refusal.WrongName, build: func(k *kit) []byte { return k.pack(k.named("another", "opa")) }, opa: accepts},
		{name: "bundle for another target by the same key", reason: refusal.WrongName, build: func(k *kit) []byte { return k.pack(k.named("onelayer", "conftest")) }, opa: accepts},
		{name: "signature of other packed bytes", reason: refusal.BodyHash, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().claim("archive", "sha256:"+hash(nil))) }},
		{name: "signature by opa sign, which pins no bytes", reason: refusal.JSONNotCanonical, opa: accepts,
			build: func(k *kit) []byte { return k.pack(k.honest().claim("archive", nil)) }},
	}
}

func wipe(k *kit) []byte {
	return k.pack((&parts{}).claim("files", nil).claim("scope", nil))
}

// noScope is OPA with a key id and no scope.
func noScope(k *kit) *opabundle.VerificationConfig {
	return opabundle.NewVerificationConfig(map[string]*keys.Config{keyID: k.config()}, keyID, "", nil)
}

// sharedScope is OPA with one scope for bundles of every channel.
func sharedScope(k *kit) *opabundle.VerificationConfig {
	return opabundle.NewVerificationConfig(map[string]*keys.Config{keyID: k.config()}, keyID, "shared", nil)
}

// named is an honest bundle with another name or target in its manifest, signed for our scope.
func (k *kit) named(name, target string) *parts {
	content := signingtest.Content()
	p := k.of(content)
	p.replace(".manifest", `"name":"onelayer"`, `"name":"`+name+`"`).replace(".manifest", `"target":"opa"`, `"target":"`+target+`"`)
	return k.reseal(p)
}

// hashed is the honest bundle with hashes of another algorithm, as OPA computes them.
func (k *kit) hashed(algorithm opabundle.HashingAlgorithm) []byte {
	p := k.honest()
	files := p.files()
	hasher, err := opabundle.NewSignatureHasher(algorithm)
	if err != nil {
		k.t.Fatal(err)
	}
	for i, file := range files {
		sum, err := hasher.HashFile(p.data[i])
		if err != nil {
			k.t.Fatal(err)
		}
		file["algorithm"], file["hash"] = string(algorithm), hexOf(sum)
	}
	return k.pack(p.claim("files", files))
}

// without gives the new list without what stands in it beside the old one: the manifest changes, so it is listed anew.
func without(files, listed []map[string]string) []map[string]string {
	known := map[string]bool{}
	for _, file := range listed {
		known[file["name"]] = true
	}
	kept := []map[string]string{}
	for _, file := range files {
		if known[file["name"]] {
			kept = append(kept, file)
		}
	}
	return kept
}
