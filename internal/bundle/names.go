package bundle

import (
	"path"
	"regexp"
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
)

// segmentPattern is the form of each part of a file's name: it means one file on every system.
var segmentPattern = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$`)

// reserved are names that are devices on Windows, whatever follows the dot.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// maxNameBytes is what the header of an entry can hold for sure (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, ustar).
const maxNameBytes = 240

// checkName refuses a name that could mean two files, or one outside of the folder that the bundle is unpacked in.
func checkName(name string) error {
	if name == ManifestFile || name == SignaturesFile {
		return nil
	}
	if len(name) == 0 || len(name) > maxNameBytes {
		return refusal.New(refusal.EntryName, "an entry has a name of %d bytes, allowed are 1 to %d", len(name), maxNameBytes)
	}
	for segment := range strings.SplitSeq(name, "/") {
		if !segmentPattern.MatchString(segment) || reserved.MatchString(segment) {
			return refusal.New(refusal.EntryName, "entry %q is no plain relative path of letters, digits, dots, dashes and underscores", name)
		}
	}
	return nil
}

// special are base names that OPA gives a meaning that onelayer's bundles do not use.
var special = map[string]bool{
	"data.json": true, "data.yaml": true, "data.yml": true, "patch.json": true, "policy.wasm": true,
	"plan.json": true, "plan.pb": true, SignaturesFile: true,
}

// extensions are the files that a bundle of a target may hold.
var extensions = map[Target]map[string]bool{
	OPA:        {".rego": true},
	Conftest:   {".rego": true},
	Gatekeeper: {".yaml": true, ".yml": true},
}

// checkKinds refuses files that the target would ignore, or read as something else.
func checkKinds(target Target, files []File) error {
	for _, file := range files {
		if file.Name == ConfigFile && target == OPA {
			continue
		}
		base := path.Base(file.Name)
		if special[base] || strings.Contains(base, ManifestFile) || !extensions[target][path.Ext(base)] {
			return refusal.New(refusal.FileKind, "%s is no file of a bundle for %s", file.Name, target)
		}
		if strings.HasSuffix(base, "_test.rego") {
			return refusal.New(refusal.FileKind, "%s is a test, which no bundle holds", file.Name)
		}
	}
	return nil
}
