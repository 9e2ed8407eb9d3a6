package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/policy"
)

const command = "go run -tags bootstrap ./internal/policy/gen"

func TestGeneratedFilesAreCurrent(t *testing.T) {
	root, err := moduleRoot()
	require.NoError(t, err)
	files, problems, err := generate(root)
	require.NoError(t, err)
	require.Empty(t, problems)
	for file, want := range files {
		have, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, have), "%s is not current: %s", file, command)
	}
}

func TestEmbedNamesEveryModuleAndNoTest(t *testing.T) {
	root, err := moduleRoot()
	require.NoError(t, err)
	var want []string
	for _, folder := range []string{"bundles", "lib", "policies"} {
		require.NoError(t, fs.WalkDir(os.DirFS(root), folder, func(file string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(file, ".rego") && !strings.HasSuffix(file, "_test.rego") {
				want = append(want, file)
			}
			return err
		}))
	}
	text, err := os.ReadFile(filepath.Join(root, "embed.go"))
	require.NoError(t, err)
	var have []string
	for line := range strings.Lines(string(text)) {
		if file, ok := strings.CutPrefix(strings.TrimSpace(line), "//go:embed "); ok {
			have = append(have, file)
		}
	}
	require.ElementsMatch(t, want, have, command)
}

func sample(t *testing.T) *policy.Library {
	t.Helper()
	library, err := policy.Load(fstest.MapFS{
		"lib/x/x.rego": {Data: []byte("# METADATA\n# scope: package\n# title: X\n# description: x\npackage lib.onelayer.x\n")},
		"policies/process/a/a.rego": {Data: []byte(`# METADATA
# scope: package
# title: A "quoted" title
# description: What it is.
# related_resources:
#   - ref: https://example.com/page
# custom:
#   id: process/a
#   severity: error
#   severities: [error, warning]
#   group: process
#   concerns: [lifecycle]
#   layers: [container]
#   applies_to: [apps/Deployment]
#   needs: [object]
#   needles: [pm2]
#   parameters:
#     limit: {type: integer, description: d, default: 2}
#     modes:
#       {type: array, description: d, default: ["<on>"], items: {type: string, enum: ["<on>", "off"]}}
#   remediation: {default: do it, linkerd: do it there}
#   fix: manual
#   since: 0.1.0
#   aliases: [process/old]
package lib.onelayer.policies.process.a

import data.lib.onelayer.x
`)},
	})
	require.NoError(t, err)
	return library
}

func TestDefaultsFile(t *testing.T) {
	text, err := defaultsFile(sample(t))
	require.NoError(t, err)
	require.Equal(t, `package lib.onelayer.params

# METADATA
# description: Generated from the METADATA of the policies; change it there.
_defaults := {
	"process/a": {"limit": 2, "modes": ["<on>"]},
}

_schema := {
	"process/a": {
		"limit": {"type": "integer"},
		"modes": {"items": {"enum": ["<on>", "off"], "type": "string"}, "type": "array"},
	},
}

_severities := {
	"process/a": ["error", "warning"],
}

_aliases := {
	"process/a": ["process/old"],
}

_renamed := {
	"process/old": "process/a",
}
`, string(text))
}

// An empty object must not have the type of the literal {}, into which older OPAs let nothing refer.
func TestPrintEmptyRule(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, printRule(&out, "_renamed", map[string]string{}))
	require.Equal(t, "_renamed := object.union({}, {})\n\n", out.String())
}

func TestEmbedFile(t *testing.T) {
	text, err := embedFile(sample(t))
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(string(text), `//
//go:embed lib/x/x.rego
//go:embed policies/process/a/a.rego
//go:embed bundles/conftest/main.rego
//go:embed bundles/opa/onelayer.rego
//go:embed bundles/opa/revision.rego
var Library embed.FS
`), string(text))
}

func TestCatalogueFile(t *testing.T) {
	library := sample(t)
	text, err := catalogueFile(library)
	require.NoError(t, err)
	_, body, _ := strings.Cut(string(text), "func catalogue() ([]*Rule, []ModuleInfo) {\n")
	require.Equal(t, `	return []*Rule{
			&Rule{
				ID:          "process/a",
				Title:       "A \"quoted\" title",
				Description: "What it is.",
				Group:       "process",
				Severity:    "error",
				Severities:  []finding.Severity{"error", "warning"},
				Concerns:    []string{"lifecycle"},
				Layers:      []string{"container"},
				AppliesTo:   []string{"apps/Deployment"},
				Needs:       []string{"object"},
				Needles:     []string{"pm2"},
				Parameters: map[string]Parameter{
					"limit": Parameter{
						Type:        "integer",
						Description: "d",
						Default:     float64(2),
					},
					"modes": Parameter{
						Type:        "array",
						Description: "d",
						Default: []any{
							"<on>",
						},
						Items: &Items{
							Type: "string",
							Enum: []any{
								"<on>",
								"off",
							},
						},
					},
				},
				Remediation: Remediation{
					Default: "do it",
					Linkerd: "do it there",
				},
				Fix:     "manual",
				Since:   "0.1.0",
				Aliases: []string{"process/old"},
				RelatedResources: []RelatedResource{
					RelatedResource{
						Ref: "https://example.com/page",
					},
				},
				Package: "lib.onelayer.policies.process.a",
				File:    "policies/process/a/a.rego",
			},
		}, []ModuleInfo{
			ModuleInfo{
				File:    "lib/x/x.rego",
				Package: "lib.onelayer.x",
			},
			ModuleInfo{
				File:    "policies/process/a/a.rego",
				Package: "lib.onelayer.policies.process.a",
				Imports: []string{"lib.onelayer.x"},
			},
		}
}
`, body)
	require.Contains(t, string(text), policy.HeadDigest(library.Sources()))
}
