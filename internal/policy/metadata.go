package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

// custom is the closed schema of METADATA custom.
type custom struct {
	ID           string                        `json:"id"`
	Group        string                        `json:"group"`
	Severity     finding.Severity              `json:"severity"`
	Severities   []finding.Severity            `json:"severities"`
	Concerns     []string                      `json:"concerns"`
	Layers       []string                      `json:"layers"`
	AppliesTo    []string                      `json:"applies_to"`
	Needs        []string                      `json:"needs"`
	Needles      []string                      `json:"needles"`
	Surroundings []string                      `json:"surroundings"`
	RaisedBy     map[finding.Severity][]string `json:"raised_by"`
	Parameters   map[string]Parameter          `json:"parameters"`
	Remediation  Remediation                   `json:"remediation"`
	Fix          string                        `json:"fix"`
	Since        string                        `json:"since"`
	Effective    string                        `json:"effective"`
	Aliases      []string                      `json:"aliases"`
	Deprecated   string                        `json:"deprecated"`
}

// groupOnelayer holds the rules about onelayer's own configuration; they belong to no layer.
const groupOnelayer = "onelayer"

var (
	groups    = []string{"process", "traffic", "observability", "resilience", "mesh", groupOnelayer}
	severity  = []finding.Severity{finding.Error, finding.Warning, finding.Info}
	concerns  = []string{"lifecycle", "scaling", "load-balancing", "drain", "logs", "metrics", "tracing", "retries", "timeouts", "circuit-breaking", "health", "mtls"}
	layers    = []string{"container", "kubernetes", "mesh"}
	needs     = []string{"object", "namespace", "inventory", "source", "image"}
	fixes     = []string{"safe", "unsafe", "manual"}
	types     = []string{"string", "integer", "number", "boolean", "array", "object"}
	itemTypes = []string{"string", "integer", "number", "boolean", "object"}

	idPattern      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*/[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	kindPattern    = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?/[A-Z][A-Za-z0-9]*$`)
	versionPattern = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	namePattern    = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	unknownField   = regexp.MustCompile(`unknown field "([^"]+)"`)
)

// metadata collects what is wrong with the METADATA of one policy.
type metadata struct {
	file     string
	start    int
	lines    []string
	problems []finding.Problem
}

// fail notes a problem at the line that names field, or at the block's first line.
func (m *metadata) fail(field, format string, args ...any) {
	m.problems = append(m.problems, finding.Problem{File: m.file, Line: m.line(field), Msg: fmt.Sprintf(format, args...)})
}

// line finds the comment line that holds field, given as a dotted path, by looking for its last name below the others.
func (m *metadata) line(field string) int {
	at := 0
	for name := range strings.SplitSeq(field, ".") {
		for i := at; i < len(m.lines); i++ {
			text := strings.TrimLeft(strings.TrimPrefix(m.lines[i], "#"), " -")
			if strings.HasPrefix(text, name+":") {
				at = i
				break
			}
		}
	}
	return m.start + at
}

// readRule reads and checks the METADATA of a policy module.
func readRule(module *ast.Module, file string) (*Rule, []finding.Problem) {
	note := packageAnnotations(module)
	if len(note) != 1 {
		return nil, []finding.Problem{{File: file, Line: 1, Msg: fmt.Sprintf("a policy has one package METADATA, found %d", len(note))}}
	}
	a := note[0]
	m := &metadata{file: file, start: a.Location.Row, lines: strings.Split(string(a.Location.Text), "\n")}
	raw, ok := m.decode(a)
	if !ok {
		return nil, m.problems
	}
	rule := newRule(a, raw, module, file)
	m.checkIdentity(rule)
	m.checkSeverities(rule)
	m.checkLists(rule)
	m.checkTexts(a, rule)
	m.checkParameters(rule)
	if len(m.problems) > 0 {
		return nil, m.problems
	}
	return rule, nil
}

func packageAnnotations(module *ast.Module) []*ast.Annotations {
	var found []*ast.Annotations
	for _, a := range module.Annotations {
		if a.Scope == "package" {
			found = append(found, a)
		}
	}
	return found
}

// decode reads custom with the closed schema.
func (m *metadata) decode(a *ast.Annotations) (custom, bool) {
	var out custom
	text, err := json.Marshal(a.Custom)
	if err != nil {
		m.fail("custom", "encode custom: %v", err)
		return out, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&out)
	if err == nil {
		return out, true
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		m.fail(wrong.Field, "custom.%s: want %s, got %s", wrong.Field, wrong.Type, wrong.Value)
		return out, false
	}
	if found := unknownField.FindStringSubmatch(err.Error()); found != nil {
		m.fail("custom."+found[1], "custom: unknown field %q", found[1])
		return out, false
	}
	m.fail("custom", "decode custom: %v", err)
	return out, false
}

func newRule(a *ast.Annotations, c custom, module *ast.Module, file string) *Rule {
	rule := &Rule{
		ID: c.ID, Title: a.Title, Description: a.Description, Group: c.Group, Severity: c.Severity, Severities: c.Severities,
		Concerns: c.Concerns, Layers: c.Layers, AppliesTo: c.AppliesTo, Needs: c.Needs, Needles: c.Needles, Surroundings: c.Surroundings, RaisedBy: c.RaisedBy,
		Parameters: c.Parameters, Remediation: c.Remediation, Fix: c.Fix, Since: c.Since, Effective: c.Effective,
		Aliases: c.Aliases, Deprecated: c.Deprecated, Package: packageName(module), File: file,
	}
	for _, resource := range a.RelatedResources {
		rule.RelatedResources = append(rule.RelatedResources, RelatedResource{Ref: resource.Ref.String(), Description: resource.Description})
	}
	return rule
}

// checkIdentity ties id, group, folder and package together.
func (m *metadata) checkIdentity(r *Rule) {
	if !idPattern.MatchString(r.ID) {
		m.fail("id", "custom.id %q is not of the form group/rule", r.ID)
		return
	}
	group, name, _ := strings.Cut(r.ID, "/")
	if !slices.Contains(groups, group) {
		m.fail("id", "custom.id: unknown group %q, want one of %s", group, strings.Join(groups, ", "))
	}
	if r.Group != group {
		m.fail("group", "custom.group %q is not the group of id %q", r.Group, r.ID)
	}
	snake := strings.ReplaceAll(name, "-", "_")
	if want := path.Join("policies", group, snake, snake+".rego"); r.File != want {
		m.fail("id", "custom.id %q belongs in %s", r.ID, want)
	}
	if want := policyRoot + "." + group + "." + snake; r.Package != want {
		m.fail("", "package %s of id %q is not %s", r.Package, r.ID, want)
	}
	for _, alias := range r.Aliases {
		if !idPattern.MatchString(alias) || alias == r.ID {
			m.fail("aliases", "custom.aliases: %q is not another id", alias)
		}
	}
}

func (m *metadata) checkSeverities(r *Rule) {
	oneOf(m, "severity", []finding.Severity{r.Severity}, severity)
	oneOf(m, "severities", r.Severities, severity)
	if !slices.Contains(r.Severities, r.Severity) {
		m.fail("severities", "custom.severities does not hold the severity %q", r.Severity)
	}
}

func (m *metadata) checkLists(r *Rule) {
	if r.Group != groupOnelayer {
		m.filled("concerns", r.Concerns)
		m.filled("layers", r.Layers)
	}
	oneOf(m, "concerns", r.Concerns, concerns)
	oneOf(m, "layers", r.Layers, layers)
	m.filled("needs", r.Needs)
	oneOf(m, "needs", r.Needs, needs)
	oneOf(m, "fix", []string{r.Fix}, fixes)
	m.filled("applies_to", r.AppliesTo)
	distinct(m, "applies_to", r.AppliesTo)
	for _, kind := range r.AppliesTo {
		if !kindPattern.MatchString(kind) {
			m.fail("applies_to", "custom.applies_to: %q is not group/Kind (apps/Deployment, /Service)", kind)
		}
	}
	for field, needles := range map[string][]string{"needles": r.Needles, "surroundings": r.Surroundings} {
		distinct(m, field, needles)
		if slices.ContainsFunc(needles, isEmptyNeedle) {
			m.fail(field, "custom.%s: an empty needle is in every document", field)
		}
	}
	m.checkRaised(r)
	if len(r.Surroundings) > 0 && slices.ContainsFunc(r.Needles, isAround) {
		m.fail("surroundings", "custom.surroundings: needles that begin with %s say what must stand around already", Around)
	}
}

// checkRaised reads what a severity beside the default needs.
func (m *metadata) checkRaised(r *Rule) {
	for level, needles := range r.RaisedBy {
		field := "raised_by." + string(level)
		if level == r.Severity || !slices.Contains(r.Severities, level) {
			m.fail(field, "custom.%s: want one of severities that is not the default", field)
		}
		m.filled(field, needles)
		distinct(m, field, needles)
		if slices.ContainsFunc(needles, isEmptyNeedle) {
			m.fail(field, "custom.%s: an empty needle is in every document", field)
		}
	}
}

// isAround tells whether a needle alone is looked for around a document.
func isAround(needle string) bool { return strings.HasPrefix(needle, Around) }

func isEmptyNeedle(needle string) bool {
	return slices.ContainsFunc(strings.Split(needle, And), func(literal string) bool {
		return strings.ReplaceAll(strings.TrimPrefix(literal, Around), `\b`, "") == ""
	})
}

func (m *metadata) checkTexts(a *ast.Annotations, r *Rule) {
	if r.Title == "" {
		m.fail("title", "title is missing")
	}
	if r.Description == "" {
		m.fail("description", "description is missing")
	}
	if r.Remediation.Default == "" {
		m.fail("remediation", "custom.remediation.default is missing")
	}
	if !versionPattern.MatchString(r.Since) {
		m.fail("since", "custom.since %q is not a release such as 0.1.0", r.Since)
	}
	if r.Effective != "" && !versionPattern.MatchString(r.Effective) {
		m.fail("effective", "custom.effective %q is not a release such as 0.1.0", r.Effective)
	}
	if len(a.Authors)+len(a.Organizations)+len(a.Schemas)+len(a.Labels) > 0 || a.Entrypoint || a.Compile != nil {
		m.fail("", "METADATA of a policy holds scope, title, description, related_resources and custom only")
	}
}

func (m *metadata) checkParameters(r *Rule) {
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		p, field := r.Parameters[name], "parameters."+name
		if !namePattern.MatchString(name) {
			m.fail(field, "custom.%s: not a snake_case name", field)
		}
		if p.Description == "" {
			m.fail(field, "custom.%s: description is missing", field)
		}
		if !slices.Contains(types, p.Type) {
			m.fail(field, "custom.%s: unknown type %q, want one of %s", field, p.Type, strings.Join(types, ", "))
			continue
		}
		m.checkItems(field, p)
		if !p.accepts(p.Default) {
			m.fail(field+".default", "custom.%s.default does not fit its own schema", field)
		}
	}
}

func (m *metadata) checkItems(field string, p Parameter) {
	switch {
	case p.Type == "array" && p.Items == nil:
		m.fail(field, "custom.%s: an array needs items", field)
	case p.Type != "array" && p.Items != nil:
		m.fail(field+".items", "custom.%s: only an array has items", field)
	case p.Items != nil && !slices.Contains(itemTypes, p.Items.Type):
		m.fail(field+".items", "custom.%s.items: unknown type %q, want one of %s", field, p.Items.Type, strings.Join(itemTypes, ", "))
	}
}

// accepts tells whether a JSON value fits the schema of the parameter.
func (p Parameter) accepts(value any) bool {
	if !fits(value, p.Type, p.Enum) {
		return false
	}
	list, ok := value.([]any)
	if !ok || p.Items == nil {
		return true
	}
	return !slices.ContainsFunc(list, func(item any) bool { return !fits(item, p.Items.Type, p.Items.Enum) })
}

func fits(value any, kind string, enum []any) bool {
	if len(enum) > 0 && !slices.ContainsFunc(enum, func(allowed any) bool { return reflect.DeepEqual(allowed, value) }) {
		return false
	}
	switch v := value.(type) {
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && v == math.Trunc(v)
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	default:
		return false
	}
}

func (m *metadata) filled(field string, values []string) {
	if len(values) == 0 {
		m.fail(field, "custom.%s is missing", field)
	}
}

func oneOf[T ~string](m *metadata, field string, values, allowed []T) {
	distinct(m, field, values)
	for _, value := range values {
		if !slices.Contains(allowed, value) {
			m.fail(field, "custom.%s: unknown value %q", field, value)
		}
	}
}

func distinct[T ~string](m *metadata, field string, values []T) {
	seen := map[T]bool{}
	for _, value := range values {
		if seen[value] {
			m.fail(field, "custom.%s: %q stands there twice", field, value)
		}
		seen[value] = true
	}
}
