package decode

import (
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// terms makes the terms of values, sharing those that come up again and again. Terms are never changed once made, so
// that documents may share them.
type terms struct {
	known map[string]*shared
	slab  []ast.Term
	pairs [][2]*ast.Term // entries of the mappings being read
	keys  []*shared      // keys of pairs
	items []*ast.Term    // items of the sequences being read
	stamp uint64
}

// shared is a string that several documents hold.
type shared struct {
	term *ast.Term
	// mark is the stamp of the last mapping that held the string as a key.
	mark uint64
	// plain tells that the string, not quoted, is a string and may be a key.
	plain bool
}

const (
	// maxShared is the longest value that is shared. Keys are always.
	maxShared = 24
	// maxKnown bounds the shared strings that outlive a document.
	maxKnown = 1 << 14
	slabSize = 64
)

// reset prepares for the next document.
func (t *terms) reset() {
	if t.known == nil || len(t.known) > maxKnown {
		t.known = make(map[string]*shared, 256)
	}
	t.pairs, t.keys, t.items = t.pairs[:0], t.keys[:0], t.items[:0]
}

func (t *terms) term(v ast.Value) *ast.Term {
	if len(t.slab) == 0 {
		t.slab = make([]ast.Term, slabSize)
	}
	term := &t.slab[0]
	t.slab = t.slab[1:]
	term.Value = v
	return term
}

// share gives the shared form of a string.
func (t *terms) share(s string) *shared {
	if found, ok := t.known[s]; ok {
		return found
	}
	s = strings.Clone(s)
	made := &shared{term: ast.StringTerm(s)}
	t.known[s] = made
	return made
}

// key gives the shared form of a key. It refuses those that have no text of their own where they are not quoted.
func (t *terms) key(s string, quoted bool) (*shared, bool) {
	k := t.share(s)
	if quoted || k.plain {
		return k, true
	}
	switch r := resolve(s); {
	case r.kind == kindBool:
		return t.share(strconv.FormatBool(r.bool)), true
	case r.kind == kindInt:
		return t.share(strconv.FormatInt(r.int, 10)), true
	case r.kind != kindString || s == "<<":
		return nil, false
	}
	k.plain = true
	return k, true
}

func (t *terms) string(s string) *ast.Term {
	if len(s) <= maxShared {
		return t.share(s).term
	}
	return t.term(ast.String(s))
}

// plain gives the value of a plain scalar. It refuses those that JSON cannot hold.
func (t *terms) plain(s string) (*ast.Term, bool) {
	switch r := resolve(s); r.kind {
	case kindNull:
		return nullTerm, true
	case kindBool:
		return ast.InternedTerm(r.bool), true
	case kindInt:
		return t.integer(r.int), true
	case kindUint:
		return t.term(ast.Number(strconv.FormatUint(r.uint, 10))), true
	case kindFloat:
		if r.float-r.float != 0 {
			return nil, false
		}
		return t.term(ast.Number(floatText(r.float))), true
	}
	return t.string(s), true
}

func (t *terms) integer(i int64) *ast.Term {
	if ast.HasInternedIntNumberTerm(int(i)) {
		return ast.InternedTerm(int(i))
	}
	return t.term(ast.Number(strconv.FormatInt(i, 10)))
}

var nullTerm = ast.NullTerm()

// push notes an entry of the mapping being read.
func (t *terms) push(k *shared, v *ast.Term) {
	t.pairs = append(t.pairs, [2]*ast.Term{k.term, v})
	t.keys = append(t.keys, k)
}

// object makes a mapping of the entries pushed since base. It refuses duplicate keys.
func (t *terms) object(base int) (*ast.Term, bool) {
	t.stamp++
	for _, k := range t.keys[base:] {
		if k.mark == t.stamp {
			return nil, false
		}
		k.mark = t.stamp
	}
	term := t.term(ast.NewObject(t.pairs[base:]...))
	t.pairs, t.keys = t.pairs[:base], t.keys[:base]
	return term, true
}

// array makes a sequence of the items noted since base.
func (t *terms) array(base int) *ast.Term {
	items := append([]*ast.Term(nil), t.items[base:]...)
	t.items = t.items[:base]
	return t.term(ast.NewArray(items...))
}
