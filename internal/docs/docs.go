// Package docs writes the pages of the rules from what the rules say about themselves and from their fixtures.
//
// It owns the form of docs/rules. It must not know how rules are evaluated or how a terminal shows a page.
package docs

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

//go:generate go run ./gen

// maxLines is the length of the longest file that a page shows.
const maxLines = 45

// Pages gives the pages of all rules, by their path below docs/rules. fixtures is the folder tests/fixtures.
func Pages(library *policy.Library, fixtures fs.FS) (map[string]string, error) {
	pages := map[string]string{}
	for _, rule := range library.Rules() {
		page := Rule(rule)
		examples, err := examples(rule, fixtures)
		if err != nil {
			return nil, fmt.Errorf("write page of %s: %w", rule.ID, err)
		}
		head, tail, _ := strings.Cut(page, "\n## How to waive")
		pages[rule.ID+".md"] = head + examples + "\n## How to waive" + tail
	}
	pages["README.md"] = index(library)
	return pages, nil
}

// index lists the rules.
func index(library *policy.Library) string {
	var b strings.Builder
	b.WriteString("# The rules\n\n| rule | severity | what |\n|---|---|---|\n")
	for _, rule := range library.Rules() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", rule.ID, rule.ID, rule.Severity, rule.Title)
	}
	return b.String()
}

// examples shows the first case of each kind among the fixtures of a rule.
func examples(rule *policy.Rule, fixtures fs.FS) (string, error) {
	group, name, _ := strings.Cut(rule.ID, "/")
	dir := path.Join(group, strings.ReplaceAll(name, "-", "_"))
	var b strings.Builder
	for _, kind := range []struct{ prefix, heading string }{{"deny_", "Bad"}, {"allow_", "Good"}} {
		cases, err := fs.Glob(fixtures, path.Join(dir, kind.prefix+"*"))
		if err != nil {
			return "", err
		}
		if len(cases) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", kind.heading)
		if err := example(&b, fixtures, cases[0]); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func example(b *strings.Builder, fixtures fs.FS, dir string) error {
	expected, err := fs.ReadFile(fixtures, path.Join(dir, "expected.yaml"))
	if err != nil {
		return err
	}
	proves, _, _ := strings.Cut(string(expected), "\n")
	fmt.Fprintf(b, "\n%s\n", strings.TrimPrefix(proves, "# "))
	var files []string
	err = fs.WalkDir(fixtures, path.Join(dir, "input"), func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(files)
	for _, file := range files {
		text, err := fs.ReadFile(fixtures, file)
		if err != nil {
			return err
		}
		if strings.Count(string(text), "\n") <= maxLines {
			name := strings.TrimPrefix(file, path.Join(dir, "input")+"/")
			fmt.Fprintf(b, "\n`%s`\n\n```%s\n%s```\n", name, language(name), ended(string(text)))
		}
	}
	return nil
}

func ended(text string) string { return strings.TrimRight(text, "\n") + "\n" }

// language is the name by which markdown knows the language of a file.
func language(name string) string {
	switch ext := path.Ext(name); {
	case strings.HasPrefix(path.Base(name), "Dockerfile"):
		return "dockerfile"
	case ext == ".yml" || ext == ".yaml":
		return "yaml"
	case ext == ".js" || ext == ".cjs" || ext == ".mjs":
		return "js"
	case ext == ".json":
		return "json"
	case ext == ".sh":
		return "sh"
	case ext == ".conf" || ext == ".ini":
		return "ini"
	}
	return ""
}
