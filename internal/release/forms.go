package release

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"

	"golang.org/x/mod/semver"
)

var (
	hashForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	digestForm  = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	versionForm = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
)

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func isHash(text string) bool { return hashForm.MatchString(text) }

func isDigest(text string) bool { return digestForm.MatchString(text) }

func isVersion(text string) bool { return versionForm.MatchString(text) && semver.IsValid("v"+text) }

// older tells whether version a of OPA comes before b.
func older(a, b string) bool { return semver.Compare("v"+a, "v"+b) < 0 }
