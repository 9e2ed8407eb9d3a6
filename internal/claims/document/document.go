// Package document is the responsibility map as a document: per workload, which layer owns which runtime concern.
//
// It owns the shape of the JSON map (schema onelayer.dev/map/v1). It must not know how claims are made or shown.
package document

import "github.com/onelayer/onelayer/internal/finding"

// SchemaMap names the JSON document that `onelayer map -o json` prints.
const SchemaMap = "onelayer.dev/map/v1"

// Concerns are the rows of a map, in order.
var Concerns = []string{
	"lifecycle", "scaling", "load-balancing", "drain", "logs", "metrics", "tracing", "retries", "timeouts", "circuit-breaking", "health", "mtls",
}

// State is what a layer does about a concern.
type State string

// The states.
const (
	Owns          State = "owns"
	Default       State = "default"
	StateBypassed State = "bypassed"
	StateNone     State = "none"
	StateUnknown  State = "unknown"
)

// Verdict says how many owners a concern has.
type Verdict string

// The verdicts.
const (
	One      Verdict = "one"
	Two      Verdict = "two"
	None     Verdict = "none"
	Bypassed Verdict = "bypassed"
	Unknown  Verdict = "unknown"
)

// Map is the document. Slices are never nil.
type Map struct {
	Schema    string            `json:"schema"`
	Workloads []Workload        `json:"workloads"`
	Edges     []Edge            `json:"edges"`
	Errors    []finding.Problem `json:"errors"`
	Summary   Summary           `json:"summary"`
	// Notices tell what was left out on purpose.
	Notices []string `json:"-"`
}

// Workload is one workload with all its concerns.
type Workload struct {
	Object   finding.Object `json:"object"`
	File     string         `json:"file"`
	Line     int            `json:"line"`
	Mesh     Membership     `json:"mesh"`
	Concerns []Concern      `json:"concerns"`
}

// Membership is the mesh that carries a workload's traffic, and why.
type Membership struct {
	Mode     string   `json:"mode"`
	Revision string   `json:"revision"`
	Why      []string `json:"why"`
}

// Concern is a row of the map.
type Concern struct {
	Concern string `json:"concern"`
	// Applies tells that the workload needs an owner of the concern: a Job needs no load balancer.
	Applies    bool       `json:"applies"`
	Container  State      `json:"container"`
	Kubernetes State      `json:"kubernetes"`
	Mesh       State      `json:"mesh"`
	Verdict    Verdict    `json:"verdict"`
	Evidence   []Evidence `json:"evidence"`
}

// Gap tells that a concern has no owner though the workload needs one.
func (c *Concern) Gap() bool { return c.Applies && c.Verdict == None }

// States gives the states of the layers by the order of Layers.
func (c *Concern) States() [3]State { return [3]State{c.Container, c.Kubernetes, c.Mesh} }

// Layers are the columns of a map, in order.
var Layers = [3]string{"container", "kubernetes", "mesh"}

// Evidence is a place that a claim rests on. Rule is the rule that found it, empty for what an object declares.
type Evidence struct {
	Layer  string          `json:"layer"`
	File   string          `json:"file,omitempty"`
	Line   int             `json:"line,omitempty"`
	Object *finding.Object `json:"object,omitempty"`
	Path   string          `json:"path"`
	Note   string          `json:"note"`
	Rule   string          `json:"rule,omitempty"`
}

// Edge is a call that the input names, with how often each layer may try it.
type Edge struct {
	From   finding.Object `json:"from"`
	To     finding.Object `json:"to"`
	Layers []Tries        `json:"layers"`
	// Connect and ServerError are how often one request may be tried at most, when connections fail and when answers are
	// errors.
	Connect     int `json:"connect"`
	ServerError int `json:"serverError"`
	// Certain is false where the mesh of the caller is not known, which may multiply once more.
	Certain bool `json:"certain"`
	// BoundMs is the longest that all tries take together, nil where nothing bounds them.
	BoundMs  *float64   `json:"boundMs"`
	Evidence []Evidence `json:"evidence"`
}

// Tries is how often one layer may try a call, and after which failures: connect, server-error.
type Tries struct {
	Evidence

	Tries   int      `json:"tries"`
	Classes []string `json:"classes"`
}

// Summary counts the concerns of all workloads by verdict; None counts those that need an owner only.
type Summary struct {
	Workloads int `json:"workloads"`
	One       int `json:"one"`
	Two       int `json:"two"`
	None      int `json:"none"`
	Bypassed  int `json:"bypassed"`
	Unknown   int `json:"unknown"`
}

// New makes an empty map.
func New() *Map {
	return &Map{Schema: SchemaMap, Workloads: []Workload{}, Edges: []Edge{}, Errors: []finding.Problem{}}
}

// Count fills the summary.
func (m *Map) Count() {
	m.Summary = Summary{Workloads: len(m.Workloads)}
	for i := range m.Workloads {
		for j := range m.Workloads[i].Concerns {
			m.Summary.add(&m.Workloads[i].Concerns[j])
		}
	}
}

func (s *Summary) add(c *Concern) {
	switch {
	case c.Verdict == One:
		s.One++
	case c.Verdict == Two:
		s.Two++
	case c.Verdict == Bypassed:
		s.Bypassed++
	case c.Verdict == Unknown:
		s.Unknown++
	case c.Gap():
		s.None++
	}
}
