package engine

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

// rule is a policy for tests.
type rule struct {
	id       string
	kinds    []string
	needles  []string
	around   []string
	severity string
	body     string
}

// header is the METADATA of a test policy.
const header = `# METADATA
# scope: package
# title: A rule
# description: A rule of a test.
# custom:
#   id: %[1]s
#   severity: %[2]s
#   severities: [error, warning, info]
#   group: %[3]s
#   concerns: [lifecycle]
#   layers: [container]
#   applies_to: [%[4]s]
#   needs: [object]
#   needles: [%[5]s]
#   surroundings: [%[8]s]
#   remediation:
#     default: Do it right.
#   fix: manual
#   since: 0.1.0
package lib.onelayer.policies.%[3]s.%[6]s

import data.lib.onelayer.finding
import data.lib.onelayer.resource
%[7]s
`

func (r rule) file() (string, *fstest.MapFile) {
	group, name, _ := strings.Cut(r.id, "/")
	snake := strings.ReplaceAll(name, "-", "_")
	severity := r.severity
	if severity == "" {
		severity = "error"
	}
	text := fmt.Sprintf(header, r.id, severity, group, strings.Join(r.kinds, ", "), strings.Join(r.needles, ", "), snake, r.body, strings.Join(r.around, ", "))
	return fmt.Sprintf("policies/%s/%s/%s.rego", group, snake, snake), &fstest.MapFile{Data: []byte(text)}
}

// repository holds the library as it stands, tests and all.
var repository = os.DirFS("../..")

// library makes a library of the modules that every policy needs, the rules of the group onelayer and the rules given.
func library(t testing.TB, rules ...rule) *policy.Library {
	t.Helper()
	return libraryWith(t, nil, rules...)
}

// libraryWith adds files of its own to a library.
func libraryWith(t testing.TB, more fstest.MapFS, rules ...rule) *policy.Library {
	t.Helper()
	files := fstest.MapFS{}
	keep := func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(file, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(repository, file)
		files[file] = &fstest.MapFile{Data: text}
		return err
	}
	for _, folder := range []string{"lib/admission", "lib/exempt", "lib/finding", "lib/params", "lib/resource", "lib/workload", "policies/onelayer"} {
		require.NoError(t, fs.WalkDir(repository, folder, keep))
	}
	for _, r := range rules {
		name, file := r.file()
		files[name] = file
	}
	maps.Copy(files, more)
	loaded, err := policy.Load(files)
	require.NoError(t, err)
	return loaded
}

// always finds something in every document of the rule's kinds.
func always(id, path string, kinds ...string) rule {
	quoted := make([]string, len(kinds))
	for i, kind := range kinds {
		quoted[i] = fmt.Sprintf("%q", kind)
	}
	return rule{id: id, kinds: kinds, body: fmt.Sprintf(`
violation contains finding.new(rego.metadata.chain(), record.obj, {"msg": "found", "path": %s}) if {
	some record in resource.of({%s})
}`, path, strings.Join(quoted, ", "))}
}

// value reads YAML as kubectl does.
func value(t testing.TB, text string) ast.Value {
	t.Helper()
	var decoded any
	require.NoError(t, yaml.Unmarshal([]byte(text), &decoded))
	converted, err := ast.InterfaceToValue(decoded)
	require.NoError(t, err)
	return converted
}

// document makes a document of a YAML text that begins at a line of a file. Every path stands on the line of its first
// occurrence of the last name.
func document(t testing.TB, file string, line int, text string) *source.Document {
	t.Helper()
	parsed := value(t, text)
	field := func(path ...any) string {
		at := parsed
		for _, segment := range path {
			at = child(at, segment)
		}
		word, _ := at.(ast.String)
		return string(word)
	}
	object := finding.Object{
		APIVersion: field("apiVersion"), Kind: field("kind"),
		Namespace: field("metadata", "namespace"), Name: field("metadata", "name"),
	}
	group, _, grouped := strings.Cut(object.APIVersion, "/")
	if !grouped {
		group = ""
	}
	return &source.Document{
		Value: parsed, GroupKind: group + "/" + object.Kind, Object: object, File: file, Raw: []byte(text),
		Locator: lines{file: file, first: line, text: strings.Split(text, "\n")},
	}
}

// lines is a locator that looks for names.
type lines struct {
	file  string
	first int
	text  []string
}

func (l lines) Locate(path source.Path) source.Position {
	at := 0
	for _, segment := range path {
		name, ok := segment.(string)
		for i := at; ok && i < len(l.text); i++ {
			if strings.HasPrefix(strings.TrimLeft(l.text[i], " -"), name+":") {
				at = i
				break
			}
		}
	}
	return source.Position{File: l.file, Line: l.first + at, Column: 1}
}

func tree(units ...*source.Unit) *source.Tree { return &source.Tree{Units: units} }

func unit(documents ...*source.Document) *source.Unit {
	return &source.Unit{Root: ".", Whole: true, Documents: documents}
}

// check runs an engine over a tree.
func check(t testing.TB, lib Library, config string, options Options, input *source.Tree) *finding.Report {
	t.Helper()
	var document ast.Value
	if config != "" {
		document = value(t, config)
	}
	engine, err := New(lib, document, options)
	require.NoError(t, err)
	report, err := engine.Run(t.Context(), input)
	require.NoError(t, err)
	return report
}

// brief writes findings as "id file:line path".
func brief(findings []finding.Finding) []string {
	out := make([]string, 0, len(findings))
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%s %s:%d %s", f.ID, f.File, f.Line, f.Path))
	}
	return out
}

func messages(problems []finding.Problem) []string {
	out := make([]string, 0, len(problems))
	for _, p := range problems {
		out = append(out, p.Error())
	}
	return out
}

func ruleFor(kind string) *policy.Rule { return &policy.Rule{AppliesTo: []string{kind}} }

// compiled makes the snapshot of a library and opens it.
func compiled(t testing.TB, lib *policy.Library) *snapshot.Library {
	t.Helper()
	data, err := snapshot.Make(lib)
	require.NoError(t, err)
	opened, err := snapshot.Open(data, lib.Digest)
	require.NoError(t, err)
	return opened
}
