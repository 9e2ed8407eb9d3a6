package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"
)

// ruleID is the form of the id of a rule.
var ruleID = regexp.MustCompile(`^[a-z][a-z0-9]*/[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// newNewCmd scaffolds.
func newNewCmd(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Start something new from a template",
		Args:  unknownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var dir string
	rule := &cobra.Command{
		Use:     "rule GROUP/NAME",
		Short:   "Start a rule: policy, unit test and fixtures",
		Example: "  onelayer new rule process/clock-in-container",
		Args:    cobra.MatchAll(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := newRule(dir, args[0])
			for _, file := range files {
				_, _ = fmt.Fprintln(env.Stdout, file)
			}
			if err == nil {
				_, _ = fmt.Fprintf(env.Stdout, "\nNow state the condition in the policy, then run: onelayer test --run %s\n", strings.ReplaceAll(args[0], "-", "[-_]"))
			}
			return err
		},
	}
	rule.Flags().StringVar(&dir, "dir", ".", "folder of the library")
	cmd.AddCommand(rule)
	return cmd
}

// scaffold is what the templates of a new rule are filled with.
type scaffold struct{ ID, Group, Snake string }

// newRule writes the files of a rule and gives their paths. It refuses to touch what exists.
func newRule(dir, id string) ([]string, error) {
	if !ruleID.MatchString(id) {
		return nil, fmt.Errorf("new rule: %q is no rule id: write GROUP/NAME in lower case with dashes, such as process/restart-loop", id)
	}
	group, name, _ := strings.Cut(id, "/")
	data := scaffold{ID: id, Group: group, Snake: strings.ReplaceAll(name, "-", "_")}
	policy := filepath.Join(dir, "policies", group, data.Snake)
	cases := filepath.Join(dir, "tests", "fixtures", group, data.Snake)
	for _, folder := range []string{policy, cases} {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("new rule: %s exists already", folder)
		}
	}
	files := map[string]string{
		filepath.Join(policy, data.Snake+".rego"):                  policyTemplate,
		filepath.Join(policy, data.Snake+"_test.rego"):             policyTestTemplate,
		filepath.Join(cases, "deny_example", "input", "pod.yaml"):  denyTemplate,
		filepath.Join(cases, "deny_example", "expected.yaml"):      denyExpectedTemplate,
		filepath.Join(cases, "allow_example", "input", "pod.yaml"): allowTemplate,
		filepath.Join(cases, "allow_example", "expected.yaml"):     allowExpectedTemplate,
	}
	var written []string
	for _, file := range sortedKeys(files) {
		if err := writeTemplate(file, files[file], data); err != nil {
			return written, fmt.Errorf("new rule: %w", err)
		}
		written = append(written, filepath.ToSlash(file))
	}
	return written, nil
}

func writeTemplate(file, text string, data scaffold) error {
	parsed, err := template.New("rule").Delims("<<", ">>").Parse(text)
	if err != nil {
		return fmt.Errorf("parse template of %s: %w", file, err)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, data); err != nil {
		return fmt.Errorf("fill template of %s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := renameio.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
