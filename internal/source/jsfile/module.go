package jsfile

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
)

// module is a parsed file.
type module struct {
	name  string
	text  string
	lines lines
	kind  kind
	// prefix is the number of bytes that were put in front of the text for the parser.
	prefix int
	// function holds the text as its body; for JSON it returns the text.
	function *ast.FunctionLiteral
	// imports come before the body, in the order of the text; exports after it.
	imports []importClause
	exports []exportClause
}

func newModule(name, text string) *module {
	return &module{name: name, text: text, lines: newLines(text)}
}

const (
	modulePrefix = "(async function(){"
	scriptPrefix = "(function(){"
	jsonPrefix   = "(function(){return ("
)

func parseModule(name string, kind kind, data []byte, limits *Limits) (*module, error) {
	if len(data) > limits.MaxScript {
		return nil, tooLarge(data, limits.MaxScript)
	}
	m := newModule(name, decode(data))
	if i := strings.IndexByte(m.text, 0); i >= 0 {
		return nil, m.syntax(i, "this is a binary file")
	}
	tokens, err := m.scan()
	if err != nil {
		return nil, err
	}
	if kind == kindScript && m.usesModuleSyntax(tokens) {
		kind = kindModule
	}
	m.kind = kind
	return m, m.parse(tokens)
}

func (m *module) parse(tokens []lexeme) error {
	prefix, suffix := scriptPrefix, "\n})"
	switch m.kind {
	case kindModule:
		prefix = modulePrefix
	case kindJSON:
		if len(tokens) == 0 {
			return m.syntax(len(m.text), "the file is empty")
		}
		prefix, suffix = jsonPrefix, "\n)})"
	}
	m.prefix = len(prefix)
	source, declared := m.rewrite(tokens)
	program, err := parser.ParseFile(nil, "", prefix+source+suffix, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return m.parserError(err)
	}
	if len(program.Body) == 1 {
		if statement, ok := program.Body[0].(*ast.ExpressionStatement); ok {
			if function, ok := statement.Expression.(*ast.FunctionLiteral); ok {
				m.function = function
				m.exportDeclared(declared)
				return nil
			}
		}
	}
	return m.syntax(len(m.text), "Unexpected token }")
}

func (m *module) parserError(err error) error {
	var list parser.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return m.syntax(0, err.Error())
	}
	at := list[0].Position
	column := at.Column
	if at.Line == 1 {
		column -= m.prefix
	}
	return m.syntax(m.lines.offset(at.Line, column), list[0].Message)
}

func (m *module) syntax(offset int, msg string) error {
	line, column := m.lines.position(offset)
	return &SyntaxError{Line: line, Column: column, Msg: msg}
}

func (m *module) limit(offset int, msg string) error {
	line, column := m.lines.position(offset)
	return &LimitError{Line: line, Column: column, Msg: msg}
}

// offset turns an index of the parser into an offset of the text.
func (m *module) offset(idx file.Idx) int {
	offset := min(max(int(idx)-1-m.prefix, 0), len(m.text))
	for offset < len(m.text) && !utf8.RuneStart(m.text[offset]) {
		offset++
	}
	return offset
}

// span is the range of a node. The parser drops parentheses, so the range is widened until they match.
func (m *module) span(node ast.Node) span {
	from, to := m.offset(node.Idx0()), m.offset(node.Idx1())
	if n, ok := node.(*ast.NewExpression); ok && n.RightParenthesis > 0 {
		to = m.offset(n.RightParenthesis + 1)
	}
	if to < from {
		to = from
	}
	depth, lowest := 0, 0
	for i := from; i < to; i++ {
		switch m.text[i] {
		case '(':
			depth++
		case ')':
			depth--
			lowest = min(lowest, depth)
		}
	}
	for ; lowest < 0 && from > 0; from-- {
		if m.text[from-1] == '(' {
			lowest++
			depth++
		}
	}
	for ; depth > 0 && to < len(m.text); to++ {
		if m.text[to] == ')' {
			depth--
		}
	}
	return span{module: m, from: from, to: to}
}

func tooLarge(data []byte, limit int) error {
	head := newLines(decode(data[:limit]))
	line, column := head.position(len(head.text))
	return &LimitError{Line: line, Column: column, Msg: fmt.Sprintf("the file has %d bytes, more than %d", len(data), limit)}
}
