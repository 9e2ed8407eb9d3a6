package decode

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	node "go.yaml.in/yaml/v3"
)

// fault is an error of the authority: how it begins, what is said instead, and where to look for it.
type fault struct {
	begins string
	say    string // "" keeps the words of the authority
	// syntax tells that the authority counts the line of the error from 0: it does where it knows what to expect next.
	syntax bool
	find   func(*search) int
}

var faults = []fault{
	{begins: "mapping values are not allowed", say: "mapping values are not allowed here", find: (*search).colon},
	{begins: "block sequence entries are not allowed", say: "sequence items are not allowed here", find: (*search).dash},
	{begins: "mapping keys are not allowed", say: "mapping keys are not allowed here"},
	{begins: "found character that cannot start any token", find: (*search).strange},
	{begins: "could not find expected ':'", say: "expected ':' behind a key", find: (*search).context},
	{begins: "did not find expected key", say: "expected a key: check the indentation", syntax: true},
	{begins: "did not find expected '-' indicator", say: "expected '-': check the indentation", syntax: true},
	{begins: "did not find expected node content", say: "expected a value", syntax: true},
	{begins: "did not find expected ',' or", say: "expected ',' or a closing bracket", syntax: true},
	{begins: "did not find expected <document start>", say: "expected '---'", syntax: true},
	{begins: "found incompatible YAML document", say: "only %YAML 1.1 is supported", syntax: true, find: (*search).directive},
	{begins: "found duplicate", syntax: true, find: (*search).directive},
	{begins: "found undefined tag handle", syntax: true, find: (*search).tag},
	{begins: "found unexpected end of stream", say: "quote is not closed", find: (*search).quote},
	{begins: "found unexpected document indicator", say: "quote is not closed", find: (*search).quote},
	{begins: "found unknown escape character", say: "unknown escape in a double-quoted text", find: (*search).escape},
	{begins: "did not find expected hexdecimal number", say: "expected hexadecimal digits in an escape", find: (*search).escape},
	{begins: "found invalid Unicode character escape code", say: "escape is no Unicode character", find: (*search).escape},
	{begins: "found a tab character", say: "tab used for indentation", find: (*search).tab},
	{begins: "did not find expected alphabetic or numeric character",
		say: "expected a name behind '*' or '&': quote the text if it is none", find: (*search).reference},
	{begins: "control characters are not allowed", find: (*search).control},
	{begins: "document contains excessive aliasing", say: excessive, find: (*search).reference},
	{begins: "unknown anchor", find: (*search).named},
	{begins: "anchor '", find: (*search).named},
	{begins: "map merge requires", say: "'<<' needs a mapping or a sequence of mappings", find: (*search).merge},
	{begins: "invalid map key", say: "a key must be a scalar", find: (*search).collectionKey},
	{begins: "unsupported map key", say: "a key must be a text, a number or a boolean", find: (*search).oddKey},
	{begins: "unsupported value", say: "number is not finite", find: (*search).infinite},
	{begins: "cannot decode", find: (*search).tagged},
	{begins: "!!binary", find: (*search).tagged},
}

var (
	prefix     = regexp.MustCompile(`^(?:error converting YAML to JSON: |error unmarshaling JSON: |while decoding JSON: |yaml: |json: )+`)
	linePrefix = regexp.MustCompile(`^line (\d+): `)
)

// explain turns an error of the authority into a short message with a position.
func explain(raw []byte, err error, limits Limits) *SyntaxError {
	_, msg := parseMessage(err)
	if strings.HasPrefix(msg, "exceeded max depth") {
		return tooDeep(raw, limits.Depth)
	}
	s := newSearch(raw, msg)
	for _, f := range faults {
		if !strings.HasPrefix(msg, f.begins) {
			continue
		}
		s.seek(f.syntax)
		at := -1
		if f.find != nil {
			at = f.find(s)
		}
		if at < 0 {
			at = s.firstOf(s.line)
		}
		if f.say != "" {
			s.msg = f.say
		}
		return errorAt(raw, at, s.msg)
	}
	s.seek(false)
	return errorAt(raw, s.firstOf(s.line), msg)
}

// parseMessage takes the line and the words from an error; the line is 0 if it has none.
func parseMessage(err error) (line int, msg string) {
	msg = prefix.ReplaceAllString(err.Error(), "")
	if m := linePrefix.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		msg = msg[len(m[0]):]
	}
	msg, _, _ = strings.Cut(msg, "\n")
	return line, msg
}

// search looks for the place of an error.
type search struct {
	text *text
	msg  string
	line int // index of the line at fault, as the parser counts
	from int // index of the line on which what is at fault began
}

func newSearch(raw []byte, msg string) *search { return &search{text: newText(raw), msg: msg} }

// seek finds the lines. The parsers do not name the first line, so they read the text once more behind an empty one:
// the authority tells where it stopped, the parser of trees where what it then read had begun.
func (s *search) seek(syntax bool) {
	shifted := append([]byte("#\n"), s.text.raw...)
	if _, err := unmarshal(shifted); err != nil {
		s.line, _ = parseMessage(err)
	}
	s.from = s.line
	if _, err := parseTree(shifted); err != nil {
		if line, msg := parseMessage(err); msg == s.msg && line > 0 {
			s.from = line
		}
	}
	shift := 2
	if syntax {
		shift = 1
	}
	lines := len(s.text.parser) - 1
	s.line = min(max(s.line-shift, 0), lines)
	s.from = min(max(s.from-shift, 0), s.line)
	for s.line > 0 && s.text.parser[s.line] >= len(s.text.raw) {
		s.line--
	}
}

// bounds gives the offsets of a line.
func (s *search) bounds(line int) (from, to int) {
	from, to = s.text.parser[line], len(s.text.raw)
	if line+1 < len(s.text.parser) {
		to = s.text.parser[line+1]
	}
	return from, to
}

// firstOf gives the offset of the first character of a line that is not blank.
func (s *search) firstOf(line int) int {
	from, to := s.bounds(line)
	content := bytes.TrimLeft(s.text.raw[from:to], " \t\r\n")
	if len(content) == 0 {
		return from
	}
	return to - len(content)
}

// match gives the offset of the last group of a pattern in the line at fault, or -1.
func (s *search) match(pattern *regexp.Regexp, nth int) int {
	from, to := s.bounds(s.line)
	all := pattern.FindAllSubmatchIndex(s.text.raw[from:to], nth)
	if len(all) == 0 {
		return -1
	}
	found := all[len(all)-1]
	return from + found[len(found)-2]
}

var (
	colonPattern   = regexp.MustCompile(`(:)(?:\s|$)`)
	dashPattern    = regexp.MustCompile(`\S\s+(-)(?:\s|$)`)
	strangePattern = regexp.MustCompile("(?:^|[\\s\\[{,])([@`%|>\\t])")
	escapePattern  = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*(\\(?:[^0abtnvfre "'\\N_LPxuU\t]|x(?:[^0-9a-fA-F]|.[^0-9a-fA-F])|u.{0,3}[^0-9a-fA-F]|U.{0,7}[^0-9a-fA-F]|u[dD][89a-fA-F]|U))`)
	tabPattern     = regexp.MustCompile(`^ *(\t)`)
	namePattern    = regexp.MustCompile(`(?:^|[\s\[{,])([*&])`)
	tagPattern     = regexp.MustCompile(`(?:^|[\s\[{,])(!)`)
	quotePattern   = regexp.MustCompile(`(?:^|[\s\[{,:])(["'])`)
)

// colon is the second colon of the line: the first one makes a key. A line with one colon continues a text.
func (s *search) colon() int { return s.match(colonPattern, 2) }

func (s *search) dash() int { return s.match(dashPattern, 1) }

func (s *search) strange() int {
	at := s.match(strangePattern, 1)
	if at < 0 {
		return at
	}
	if c := s.text.raw[at]; c == '\t' {
		s.msg = "tab used for indentation"
	} else {
		s.msg = fmt.Sprintf("unexpected '%c': quote the text", c)
	}
	return at
}

func (s *search) context() int   { return s.firstOf(s.from) }
func (s *search) directive() int { return bytes.IndexByte(s.text.raw, '%') }
func (s *search) tag() int       { return s.match(tagPattern, 1) }
func (s *search) escape() int    { return s.match(escapePattern, 1) }
func (s *search) tab() int       { return s.match(tabPattern, 1) }

func (s *search) quote() int {
	s.line = s.from
	return s.match(quotePattern, -1)
}

// reference is the first anchor or alias, on the line at fault if that is known.
func (s *search) reference() int {
	if at := s.match(namePattern, 1); at >= 0 {
		return at
	}
	return bytes.IndexByte(s.text.raw, '*')
}

// named is the alias whose name stands in the message.
func (s *search) named() int {
	parts := strings.Split(s.msg, "'")
	if len(parts) < 2 {
		return -1
	}
	pattern, err := regexp.Compile(`(?:^|[\s\[{,])\*` + regexp.QuoteMeta(parts[1]) + `(?:$|[\s,\]}:])`)
	if err != nil {
		return -1
	}
	found := pattern.FindIndex(s.text.raw)
	if found == nil {
		return -1
	}
	return found[0] + bytes.IndexByte(s.text.raw[found[0]:], '*')
}

func (s *search) control() int {
	for at, r := range string(s.text.raw) {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7F && r < 0xA0 && r != 0x85 || r == 0xFFFE || r == 0xFFFF ||
			r == 0xFEFF && at > 0 {
			s.msg = fmt.Sprintf("control character %U is not allowed", r)
			return at
		}
	}
	return -1
}

// node is the offset of the first node that a condition holds for, or -1.
func (s *search) node(holds func(finding) *node.Node) int {
	tree, err := parseTree(s.text.raw)
	if err != nil {
		return -1
	}
	at := -1
	visit := func(f finding) {
		if n := holds(f); n != nil && at < 0 {
			at = s.text.offset(n)
		}
	}
	visit(finding{value: tree})
	walk(tree, visit)
	return at
}

func (s *search) merge() int {
	return s.node(func(f finding) *node.Node {
		if f.key == nil || !isMerge(f.key) || mergeable(f.value, true) {
			return nil
		}
		return f.value
	})
}

// mergeable tells whether a merge key may name a node.
func mergeable(n *node.Node, list bool) bool {
	if n = target(n); n.Kind == node.SequenceNode && list {
		for _, one := range n.Content {
			if !mergeable(one, false) {
				return false
			}
		}
		return true
	}
	return n.Kind == node.MappingNode
}

func (s *search) collectionKey() int {
	return s.node(func(f finding) *node.Node {
		if f.key == nil || target(f.key).Kind == node.ScalarNode {
			return nil
		}
		return f.key
	})
}

func (s *search) oddKey() int {
	return s.node(func(f finding) *node.Node {
		if k := f.key; k == nil || target(k).Kind != node.ScalarNode || !odd(target(k)) {
			return nil
		}
		return f.key
	})
}

func odd(k *node.Node) bool {
	if k.Style&(quoted|blockScalar) != 0 {
		return false
	}
	found := resolve(k.Value).kind
	return found == kindNull || found == kindUint || k.Tag == "!!null"
}

func (s *search) infinite() int {
	return s.node(func(f finding) *node.Node {
		n := f.value
		if n.Kind != node.ScalarNode || n.Style&(quoted|blockScalar) != 0 {
			return nil
		}
		if r := resolve(n.Value); r.kind == kindFloat && (math.IsNaN(r.float) || math.IsInf(r.float, 0)) {
			return n
		}
		return nil
	})
}

// tagged is the node with a tag whose text stands in the message.
func (s *search) tagged() int {
	return s.node(func(f finding) *node.Node {
		for _, n := range []*node.Node{f.key, f.value} {
			if n != nil && n.Kind == node.ScalarNode && n.Style&node.TaggedStyle != 0 &&
				(n.Tag == "!!binary" || strings.Contains(s.msg, "`"+n.Value+"`")) {
				return n
			}
		}
		return nil
	})
}
