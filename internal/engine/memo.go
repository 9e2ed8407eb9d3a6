package engine

import (
	"math"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/onelayer/onelayer/internal/snapshot"
)

// maxMemo bounds the answers that a worker keeps from document to document.
const maxMemo = 1 << 15

// memo is the virtual cache of a worker's queries. It keeps the answers of pure and settled rules, and of such functions
// that were asked the same for two documents - one command line stands in many of them - and forgets all others at the end of
// a query. It belongs to one goroutine.
type memo struct {
	purity *purity
	// query numbers the queries, from 1.
	query uint32
	// data is the unit that the query is about, and plain tells that its input is a plain object: settled answers hold then.
	// unit numbers the units, from 1.
	data  *unitData
	plain func() bool
	unit  uint32
	// rules are the values of rules, by number; givers know some of them without evaluation.
	rules  []ruleAnswer
	givers []func() *ast.Term
	// calls are the functions by the term that names them at a call, functions by their path.
	calls     map[*ast.Term]*function
	functions map[string]*function
	// recent are the answers of functions in the current query, seen the calls of earlier ones.
	recent recent
	seen   []uint32
	count  int
	// rest holds what is true in the current query only and is neither; scopes, what is true below Push.
	rest, scopes topdown.VirtualCache
	depth        int
}

// ruleAnswer is the value of a rule, nil where it is undefined, and the query and the unit in which it holds; 0 means never.
type ruleAnswer struct {
	value       *ast.Term
	query, unit uint32
}

// everyQuery is the query of an answer that holds in all of them.
const everyQuery = math.MaxUint32

// function is a function with its lasting answers, if it is pure or settled.
type function struct {
	lasting

	number uint32
	byHash map[int][]call
}

type call struct {
	arguments []*ast.Term
	value     *ast.Term
}

// seenCalls is how many calls of earlier queries a worker remembers at most. One that falls on the place of another is
// forgotten, and so is kept later or never.
const seenCalls = 1 << 14

func newMemo(p *purity) *memo {
	m := &memo{
		purity: p, seen: make([]uint32, seenCalls), givers: make([]func() *ast.Term, p.count),
		plain: func() bool { return false },
	}
	m.forget()
	return m
}

// next begins a query about a document of a unit.
func (m *memo) next(data *unitData) {
	if data != m.data {
		m.enter(data)
	}
	if m.count > maxMemo || m.query == everyQuery-1 {
		m.forget()
	}
	m.query++
	m.recent.clear()
	m.rest, m.scopes, m.depth = nil, nil, 0
}

// enter begins a unit.
func (m *memo) enter(data *unitData) {
	m.data = data
	m.unit++
	for _, f := range m.functions {
		if f.settled {
			f.byHash = nil
		}
	}
}

// settles tells that settled answers hold.
func (m *memo) settles() bool { return m.depth == 0 && m.plain() }

// forget drops all answers.
func (m *memo) forget() {
	m.query, m.count = 1, 0
	m.rules = make([]ruleAnswer, m.purity.count)
	m.calls, m.functions = map[*ast.Term]*function{}, map[string]*function{}
	m.recent.clear()
	clear(m.seen)
	m.rest, m.scopes, m.depth = nil, nil, 0
}

// Push begins a scope with other data or input. Pure answers hold in it as well.
func (m *memo) Push() {
	if m.scopes == nil {
		m.scopes = topdown.NewVirtualCache()
	}
	m.scopes.Push()
	m.depth++
}

// Pop ends a scope.
func (m *memo) Pop() {
	m.scopes.Pop()
	m.depth--
}

// Keys lists what is cached for the current scope and is no answer of a rule or function.
func (m *memo) Keys() []ast.Ref { return m.other().Keys() }

// other is where everything goes that has no place of its own.
func (m *memo) other() topdown.VirtualCache {
	if m.depth > 0 {
		return m.scopes
	}
	if m.rest == nil {
		m.rest = topdown.NewVirtualCache()
	}
	return m.rest
}

// Get gives a known answer; the flag tells that the answer is known to be undefined.
func (m *memo) Get(ref ast.Ref) (*ast.Term, bool) {
	if f := m.function(ref[0]); f != nil {
		if f.pure || m.depth == 0 {
			return m.answer(f, ref[1:]), false
		}
	} else if rule, ok := m.purity.rule(ref); ok && (rule.pure || m.depth == 0) {
		known := m.rules[rule.number]
		if known.query == m.query || known.query == everyQuery || rule.settled && known.unit == m.unit && m.settles() {
			return known.value, known.value == nil
		}
		return m.given(rule.number), false
	}
	if m.depth == 0 && m.rest == nil {
		return nil, false
	}
	return m.other().Get(ref)
}

// give has a function answer for a rule, as long as it can: its nil leaves the rule to evaluation.
func (m *memo) give(path string, answer func() *ast.Term) {
	if rule := m.purity.named(path); rule != nil {
		m.givers[rule.number] = answer
	}
}

// know keeps the value of a rule in the current query.
func (m *memo) know(path string, value *ast.Term) {
	if rule := m.purity.named(path); rule != nil {
		m.rules[rule.number] = ruleAnswer{value: value, query: m.query}
	}
}

// given asks the function that answers for a rule, if there is one. What it says holds of the input, and so in no scope.
func (m *memo) given(number int) *ast.Term {
	if m.depth > 0 || m.givers[number] == nil {
		return nil
	}
	value := m.givers[number]()
	if value != nil {
		m.rules[number] = ruleAnswer{value: value, query: m.query}
	}
	return value
}

// Put keeps an answer.
func (m *memo) Put(ref ast.Ref, value *ast.Term) {
	if f := m.function(ref[0]); f != nil {
		if f.pure || m.depth == 0 {
			m.keep(f, ref[1:], value)
			return
		}
	} else if rule, ok := m.purity.rule(ref); ok && (rule.pure || m.depth == 0) {
		answer := ruleAnswer{value: value, query: m.query}
		if rule.pure {
			answer.query = everyQuery
		} else if rule.settled && m.settles() {
			answer.unit = m.unit
		}
		m.rules[rule.number] = answer
		return
	}
	m.other().Put(ref, value)
}

// function gives the function that the first term of a key names, nil where it begins a reference to a rule.
func (m *memo) function(named *ast.Term) *function {
	name, ok := named.Value.(ast.Ref)
	if !ok {
		return nil
	}
	known, seen := m.calls[named]
	if seen {
		return known
	}
	path := snapshot.Dotted(name)
	known = m.functions[path]
	if known == nil {
		known = &function{lasting: m.purity.lasting[path], number: uint32(len(m.functions))}
		m.functions[path] = known
	}
	m.calls[named] = known
	return known
}

// answer looks for the answer to a call.
func (m *memo) answer(f *function, arguments []*ast.Term) *ast.Term {
	hash := hashOf(arguments)
	if value := m.recent.get(f, hash, arguments); value != nil {
		return value
	}
	if !f.pure && !m.settles() {
		return nil
	}
	for _, c := range f.byHash[hash] {
		if equal(c.arguments, arguments) {
			return c.value
		}
	}
	return nil
}

// keep keeps the answer to arguments that are known completely: for the current query, and for all when an earlier one
// asked the same.
func (m *memo) keep(f *function, arguments []*ast.Term, value *ast.Term) {
	if value == nil || !value.IsGround() {
		return
	}
	for _, argument := range arguments {
		if !argument.IsGround() {
			return
		}
	}
	hash := hashOf(arguments)
	if (f.pure || f.settled && m.settles()) && m.again(f, hash) {
		if f.byHash == nil {
			f.byHash = map[int][]call{}
		}
		f.byHash[hash] = append(f.byHash[hash], call{append([]*ast.Term(nil), arguments...), value})
		m.count++
		return
	}
	m.recent.put(f, hash, arguments, value)
}

// again tells whether a call was seen before, and remembers it.
func (m *memo) again(f *function, hash int) bool {
	const fibonacci = 0x9e3779b97f4a7c15
	mixed := (uint64(hash) ^ uint64(f.number)<<32) * fibonacci
	place, print := mixed>>(64-14), uint32(mixed)|1
	if m.seen[place] == print {
		return true
	}
	m.seen[place] = print
	return false
}

func equal(some, others []*ast.Term) bool {
	if len(some) != len(others) {
		return false
	}
	for i, term := range some {
		if !term.Equal(others[i]) {
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
