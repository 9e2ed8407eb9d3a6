// Package entry generates the modules by which engines ask the library: package main for conftest and package onelayer
// for OPA. They dispatch on the kinds in METADATA and hold what differs between the engines, nothing else.
//
// It owns their text and the revision of the library. It must know nothing but the library as data: neither how an
// engine evaluates them nor where they are published.
package entry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/format"

	"github.com/onelayer/onelayer/internal/policy"
)

// The files of the entries in the repository.
const (
	FileConftest = "bundles/conftest/main.rego"
	FileOPA      = "bundles/opa/onelayer.rego"
	FileRevision = "bundles/opa/revision.rego"
)

// groupOwn is the group of the rules about onelayer's own configuration and waivers.
const groupOwn = "onelayer"

// docsRoot is where the page of each rule is published.
const docsRoot = "https://github.com/onelayer/onelayer/blob/main/docs/rules/"

// Files generates every entry by its path in the repository.
func Files(library *policy.Library) (map[string][]byte, error) {
	files := map[string][]byte{}
	for file, text := range map[string]string{FileConftest: conftest(library), FileOPA: opa(library)} {
		formatted, err := format.Source(file, []byte(text))
		if err != nil {
			return nil, fmt.Errorf("generate %s: %w", file, err)
		}
		files[file] = formatted
	}
	files[FileRevision] = revision(library, files)
	return files, nil
}

// revision states the hash of every module of the library and of the entries, names included, and of nothing else.
func revision(library *policy.Library, entries map[string][]byte) []byte {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n", library.Digest)
	for _, file := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintf(sum, "%s\n%d\n%s", file, len(entries[file]), entries[file])
	}
	text := "package onelayer\n\n# METADATA\n# description: Generated. The hash of all modules and entries but this file.\n"
	return []byte(text + "revision := \"" + hex.EncodeToString(sum.Sum(nil)) + "\"\n")
}

// writer builds the text of a module.
type writer struct{ bytes.Buffer }

func (w *writer) line(format string, arguments ...any) {
	fmt.Fprintf(&w.Buffer, format+"\n", arguments...)
}

// head writes what comes before the rules: package, imports of the modules named and of every policy.
func (w *writer) head(name, title, description string, rules []*policy.Rule, modules ...string) {
	w.line("# METADATA\n# scope: package\n# title: %s\n# description: >-", title)
	for line := range strings.Lines(description) {
		w.line("#   %s", strings.TrimSpace(line))
	}
	w.line("package %s\n", name)
	for _, module := range modules {
		w.line("import data.lib.onelayer.%s", module)
	}
	for _, rule := range rules {
		w.line("import data.%s as policy_%s", rule.Package, slug(rule))
	}
	w.line("")
}

// dispatch writes which rules are due: those that judge a kind of the input and are switched on.
func (w *writer) dispatch(rules []*policy.Rule) {
	byKind := map[string][]string{}
	for _, rule := range rules {
		for _, kind := range rule.AppliesTo {
			byKind[kind] = append(byKind[kind], rule.ID)
		}
	}
	w.line("_due contains id if {\n\tnot admission.silent\n\tsome record in resource.all\n\tsome id in _rules[record.kind]\n\tparams.enabled(id)\n}\n")
	w.line("_rules := {")
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		slices.Sort(byKind[kind])
		w.line("\t%s: [\n\t\t%s,\n\t],", quote(kind), strings.Join(quoteAll(byKind[kind]), ",\n\t\t"))
	}
	w.line("}\n")
}

// hints writes what the text of an input must hold for a rule to find something in it. A rule that the input alone
// cannot decide has none.
func (w *writer) hints(rules []*policy.Rule) {
	w.line("_hints := {")
	for _, rule := range rules {
		if !rule.ByItself() {
			continue
		}
		hints := policy.HintsOf(rule)
		w.line("\t%s: {\"plain\": [%s]%s},", quote(rule.ID), strings.Join(quoteAll(hints.Plain), ", "), words(hints))
	}
	w.line("}\n")
}

func words(hints policy.Hints) string {
	if hints.Words() == "" {
		return ""
	}
	return ", \"words\": `" + hints.Words() + "`"
}

// help writes what findings are shown with.
func (w *writer) help(rules []*policy.Rule) {
	w.line("_remediation := {")
	for _, rule := range rules {
		w.line("\t%s: %s,", quote(rule.ID), quote(strings.TrimSpace(rule.Remediation.Default)))
	}
	w.line("}\n\n_docs := %s\n", quote(docsRoot))
}

// own tells whether a rule is about onelayer's own configuration and waivers.
func own(rule *policy.Rule) bool { return rule.Group == groupOwn }

// ofObjects gives the rules that judge what users wrote.
func ofObjects(library *policy.Library) []*policy.Rule {
	return slices.DeleteFunc(slices.Clone(library.Rules()), own)
}

// slug is the id of a rule as part of a name: process_manager_entrypoint.
func slug(rule *policy.Rule) string { return strings.NewReplacer("/", "_", "-", "_").Replace(rule.ID) }

func quote(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string is always encodable
	}
	return strings.TrimSpace(out.String())
}

func quoteAll(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return quoted
}
