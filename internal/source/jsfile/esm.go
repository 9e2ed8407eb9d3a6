package jsfile

import (
	"strings"

	"github.com/dop251/goja/ast"
)

// The parser knows no import and export. Their statements are replaced by blanks and words of the same length, so that
// all positions stay, and are carried out by the interpreter.

// importClause binds local to an export of the module from; the name "*" is the whole module, "" only loads it.
type importClause struct {
	from, name, local string
	at                span
}

// exportClause exports local, or name of the module from, under a name.
type exportClause struct {
	name, local, from string
	at                span
}

const (
	defaultLocal = "__esm"       // with "= " as long as "default"
	metaLocal    = "import_meta" // as long as "import.meta"
	importLocal  = "impor_"      // as long as "import"
)

// rewriter turns module syntax into what the parser knows.
type rewriter struct {
	m      *module
	text   []byte
	tokens []lexeme
	i      int
	// declared are the offsets of exported declarations.
	declared []int
}

// usesModuleSyntax tells whether a script holds an import or export statement.
func (m *module) usesModuleSyntax(tokens []lexeme) bool {
	r := &rewriter{m: m, tokens: tokens}
	for r.i = range tokens {
		if r.atStatement() {
			return true
		}
	}
	return false
}

// rewrite gives the text for the parser and fills in imports and exports.
func (m *module) rewrite(tokens []lexeme) (string, []int) {
	r := &rewriter{m: m, text: []byte(m.text), tokens: tokens}
	for r.i = 0; r.i < len(tokens); r.i++ {
		switch {
		case m.kind == kindModule && r.atStatement() && r.word(0) == "import":
			r.importStatement()
		case m.kind == kindModule && r.atStatement():
			r.exportStatement()
		case r.word(0) == "import" && r.word(-1) != ".":
			r.importExpression()
		}
	}
	return string(r.text), r.declared
}

// word is the text of the token at a distance, or "".
func (r *rewriter) word(distance int) string {
	i := r.i + distance
	if i < 0 || i >= len(r.tokens) {
		return ""
	}
	return r.m.text[r.tokens[i].from:r.tokens[i].to]
}

func (r *rewriter) isString() bool {
	return r.i < len(r.tokens) && r.tokens[r.i].kind == tokenString
}

func (r *rewriter) atStatement() bool {
	t := r.tokens[r.i]
	if t.kind != tokenWord || t.depth != 0 || r.word(-1) == "." || r.word(-1) == "?" {
		return false
	}
	next := r.word(1)
	switch r.word(0) {
	case "import":
		return next != "" && next != "(" && next != "." && next != "=" && next != ":"
	case "export":
		switch next {
		case "{", "*", "default", "const", "let", "var", "function", "class", "async":
			return true
		}
	}
	return false
}

func (r *rewriter) blank(from, to int) {
	for i := from; i < to; i++ {
		if r.text[i] != '\n' && r.text[i] != '\r' {
			r.text[i] = ' '
		}
	}
}

func (r *rewriter) importExpression() {
	t := r.tokens[r.i]
	if strings.HasPrefix(r.m.text[t.from:], "import.meta") {
		r.text[t.from+len("import")] = '_'
		return
	}
	if r.word(1) == "(" {
		copy(r.text[t.from:], importLocal)
	}
}

func (r *rewriter) importStatement() {
	start := r.i
	var clauses []importClause
	for r.i++; r.i < len(r.tokens) && !r.isString() && r.word(0) != ";"; r.i++ {
		switch word := r.word(0); {
		case word == "*" && r.word(1) == "as":
			clauses = append(clauses, importClause{name: "*", local: r.word(2)})
			r.i += 2
		case word == "{":
			for _, pair := range r.names() {
				clauses = append(clauses, importClause{name: pair[0], local: pair[1]})
			}
		case word != "from" && word != "," && r.tokens[r.i].kind == tokenWord:
			clauses = append(clauses, importClause{name: "default", local: word})
		}
	}
	if !r.isString() {
		r.i = start
		return
	}
	if len(clauses) == 0 {
		clauses = []importClause{{}}
	}
	at := span{module: r.m, from: r.tokens[start].from, to: r.tokens[r.i].to}
	for _, c := range clauses {
		c.from, c.at = trimQuotes(r.word(0)), at
		r.m.imports = append(r.m.imports, c)
	}
	r.attributes()
	r.blank(at.from, r.tokens[r.i].to)
}

// attributes skips "with { type: 'json' }".
func (r *rewriter) attributes() {
	if next := r.word(1); next != "with" && next != "assert" || r.word(2) != "{" {
		return
	}
	for r.i += 2; r.i+1 < len(r.tokens) && r.word(0) != "}"; {
		r.i++
	}
}

// names reads "{ a, b as c }" and stops at the closing brace.
func (r *rewriter) names() [][2]string {
	var out [][2]string
	for r.i++; r.i < len(r.tokens) && r.word(0) != "}"; r.i++ {
		name := trimQuotes(r.word(0))
		switch {
		case name == ",":
		case r.word(1) == "as":
			out = append(out, [2]string{name, trimQuotes(r.word(2))})
			r.i += 2
		default:
			out = append(out, [2]string{name, name})
		}
	}
	return out
}

func (r *rewriter) exportStatement() {
	from := r.tokens[r.i].from
	next := r.tokens[r.i+1]
	switch r.word(1) {
	case "default":
		r.blank(from, next.from)
		copy(r.text[next.from:next.to], defaultLocal+"= ")
		r.m.exports = append(r.m.exports, exportClause{name: "default", local: defaultLocal})
		r.i++
	case "{", "*":
		r.exportList(from)
	default:
		r.blank(from, next.from)
		r.declared = append(r.declared, next.from)
	}
}

func (r *rewriter) exportList(from int) {
	var pairs [][2]string
	r.i++
	if r.word(0) == "{" {
		pairs = r.names()
	} else if r.word(1) == "as" {
		pairs = [][2]string{{"*", r.word(2)}}
		r.i += 2
	} else {
		pairs = [][2]string{{"*", "*"}}
	}
	if r.i >= len(r.tokens) {
		return
	}
	module := ""
	if r.word(1) == "from" {
		r.i += 2
		if !r.isString() {
			return
		}
		module = trimQuotes(r.word(0))
		r.attributes()
	}
	at := span{module: r.m, from: from, to: r.tokens[min(r.i, len(r.tokens)-1)].to}
	for _, pair := range pairs {
		r.m.exports = append(r.m.exports, exportClause{name: pair[1], local: pair[0], from: module, at: at})
	}
	r.blank(from, r.tokens[min(r.i, len(r.tokens)-1)].to)
}

// exportDeclared adds the names of exported declarations, which only the parser knows for certain.
func (m *module) exportDeclared(declared []int) {
	for _, at := range declared {
		for _, statement := range m.function.Body.List {
			if m.offset(statement.Idx0()) < at {
				continue
			}
			for _, name := range declaredNames(statement) {
				m.exports = append(m.exports, exportClause{name: name, local: name})
			}
			break
		}
	}
}

func declaredNames(statement ast.Statement) []string {
	var names []string
	add := func(list []*ast.Binding) {
		for _, b := range list {
			names = targetNames(names, b.Target)
		}
	}
	switch s := statement.(type) {
	case *ast.VariableStatement:
		add(s.List)
	case *ast.LexicalDeclaration:
		add(s.List)
	case *ast.FunctionDeclaration:
		if s.Function.Name != nil {
			names = append(names, s.Function.Name.Name.String())
		}
	case *ast.ClassDeclaration:
		if s.Class.Name != nil {
			names = append(names, s.Class.Name.Name.String())
		}
	}
	return names
}

// targetNames adds the names that a binding target declares.
func targetNames(names []string, target ast.Expression) []string {
	switch t := target.(type) {
	case *ast.Identifier:
		return append(names, t.Name.String())
	case *ast.AssignExpression:
		return targetNames(names, t.Left)
	case *ast.Binding:
		return targetNames(names, t.Target)
	case *ast.ArrayPattern:
		for _, e := range t.Elements {
			names = targetNames(names, e)
		}
		return targetNames(names, t.Rest)
	case *ast.ObjectPattern:
		for _, p := range t.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				names = append(names, p.Name.Name.String())
			case *ast.PropertyKeyed:
				names = targetNames(names, p.Value)
			}
		}
		return targetNames(names, t.Rest)
	}
	return names
}

func trimQuotes(text string) string {
	return strings.Trim(text, "'\"")
}
