package engine

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/onelayer/onelayer/internal/snapshot"
)

// maxMemo bounds the answers that a worker keeps from document to document.
const maxMemo = 1 << 15

// memo is the virtual cache of a worker's queries. It keeps the answers of pure rules and functions from document to
// document - one command line stands in many of them - and forgets all others at the end of a query. It belongs to one
// goroutine.
type memo struct {
	purity *purity
	// query holds what is true of the document at hand only.
	query topdown.VirtualCache
	// calls tells for the name of each call in a policy whether the function is pure, and its answers if it is.
	calls map[*ast.Term]*answers
	pure  map[string]*answers
	// rules are the values of pure rules, by number.
	rules []*ruleAnswer
	count int
}

// ruleAnswer is the value of a rule, nil where it is undefined.
type ruleAnswer struct{ value *ast.Term }

// answers are the known values of one function.
type answers struct {
	byHash map[int][]call
}

type call struct {
	arguments []*ast.Term
	value     *ast.Term
}

func newMemo(p *purity) *memo {
	m := &memo{purity: p}
	m.forget()
	return m
}

// next begins a query.
func (m *memo) next() {
	m.query = topdown.NewVirtualCache()
	if m.count > maxMemo {
		m.forget()
	}
}

// forget drops all answers.
func (m *memo) forget() {
	m.rules = make([]*ruleAnswer, len(m.purity.pure))
	m.calls, m.pure, m.count = map[*ast.Term]*answers{}, map[string]*answers{}, 0
	m.query = topdown.NewVirtualCache()
}

// Push begins a scope with other data or input. Pure answers hold in it as well.
func (m *memo) Push() { m.query.Push() }

// Pop ends a scope.
func (m *memo) Pop() { m.query.Pop() }

// Keys lists what the current query has cached.
func (m *memo) Keys() []ast.Ref { return m.query.Keys() }

// Get gives a known answer; the flag tells that the answer is known to be undefined.
func (m *memo) Get(ref ast.Ref) (*ast.Term, bool) {
	if known := m.function(ref); known != nil {
		return known.get(ref[1:]), false
	}
	if rule, pure := m.purity.rule(ref); pure {
		if known := m.rules[rule]; known != nil {
			return known.value, known.value == nil
		}
		return nil, false
	}
	return m.query.Get(ref)
}

// Put keeps an answer.
func (m *memo) Put(ref ast.Ref, value *ast.Term) {
	known := m.function(ref)
	if known == nil {
		if rule, pure := m.purity.rule(ref); pure {
			m.rules[rule] = &ruleAnswer{value}
			return
		}
		m.query.Put(ref, value)
		return
	}
	if value != nil && known.put(ref[1:], value) {
		m.count++
	}
}

// function gives the answers of the pure function that a key names, nil for any other key.
func (m *memo) function(ref ast.Ref) *answers {
	known, seen := m.calls[ref[0]]
	if seen {
		return known
	}
	name, ok := ref[0].Value.(ast.Ref)
	if !ok {
		return nil
	}
	path := snapshot.Dotted(name)
	if m.purity.pure[path] {
		if m.pure[path] == nil {
			m.pure[path] = &answers{byHash: map[int][]call{}}
		}
		known = m.pure[path]
	}
	m.calls[ref[0]] = known
	return known
}

func (a *answers) get(arguments []*ast.Term) *ast.Term {
	for _, c := range a.byHash[hashOf(arguments)] {
		if c.matches(arguments) {
			return c.value
		}
	}
	return nil
}

// put keeps the answer to arguments that are known completely.
func (a *answers) put(arguments []*ast.Term, value *ast.Term) bool {
	if !value.IsGround() {
		return false
	}
	own := make([]*ast.Term, len(arguments))
	for i, argument := range arguments {
		if !argument.IsGround() {
			return false
		}
		own[i] = argument
	}
	hash := hashOf(own)
	a.byHash[hash] = append(a.byHash[hash], call{own, value})
	return true
}

func (c *call) matches(arguments []*ast.Term) bool {
	if len(c.arguments) != len(arguments) {
		return false
	}
	for i, argument := range arguments {
		if !c.arguments[i].Equal(argument) {
			return false
		}
	}
	return true
}

func hashOf(terms []*ast.Term) int {
	hash := 17
	for _, term := range terms {
		hash = hash*31 + term.Hash()
	}
	return hash
}
