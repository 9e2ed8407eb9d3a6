package cli

import (
	"fmt"
	"strings"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/config"
	"github.com/onelayer/onelayer/internal/docs"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/report"
)

// docsRoot is where the pages of the rules are published.
const docsRoot = "https://github.com/onelayer/onelayer/blob/main/docs/rules/"

// loadLibrary reads the policies that the tool came with.
func loadLibrary() (*policy.Library, error) {
	return policy.Load(onelayer.Library)
}

// unknownRule says that there is no such rule, and which one may be meant.
func unknownRule(library *policy.Library, id string) error {
	var ids []string
	for _, rule := range library.Rules() {
		ids = append(ids, rule.ID)
	}
	if near := nearestRule(id, ids); near != "" {
		return fmt.Errorf("unknown rule %q: did you mean %q?", id, near)
	}
	return fmt.Errorf("unknown rule %q: see onelayer rules", id)
}

// nearestRule also finds a rule by its name without the group.
func nearestRule(id string, ids []string) string {
	if near := config.Nearest(id, ids); near != "" {
		return near
	}
	_, id, grouped := strings.Cut("/"+id, "/")
	if grouped && strings.Contains(id, "/") {
		_, id, _ = strings.Cut(id, "/")
	}
	names := make([]string, len(ids))
	for i, full := range ids {
		_, names[i], _ = strings.Cut(full, "/")
	}
	near := config.Nearest(id, names)
	for i, name := range names {
		if near != "" && name == near {
			return ids[i]
		}
	}
	return ""
}

// reportRules describes the rules for formats that carry them.
func reportRules(library *policy.Library) map[string]report.Rule {
	rules := make(map[string]report.Rule, len(library.Rules()))
	for _, rule := range library.Rules() {
		rules[rule.ID] = report.Rule{
			ID: rule.ID, Title: rule.Title, Description: strings.TrimSpace(rule.Description), Severity: rule.Severity,
			Tags: append([]string{rule.Group}, rule.Concerns...), Docs: docsRoot + rule.ID + ".md", Help: docs.Rule(rule),
		}
	}
	return rules
}
