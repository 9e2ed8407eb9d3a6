package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/report"
)

// ruleRow is a rule as `onelayer rules -o json` lists it.
type ruleRow struct {
	ID         string                      `json:"id"`
	Title      string                      `json:"title"`
	Severity   finding.Severity            `json:"severity"`
	Severities []finding.Severity          `json:"severities"`
	Group      string                      `json:"group"`
	Concerns   []string                    `json:"concerns"`
	AppliesTo  []string                    `json:"applies_to"`
	Needs      []string                    `json:"needs"`
	Parameters map[string]policy.Parameter `json:"parameters"`
	Fix        string                      `json:"fix"`
	Since      string                      `json:"since"`
}

// newRulesCmd lists the rules.
func newRulesCmd(env *Env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("output", format, "table", "json", "markdown"); err != nil {
				return err
			}
			library, err := loadLibrary()
			if err != nil {
				return err
			}
			return listRules(env.Stdout, library.Rules(), format)
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "table", "table, json or markdown")
	return cmd
}

func listRules(w io.Writer, rules []*policy.Rule, format string) error {
	switch format {
	case "json":
		return writeJSON(w, ruleRows(rules))
	case "markdown":
		return markdownRules(w, rules)
	default:
		rows := make([][]string, 0, len(rules))
		for _, rule := range rules {
			rows = append(rows, []string{rule.ID, string(rule.Severity), rule.Fix, strings.Join(rule.Needs, ","), rule.Title})
		}
		report.Columns(w, []string{"RULE", "SEVERITY", "FIX", "NEEDS", "TITLE"}, rows, nil)
		return nil
	}
}

func ruleRows(rules []*policy.Rule) []ruleRow {
	rows := make([]ruleRow, 0, len(rules))
	for _, rule := range rules {
		parameters := rule.Parameters
		if parameters == nil {
			parameters = map[string]policy.Parameter{}
		}
		rows = append(rows, ruleRow{
			ID: rule.ID, Title: rule.Title, Severity: rule.Severity, Severities: orEmpty(rule.Severities), Group: rule.Group,
			Concerns: orEmpty(rule.Concerns), AppliesTo: orEmpty(rule.AppliesTo), Needs: orEmpty(rule.Needs), Parameters: parameters,
			Fix: rule.Fix, Since: rule.Since,
		})
	}
	return rows
}

// orEmpty keeps JSON from showing null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func markdownRules(w io.Writer, rules []*policy.Rule) error {
	group := ""
	for _, rule := range rules {
		if rule.Group != group {
			if group != "" {
				_, _ = fmt.Fprintln(w)
			}
			group = rule.Group
			_, _ = fmt.Fprintf(w, "## %s\n\n| rule | severity | fix | what |\n|---|---|---|---|\n", group)
		}
		_, err := fmt.Fprintf(w, "| [%s](%s%s.md) | %s | %s | %s |\n", rule.ID, docsRoot, rule.ID, rule.Severity, rule.Fix,
			strings.ReplaceAll(rule.Title, "|", "\\|"))
		if err != nil {
			return fmt.Errorf("write rules: %w", err)
		}
	}
	return nil
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
