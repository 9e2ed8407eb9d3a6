package decode

import (
	"encoding/json"
	"strconv"

	node "go.yaml.in/yaml/v3"
)

// Positions finds the nodes of one document in its text. Lines count from the start of the file, columns count
// characters; both are 1-based. A zero value answers with the start of the file. It is safe for concurrent reading.
type Positions struct {
	text  *text
	root  *node.Node
	doc   Doc
	lines int
}

// Positions parses the document once more, keeping the places of its nodes.
func (d Doc) Positions() *Positions {
	p := &Positions{text: newText(d.Raw), doc: d}
	p.lines = len(p.text.starts)
	if d.JSON {
		p.root = jsonTree(p.text)
	} else if root, err := parseTree(d.Raw); err == nil {
		p.root = root
	}
	return p
}

// Locate gives the place of the node at a path of keys and indices, or of its nearest existing ancestor. For a key that
// is the place of its value. endColumn is the column after the node when it ends on the line on which it starts, else 0.
func (p *Positions) Locate(path []any) (line, column, endColumn int) {
	found := p.find(path)
	if found.value == nil {
		return p.place(0, 0)
	}
	return p.place(p.text.offset(found.value), p.end(found.value))
}

// LocateKey gives the place of the key of the node at a path. What has no key, as the item of a sequence, is answered
// as Locate does.
func (p *Positions) LocateKey(path []any) (line, column, endColumn int) {
	found := p.find(path)
	if found.key == nil {
		return p.Locate(path)
	}
	return p.place(p.text.offset(found.key), p.end(found.key))
}

// Range gives the first and the last line of the node at a path, or of its nearest existing ancestor: from the line of
// its key or dash to the last line of its value.
func (p *Positions) Range(path []any) (first, last int) {
	found := p.find(path)
	if found.value == nil {
		return p.doc.Line, p.doc.Line + max(p.lines-1, 0)
	}
	start := p.start(found)
	first, _ = p.absolute(start)
	last, _ = p.absolute(max(start, p.end(found.value)-1))
	return first, last
}

// start gives the offset of an entry or item: of its key or dash.
func (p *Positions) start(f finding) int {
	if f.key != nil {
		return p.text.offset(f.key)
	}
	return p.text.dash(p.text.offset(f.value))
}

// end gives the offset after a node.
func (p *Positions) end(n *node.Node) int { return p.text.end(n) }

// Exists tells whether the whole path leads to a node.
func (p *Positions) Exists(path []any) bool {
	return p.root != nil && p.find(path).rest == 0
}

// place turns offsets into a line, a column and the column after the node.
func (p *Positions) place(from, to int) (line, column, endColumn int) {
	line, column = p.absolute(from)
	if endLine, end := p.absolute(to); endLine == line && to > from {
		endColumn = end
	}
	return line, column, endColumn
}

// absolute gives the line and column in the file of an offset in the document.
func (p *Positions) absolute(at int) (line, column int) {
	if p.text == nil {
		return 1, 1
	}
	line, column = p.text.lineColumn(at)
	if line == 1 {
		column += max(p.doc.Column, 1) - 1
	}
	return line + max(p.doc.Line, 1) - 1, column
}

// finding is where a path led to: the node, the key in front of it, and how many segments found nothing.
type finding struct {
	key   *node.Node
	value *node.Node
	rest  int
}

// find follows a path as far as it leads.
func (p *Positions) find(path []any) finding {
	at := finding{value: p.root, rest: len(path)}
	if p.root == nil {
		return at
	}
	for _, segment := range path {
		next, ok := child(target(at.value), segment)
		if !ok {
			break
		}
		next.rest = at.rest - 1
		at = next
	}
	return at
}

// target follows an alias.
func target(n *node.Node) *node.Node {
	for n != nil && n.Kind == node.AliasNode {
		n = n.Alias
	}
	return n
}

// child finds a key of a mapping or an index of a sequence.
func child(n *node.Node, segment any) (finding, bool) {
	if n == nil {
		return finding{}, false
	}
	switch segment := segment.(type) {
	case string:
		if n.Kind == node.MappingNode {
			return entry(n, segment, maxMerges)
		}
	case int:
		return item(n, segment)
	case int64:
		return item(n, int(segment))
	case json.Number:
		if i, err := segment.Int64(); err == nil {
			return item(n, int(i))
		}
	}
	return finding{}, false
}

func item(n *node.Node, index int) (finding, bool) {
	if n.Kind != node.SequenceNode || index < 0 || index >= len(n.Content) {
		return finding{}, false
	}
	return finding{value: n.Content[index]}, true
}

// maxMerges bounds how deep mappings may merge each other.
const maxMerges = 64

// entry finds a key of a mapping. As in the authority, what stands later wins, and a merge counts where it stands.
func entry(n *node.Node, key string, merges int) (finding, bool) {
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		k, v := n.Content[i], n.Content[i+1]
		if isMerge(k) {
			if found, ok := merged(v, key, merges-1); ok {
				return found, true
			}
		} else if keyText(k) == key {
			return finding{key: k, value: v}, true
		}
	}
	return finding{}, false
}

// merged finds a key in what a merge key names: a mapping, or a sequence of mappings of which the first wins.
func merged(n *node.Node, key string, merges int) (finding, bool) {
	n = target(n)
	if n == nil || merges == 0 {
		return finding{}, false
	}
	switch n.Kind {
	case node.MappingNode:
		return entry(n, key, merges)
	case node.SequenceNode:
		for _, one := range n.Content {
			if one = target(one); one != nil && one.Kind == node.MappingNode {
				if found, ok := entry(one, key, merges); ok {
					return found, true
				}
			}
		}
	}
	return finding{}, false
}

func isMerge(k *node.Node) bool {
	return k.Kind == node.ScalarNode && k.Value == "<<" && k.Style&quoted == 0
}

const (
	quoted      = node.SingleQuotedStyle | node.DoubleQuotedStyle
	blockScalar = node.LiteralStyle | node.FoldedStyle
)

// keyText is the key as it stands in the value of the document.
func keyText(k *node.Node) string {
	k = target(k)
	if k == nil || k.Kind != node.ScalarNode {
		return ""
	}
	if k.Style&(quoted|blockScalar|node.TaggedStyle) != 0 {
		return k.Value
	}
	switch r := resolve(k.Value); r.kind {
	case kindBool:
		return strconv.FormatBool(r.bool)
	case kindInt:
		return strconv.FormatInt(r.int, 10)
	case kindFloat:
		return floatKey(r.float)
	}
	return k.Value
}

// floatKey writes a float as the authority does where it is a key.
func floatKey(f float64) string {
	switch text := strconv.FormatFloat(f, 'g', -1, 32); text {
	case "+Inf":
		return ".inf"
	case "-Inf":
		return "-.inf"
	case "NaN":
		return ".nan"
	default:
		return text
	}
}

// walk visits every entry and item below a node once, aliases not followed.
func walk(n *node.Node, visit func(finding)) {
	for i := 0; i < len(n.Content); i++ {
		f := finding{value: n.Content[i]}
		if n.Kind == node.MappingNode {
			f.key, f.value = n.Content[i], n.Content[i+1]
			i++
		}
		visit(f)
		walk(f.value, visit)
	}
}
