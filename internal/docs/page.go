package docs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/onelayer/onelayer/internal/policy"
)

// Rule is the page of a rule in markdown, made of what the rule says about itself.
func Rule(rule *policy.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", rule.ID, rule.Title)
	if rule.Deprecated != "" {
		fmt.Fprintf(&b, "\n**Deprecated:** %s\n", rule.Deprecated)
	}
	fmt.Fprintf(&b, "\n%s\n", facts(rule))
	fmt.Fprintf(&b, "\n## Why\n\n%s\n", strings.TrimSpace(rule.Description))
	fmt.Fprintf(&b, "\n## Remedy\n\n%s\n", strings.TrimSpace(rule.Remediation.Default))
	for _, variant := range []struct{ mesh, text string }{
		{"Istio with sidecars", rule.Remediation.Sidecar}, {"Istio in ambient mode", rule.Remediation.Ambient}, {"Linkerd", rule.Remediation.Linkerd},
	} {
		if variant.text != "" {
			fmt.Fprintf(&b, "\n**%s:** %s\n", variant.mesh, strings.TrimSpace(variant.text))
		}
	}
	pageParameters(&b, rule)
	pageWaiver(&b, rule)
	if len(rule.RelatedResources) > 0 {
		b.WriteString("\n## Read on\n\n")
	}
	for _, resource := range rule.RelatedResources {
		fmt.Fprintf(&b, "- %s\n", strings.TrimPrefix(resource.Description+": "+resource.Ref, ": "))
	}
	return b.String()
}

// facts lists what stands in a rule's METADATA in few words.
func facts(rule *policy.Rule) string {
	severity := string(rule.Severity)
	var others []string
	for _, s := range rule.Severities {
		if s != rule.Severity {
			others = append(others, string(s))
		}
	}
	if len(others) > 0 {
		severity += " (also " + strings.Join(others, ", ") + ")"
	}
	lines := []string{
		"- Severity: " + severity,
		"- Concerns: " + strings.Join(rule.Concerns, ", "),
		"- Reads: " + strings.Join(rule.Needs, ", "),
		"- Judges: " + strings.Join(kinds(rule), ", "),
		"- Fix: " + rule.Fix,
		"- Since: " + rule.Since,
	}
	if rule.Effective != "" {
		lines = append(lines, "- Warns until: "+rule.Effective)
	}
	return strings.Join(lines, "\n")
}

// kinds are the kinds that a rule judges, without their groups.
func kinds(rule *policy.Rule) []string {
	var names []string
	for _, groupKind := range rule.AppliesTo {
		_, kind, _ := strings.Cut(groupKind, "/")
		if !slices.Contains(names, kind) {
			names = append(names, kind)
		}
	}
	return names
}

func pageParameters(b *strings.Builder, rule *policy.Rule) {
	if len(rule.Parameters) == 0 {
		return
	}
	b.WriteString("\n## Parameters\n")
	names := make([]string, 0, len(rule.Parameters))
	for name := range rule.Parameters {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		parameter := rule.Parameters[name]
		initial, err := json.Marshal(parameter.Default)
		if err != nil {
			initial = []byte("?")
		}
		fmt.Fprintf(b, "\n- `%s` (%s, default `%s`): %s\n", name, parameter.Type, initial, strings.TrimSpace(parameter.Description))
	}
	fmt.Fprintf(b, "\n```yaml\n# .onelayer.yaml\nrules:\n  %s:\n    parameters:\n      %s: ...\n```\n", rule.ID, names[0])
}

func pageWaiver(b *strings.Builder, rule *policy.Rule) {
	fmt.Fprintf(b, "\n## How to waive\n\nOn the line before the one at fault:\n\n"+
		"```\n# onelayer:ignore %s until=YYYY-MM-DD owner=NAME -- reason\n```\n\n"+
		"In the annotations of the object:\n\n"+
		"```yaml\nonelayer.dev/ignore: \"%s until=YYYY-MM-DD owner=NAME -- reason\"\n```\n\n"+
		"In `.onelayer.yaml`:\n\n"+
		"```yaml\nwaivers:\n- rule: %s\n  reason: why\n  owner: NAME\n  until: YYYY-MM-DD\n  match: {namespace: shop, name: api}\n```\n",
		rule.ID, rule.ID, rule.ID)
}
