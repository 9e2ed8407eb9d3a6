package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// write lays out the files of a txtar archive in a new folder.
func write(t testing.TB, archive string) string {
	t.Helper()
	dir := realPath(t.TempDir())
	for _, file := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, file.Data, 0o600))
	}
	return dir
}

// load loads paths of a folder that holds the files of a txtar archive; without paths, the whole folder.
func load(t testing.TB, archive string, paths ...string) *Tree {
	t.Helper()
	return loadWith(t, write(t, archive), Options{Paths: paths})
}

func loadWith(t testing.TB, dir string, options Options) *Tree {
	t.Helper()
	options.WorkDir = dir
	if len(options.Paths) == 0 {
		options.Paths = []string{"."}
	}
	tree, err := Load(t.Context(), options)
	require.NoError(t, err)
	return tree
}

// describe writes a tree down: a line for each unit, document, problem, notice and comment.
func describe(tree *Tree) string {
	var out strings.Builder
	for _, unit := range tree.Units {
		fmt.Fprintf(&out, "unit %s whole=%t context=%d\n", unit.Root, unit.Whole, len(unit.Context))
		for _, doc := range unit.Documents {
			fmt.Fprintf(&out, "  %s %s\n", doc.GroupKind, documentText(doc))
		}
	}
	for _, problem := range tree.Problems {
		fmt.Fprintf(&out, "problem %s\n", problem.Error())
	}
	for _, notice := range tree.Notices {
		fmt.Fprintf(&out, "notice %s\n", notice)
	}
	for _, c := range tree.Comments {
		fmt.Fprintf(&out, "comment %s:%d covers %d-%d: %s\n", c.File, c.Line, c.From, c.To, c.Text)
	}
	return out.String()
}

func documentText(doc *Document) string {
	name := doc.Object.Name
	if doc.Object.Namespace != "" {
		name = doc.Object.Namespace + "/" + name
	}
	if doc.GroupKind == "onelayer.dev/Image" {
		return imageText(doc)
	}
	at := doc.Locate(nil)
	patch := ""
	if doc.Patch {
		patch = " patch"
	}
	return fmt.Sprintf("%s %s:%d%s", name, at.File, at.Line, patch)
}

func imageText(doc *Document) string {
	spec := get(doc.Value, "spec")
	parts := []string{str(get(doc.Value, "metadata", "annotations", AnnotationSource))}
	for _, key := range []string{"context", "target"} {
		if value := str(get(spec, key)); value != "" {
			parts = append(parts, key+"="+value)
		}
	}
	for _, key := range []string{"refs", "assumedRefs"} {
		var refs []string
		for _, ref := range items(get(spec, key)) {
			refs = append(refs, str(ref))
		}
		if len(refs) > 0 {
			parts = append(parts, key+"="+strings.Join(refs, ","))
		}
	}
	var files []string
	for _, file := range fields(get(spec, "files")) {
		files = append(files, file.key+":"+fields(file.value)[0].key)
	}
	if len(files) > 0 {
		parts = append(parts, "files="+strings.Join(files, ","))
	}
	return strings.Join(parts, " ")
}

// documentOf gives the only document of a group/Kind and name.
func documentOf(t testing.TB, tree *Tree, groupKind, name string) *Document {
	t.Helper()
	var found []*Document
	for _, unit := range tree.Units {
		for _, doc := range unit.Documents {
			if doc.GroupKind == groupKind && (name == "" || doc.Object.Name == name) {
				found = append(found, doc)
			}
		}
	}
	require.Len(t, found, 1, describe(tree))
	return found[0]
}

// place writes a position down.
func place(p Position) string {
	return fmt.Sprintf("%s:%d:%d-%d", p.File, p.Line, p.Column, p.EndColumn)
}

// lines cuts the indentation of a literal off.
func lines(text string) string {
	text = strings.TrimPrefix(text, "\n")
	indent := len(text) - len(strings.TrimLeft(text, "\t"))
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\t\n"), "\n") {
		out = append(out, strings.TrimPrefix(line, strings.Repeat("\t", indent)))
	}
	return strings.Join(out, "\n") + "\n"
}

func valueOf(t testing.TB, doc *Document, keys ...string) string {
	t.Helper()
	value := get(doc.Value, keys...)
	require.NotNil(t, value)
	return ast.NewTerm(value).String()
}
