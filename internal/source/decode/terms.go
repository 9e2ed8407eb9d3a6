package decode

import (
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// terms makes the terms of values, sharing those that come up again and again. Terms are never changed once made, so
// that documents may share them.
type terms struct {
	known map[string]*shared
	ports map[int64]*ast.Term
	slab  []ast.Term
	pairs [][2]*ast.Term // entries of the mappings being read
	keys  []*shared      // keys of pairs
	items []*ast.Term    // items of the sequences being read
	stamp uint64
	fresh int // terms made so far
	// mappings and sequences are small ones read before, by the terms in them: keys and values in turn, or items. Terms
	// are compared by address, which finds those of shared parts.
	mappings, sequences map[[maxParts]*ast.Term]*ast.Term
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
	// maxKnown bounds the shared strings that outlive a document, and maxNested the shared mappings and sequences.
	maxKnown  = 1 << 12
	maxNested = 1 << 10
	// maxParts is how many terms a shared mapping or sequence has at most.
	maxParts = 8
	// maxPort is the largest number that is shared; most of those that OPA does not intern are ports.
	maxPort  = 1<<16 - 1
	slabSize = 64
)

// reset prepares for the next document.
func (t *terms) reset() {
	if t.known == nil {
		t.known = make(map[string]*shared, 256)
	} else if len(t.known) > maxKnown {
		clear(t.known)
	}
	t.pairs, t.keys, t.items = t.pairs[:0], t.keys[:0], t.items[:0]
}

func (t *terms) term(v ast.Value) *ast.Term {
	if len(t.slab) == 0 {
		t.slab = make([]ast.Term, slabSize)
	}
	t.fresh++
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
	t.fresh++
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
	if i < 0 || i > maxPort {
		return t.term(ast.Number(strconv.FormatInt(i, 10)))
	}
	if found := t.ports[i]; found != nil {
		return found
	}
	if t.ports == nil {
		t.ports = map[int64]*ast.Term{}
	}
	made := t.term(ast.Number(strconv.FormatInt(i, 10)))
	t.ports[i] = made
	return made
}

var nullTerm = ast.NullTerm()

// push notes an entry of the mapping being read.
func (t *terms) push(k *shared, v *ast.Term) {
	t.pairs = append(t.pairs, [2]*ast.Term{k.term, v})
	t.keys = append(t.keys, k)
}

// start is where a mapping or sequence being read begins.
type start struct {
	pairs, items, fresh int
}

func (t *terms) start() start { return start{len(t.pairs), len(t.items), t.fresh} }

// object makes a mapping of the entries pushed since it began. It refuses duplicate keys.
func (t *terms) object(begun start) (*ast.Term, bool) {
	t.stamp++
	for _, k := range t.keys[begun.pairs:] {
		if k.mark == t.stamp {
			return nil, false
		}
		k.mark = t.stamp
	}
	pairs := t.pairs[begun.pairs:]
	t.pairs, t.keys = t.pairs[:begun.pairs], t.keys[:begun.pairs]
	build := func() *ast.Term { return t.term(ast.NewObject(pairs...)) }
	if 2*len(pairs) > maxParts || t.fresh > begun.fresh {
		return build(), true
	}
	var parts [maxParts]*ast.Term
	for i, pair := range pairs {
		parts[2*i], parts[2*i+1] = pair[0], pair[1]
	}
	return nested(&t.mappings, &parts, build), true
}

// array makes a sequence of the items noted since it began.
func (t *terms) array(begun start) *ast.Term {
	items := t.items[begun.items:]
	t.items = t.items[:begun.items]
	build := func() *ast.Term { return t.term(ast.NewArray(slices.Clone(items)...)) }
	if len(items) > maxParts || t.fresh > begun.fresh {
		return build()
	}
	var parts [maxParts]*ast.Term
	copy(parts[:], items)
	return nested(&t.sequences, &parts, build)
}

// nested gives the term that was made of the same parts before, or makes it. Only what holds no term of its own, and so has
// most likely been read before, is worth the look.
func nested(known *map[[maxParts]*ast.Term]*ast.Term, parts *[maxParts]*ast.Term, build func() *ast.Term) *ast.Term {
	if found := (*known)[*parts]; found != nil {
		return found
	}
	if *known == nil {
		*known = make(map[[maxParts]*ast.Term]*ast.Term, maxNested)
	} else if len(*known) == maxNested {
		clear(*known)
	}
	made := build()
	(*known)[*parts] = made
	return made
}
