package equivalence

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/conftest/output"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// scenario is one input with what both entries must say: "SEVERITY ID FILE" in order, and for OPA whether it is allowed.
type scenario struct {
	name, config, file, input string
	want                      []string
	// conftest are what conftest says where it says less: it shows no findings of severity info unless asked.
	conftest []string
	allow    bool
	waived   int
}

const (
	entrypoint = "process/manager-entrypoint"
	swallowed  = "process/signals-swallowed"

	podText = `{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop%s},
spec: {containers: [{name: web, image: "shop/web:1", command: [pm2-runtime, server.js]%s}]}}`
	probes = ", readinessProbe: {httpGet: {port: 80}}, livenessProbe: {httpGet: {port: 80}}"
	waiver = "until=2026-06-15 owner=ana -- moves in June"
)

// waiversText is a configuration with a waiver that ended on the first day of 2027, and one without an owner.
const waiversText = `waivers: [{rule: process/file-watcher, reason: r, owner: o, until: "2027-01-01"}, {rule: process/manager-entrypoint, reason: r, until: "2027-01-01"}]`

func pod(meta string) string { return fmt.Sprintf(podText, meta, probes) }

func review(operation, object, old string) string {
	return fmt.Sprintf("{apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {uid: u1, operation: %s, object: %s, oldObject: %s}}",
		operation, object, old)
}

var annotated = pod(`, annotations: {onelayer.dev/ignore: "` + entrypoint + " " + waiver + `"}`)

var scenarios = []scenario{
	{
		name: "an object with its file", file: "k8s/pod.yaml", input: pod(""),
		want: []string{"error " + entrypoint + " k8s/pod.yaml", "warning " + swallowed + " k8s/pod.yaml"},
	},
	{name: "what only looks like a review has no answer", input: "{kind: Review, request: {uid: u2}}", allow: true},
	{name: "nothing is wrong", input: "{apiVersion: v1, kind: Service, metadata: {name: web}}", allow: true},
	{
		name: "a rule is switched off", config: "rules: {process/manager-entrypoint: {enabled: false}}", input: pod(""),
		want: []string{"warning " + swallowed}, allow: true,
	},
	{
		name: "severities are set", input: pod(""), allow: false,
		config: "rules: {process/manager-entrypoint: {severity: warning}, process/signals-swallowed: {severity: error}}",
		want:   []string{"error " + swallowed, "warning " + entrypoint},
	},
	{
		name: "info is not shown unless asked for", input: pod(""), config: "rules: {process/signals-swallowed: {severity: info}}",
		want:     []string{"error " + entrypoint, "info " + swallowed},
		conftest: []string{"error " + entrypoint},
	},
	{
		name: "info is asked for", input: pod(""), config: "{rules: {process/signals-swallowed: {severity: info}}, conftest: {info: true}}",
		want: []string{"error " + entrypoint, "info " + swallowed},
	},
	{
		name: "a misspelt setting, rule and parameter", input: pod(""),
		config: "{ruels: {}, rules: {process/manager-entrypont: {}, process/drain-cut-short: {parameters: {min_drain: 1}}}}",
		want: []string{"error onelayer/config", "error onelayer/config", "error onelayer/config", "error " + entrypoint,
			"warning " + swallowed},
	},
	{
		name: "the rule about the configuration is switched off", input: pod(""),
		config: "{rules: {onelayer/config: {enabled: false}}, strict: 1}",
		want:   []string{"error " + entrypoint, "warning " + swallowed},
	},
	{
		name: "an annotation waives", input: annotated, config: `now: "2026-06-15"`,
		want: []string{"warning " + swallowed}, allow: true, waived: 1,
	},
	{
		name: "a waiver has expired", input: annotated, config: `now: "2026-06-16"`,
		want: []string{"error " + entrypoint, "warning onelayer/waiver-expired", "warning " + swallowed},
	},
	{
		name: "the configuration waives in a container of a file", file: "k8s/pod.yaml", input: pod(""), allow: true, waived: 1,
		config: `{now: "2026-06-15", waivers: [{rule: process/manager-entrypoint, reason: r, owner: o, until: "2027-01-01", match: {container: web, file: k8s/*}}]}`,
		want:   []string{"warning " + swallowed + " k8s/pod.yaml"},
	},
	{
		name: "a waiver without an owner", input: pod(""),
		config: `{now: "2026-06-15", waivers: [{rule: process/manager-entrypoint, reason: r, until: "2027-01-01"}]}`,
		want:   []string{"error onelayer/config", "error " + entrypoint, "warning " + swallowed},
	},
	{
		name: "a creation", input: review("CREATE", pod(""), "null"),
		want: []string{"error " + entrypoint, "warning " + swallowed},
	},
	{
		name: "a creation under a wrong configuration is not denied for that", config: "{strict: 1, rules: {process/manager-entrypoint: {enabled: false}}}",
		input: review("CREATE", pod(""), "null"), allow: true,
		want: []string{"error onelayer/config", "warning " + swallowed},
	},
	{
		name: "a wrong configuration alone fails a file", config: "{strict: 1, rules: {process/manager-entrypoint: {enabled: false}}}",
		input: pod(""), want: []string{"error onelayer/config", "warning " + swallowed},
	},
	{
		name: "severities of the rules about the configuration", input: pod(""),
		config: `{strict: 1, now: "2027-01-02", rules: {onelayer/config: {severity: warning}, onelayer/waiver-expired: {severity: error}}, ` + waiversText + `}`,
		want: []string{"error onelayer/waiver-expired", "error " + entrypoint, "warning onelayer/config", "warning onelayer/config",
			"warning " + swallowed},
	},
	{
		name: "the rules about waivers are switched off", input: pod(""),
		config: `{now: "2027-01-02", rules: {onelayer/config: {enabled: false}, onelayer/waiver-expired: {enabled: false}}, ` + waiversText + `}`,
		want:   []string{"error " + entrypoint, "warning " + swallowed},
	},
	{
		name: "a waiver of all rules of a group", input: pod(""), allow: true, waived: 3,
		config: `{now: "2026-06-15", waivers: [{rule: process/*, reason: r, owner: o, until: "2027-01-01"}]}`,
	},
	{
		name: "a review without an identity has no answer", input: strings.Replace(review("CREATE", pod(""), "null"), "uid: u1", "uid: 5", 1),
		want: []string{"error " + entrypoint, "warning " + swallowed},
	},
	{name: "a deletion", config: `{strict: 1, now: "2027-01-02", ` + waiversText + `}`, input: review("DELETE", "null", pod("")), allow: true},
	{name: "an update of nothing", config: "strict: 1", input: review("UPDATE", pod(""), pod("")), allow: true},
	{
		name: "an annotation does not waive in a cluster", input: review("CREATE", annotated, "null"), config: `now: "2026-06-15"`,
		want: []string{"error " + entrypoint, "warning " + swallowed},
	},
	{
		name: "an annotation waives in a cluster that allows it", input: review("CREATE", annotated, "null"),
		config: `{now: "2026-06-15", annotation_waivers: true}`,
		want:   []string{"warning " + swallowed}, allow: true, waived: 1,
	},
	{
		name: "two files with one object", input: "[{path: ./a.yaml, contents: " + pod("") + "}, {path: b.yaml, contents: " + pod("") + "}]",
		want: []string{"error " + entrypoint + " a.yaml", "error " + entrypoint + " b.yaml", "warning " + swallowed + " a.yaml", "warning " + swallowed + " b.yaml"},
	},
	{
		name:  "a Dockerfile and the package.json that it starts",
		input: `[{path: api/Dockerfile, contents: [{Cmd: from, Value: [node]}, {Cmd: copy, Value: [., ./]}, {Cmd: cmd, Value: [npm start], JSON: false}]}, {path: api/package.json, contents: {scripts: {start: pm2-runtime x.js}}}]`,
		want:  []string{"error " + entrypoint + " api/package.json", "warning " + swallowed + " api/package.json"},
	},
}

// parts gives the configuration and the input of a scenario.
func (s *scenario) parts() (config map[string]any, input any, err error) {
	config = map[string]any{}
	if err := yaml.Unmarshal([]byte(s.config), &config); err != nil {
		return nil, nil, fmt.Errorf("parse configuration: %w", err)
	}
	if err := yaml.Unmarshal([]byte(s.input), &input); err != nil {
		return nil, nil, fmt.Errorf("parse input: %w", err)
	}
	return config, input, nil
}

// watched tells whether scenarios list the findings of a rule; what else the library says about their Pod may change.
func watched(id string) bool {
	return id == entrypoint || id == swallowed || strings.HasPrefix(id, "onelayer/")
}

// tell gives findings as scenarios list them.
func tell(list []any, file func(fields map[string]any) string) []string {
	var said []string
	for _, item := range list {
		fields, _ := item.(map[string]any)
		if id, _ := fields["id"].(string); !watched(id) {
			continue
		}
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s %s", fields["severity"], fields["id"], file(fields))))
	}
	slices.Sort(said)
	return said
}

// tryOPA says how OPA's answer differs from what is wanted; empty when it does not.
func (s *scenario) tryOPA(ctx context.Context, o *opa) (string, error) {
	config, input, err := s.parts()
	if err != nil {
		return "", err
	}
	if err := put(ctx, o.store, map[string]any{"/lib/onelayer/config": config}); err != nil {
		return "", err
	}
	if s.file != "" {
		input = map[string]any{"onelayer": map[string]any{"file": s.file, "document": input}}
	}
	results, err := o.query.Eval(ctx, rego.EvalInput(input))
	if err != nil {
		return "", fmt.Errorf("evaluate decision: %w", err)
	}
	if len(results) != 1 {
		return "no decision", nil
	}
	decision, _ := results[0].Expressions[0].Value.(map[string]any)
	findings, _ := decision["findings"].([]any)
	waived, _ := decision["waived"].([]any)
	said := tell(findings, func(fields map[string]any) string {
		if text, there := fields["file"].(string); there && text == "" {
			return "an empty file"
		}
		text, _ := fields["file"].(string)
		return text
	})
	counts := map[string]int{"waived": len(waived)}
	for _, item := range findings {
		fields, _ := item.(map[string]any)
		counts[fmt.Sprint(fields["severity"])]++
	}
	have := fmt.Sprint(said, decision["allow"], len(waived), explained(findings), explained(waived), waivers(waived))
	want := fmt.Sprint(sorted(s.want), s.allow, s.waived, true, true, s.waived)
	summary, _ := json.Marshal(decision["summary"])
	counted := fmt.Sprintf(`{"error":%d,"info":%d,"waived":%d,"warning":%d}`, counts["error"], counts["info"], counts["waived"], counts["warning"])
	if have != want || string(summary) != counted || fmt.Sprint(decision["revision"]) == "" {
		return fmt.Sprintf("have %s %s\nwant %s %s", have, summary, want, counted), nil
	}
	answers, err := o.answers.Eval(ctx, rego.EvalInput(input))
	if err != nil {
		return "", fmt.Errorf("evaluate answer: %w", err)
	}
	return s.answer(answers, findings), nil
}

// answer says what is wrong with the answer to an AdmissionReview. There is one if the input is a review with an identity.
func (s *scenario) answer(answers rego.ResultSet, findings []any) string {
	if !strings.Contains(s.input, "uid: u1") {
		if len(answers) > 0 {
			return "an answer to what is no review"
		}
		return ""
	}
	if len(answers) != 1 {
		return "no answer to a review"
	}
	want := map[string]any{"uid": "u1", "allowed": s.allow}
	var denied, warned []any
	for _, item := range findings {
		fields, _ := item.(map[string]any)
		switch {
		case fields["severity"] == "error" && !strings.HasPrefix(fmt.Sprint(fields["id"]), "onelayer/"):
			denied = append(denied, fields["msg"])
		case fields["severity"] != "info":
			warned = append(warned, fields["msg"])
		}
	}
	if len(denied) > 0 {
		want["status"] = map[string]any{"code": json.Number("403"), "message": fmt.Sprint(denied[0])}
	}
	if len(warned) > 0 {
		want["warnings"] = warned
	}
	answer := map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": want}
	if have := answers[0].Expressions[0].Value; fmt.Sprint(have) != fmt.Sprint(answer) {
		return fmt.Sprintf("have answer %v\nwant answer %v", have, answer)
	}
	return ""
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// explained tells whether every finding says what to do and where to read on.
func explained(list []any) bool {
	return !slices.ContainsFunc(list, func(item any) bool {
		fields, _ := item.(map[string]any)
		docs, _ := fields["docs"].(string)
		id, _ := fields["id"].(string)
		remediation, _ := fields["remediation"].(string)
		return remediation == "" || !strings.HasSuffix(docs, "docs/rules/"+id+".md")
	})
}

func waivers(list []any) int {
	count := 0
	for _, item := range list {
		fields, _ := item.(map[string]any)
		if given, ok := fields["waiver"].(map[string]any); ok && given["owner"] != nil {
			count++
		}
	}
	return count
}

// tryConftest is tryOPA for conftest.
func (s *scenario) tryConftest(ctx context.Context, c *conftest) (string, error) {
	config, input, err := s.parts()
	if err != nil {
		return "", err
	}
	if err := put(ctx, c.Store(), map[string]any{"/lib/onelayer/config": config}); err != nil {
		return "", err
	}
	var results output.CheckResults
	if list, ok := input.([]any); ok {
		files := map[string]any{}
		for _, item := range list {
			fields, _ := item.(map[string]any)
			files[fmt.Sprint(fields["path"])] = []any{fields["contents"]}
		}
		result, err := c.CheckCombined(ctx, files, "main")
		if err != nil {
			return "", fmt.Errorf("check combined: %w", err)
		}
		results = output.CheckResults{result}
	} else if results, err = c.Check(ctx, map[string]any{s.file: input}, "main"); err != nil {
		return "", fmt.Errorf("check: %w", err)
	}
	var said []string
	well := true
	for _, result := range results {
		for _, one := range slices.Concat(result.Failures, result.Warnings) {
			fields := maps.Clone(one.Metadata)
			at := ""
			if one.Location != nil && s.located() {
				at = one.Location.File
			}
			well = well && explained([]any{fields}) && fields["path"] != nil && (one.Location == nil || one.Location.File != "")
			said = append(said, tell([]any{fields}, func(map[string]any) string { return at })...)
		}
		for _, failure := range result.Failures {
			well = well && failure.Metadata["severity"] == "error"
		}
	}
	want := s.want
	if s.conftest != nil {
		want = s.conftest
	}
	if have, want := fmt.Sprint(sorted(said), well), fmt.Sprint(sorted(want), true); have != want {
		return fmt.Sprintf("have %s\nwant %s", have, want), nil
	}
	return "", nil
}

// located tells whether the scenario says in which file findings are shown.
func (s *scenario) located() bool { return s.file != "" || strings.HasPrefix(s.input, "[") }

// TestScenarios holds both entries against what is written down here.
func TestScenarios(t *testing.T) {
	files, err := library("bundles/opa")
	require.NoError(t, err)
	o, err := newOPA(t.Context(), files)
	require.NoError(t, err)
	files, err = library("bundles/conftest")
	require.NoError(t, err)
	c, err := newConftest(t.TempDir(), files)
	require.NoError(t, err)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			detail, err := s.tryOPA(t.Context(), o)
			require.NoError(t, err)
			assert.Empty(t, detail, "OPA")
			detail, err = s.tryConftest(t.Context(), c)
			require.NoError(t, err)
			assert.Empty(t, detail, "conftest")
		})
	}
}
