package engine

import "github.com/open-policy-agent/opa/v1/ast"

// recent holds the answers of functions in one query, in memory that the next query uses again.
type recent struct {
	entries []entry
	// terms is where the arguments of the entries lie.
	terms []*ast.Term
	// places is a hash table with open addressing: 1 + the number of an entry, 0 where it is free.
	places []int32
}

type entry struct {
	function  *function
	hash      int
	arguments []*ast.Term
	value     *ast.Term
}

const (
	fewPlaces = 256
	// manyPlaces is the size from which on the memory is given back.
	manyPlaces = 1 << 16
)

// clear begins a query.
func (r *recent) clear() {
	if len(r.places) >= manyPlaces || r.places == nil {
		*r = recent{places: make([]int32, fewPlaces)}
		return
	}
	if len(r.entries) > 0 {
		clear(r.places)
	}
	r.entries, r.terms = r.entries[:0], r.terms[:0]
}

// place gives the first place that a call may have.
func (r *recent) place(f *function, hash int) int {
	return (hash ^ int(f.number)*31) & (len(r.places) - 1)
}

func (r *recent) get(f *function, hash int, arguments []*ast.Term) *ast.Term {
	for at := r.place(f, hash); r.places[at] != 0; at = (at + 1) & (len(r.places) - 1) {
		known := &r.entries[r.places[at]-1]
		if known.function == f && known.hash == hash && equal(known.arguments, arguments) {
			return known.value
		}
	}
	return nil
}

// put keeps an answer that get does not know.
func (r *recent) put(f *function, hash int, arguments []*ast.Term, value *ast.Term) {
	if 2*len(r.entries) >= len(r.places) {
		r.grow()
	}
	from := len(r.terms)
	r.terms = append(r.terms, arguments...)
	r.entries = append(r.entries, entry{f, hash, r.terms[from:len(r.terms):len(r.terms)], value})
	r.settle(len(r.entries) - 1)
}

func (r *recent) grow() {
	r.places = make([]int32, 2*len(r.places))
	for i := range r.entries {
		r.settle(i)
	}
}

func (r *recent) settle(i int) {
	at := r.place(r.entries[i].function, r.entries[i].hash)
	for r.places[at] != 0 {
		at = (at + 1) & (len(r.places) - 1)
	}
	r.places[at] = int32(i + 1)
}
