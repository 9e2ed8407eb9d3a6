package jsconfig

import (
	"errors"
	"regexp"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
)

// module is a parsed file.
type module struct {
	text    *text
	program *ast.Program
	// variables are the initialisers of names, exported what the module exports, nil when no statement says.
	variables map[string]ast.Expression
	exported  ast.Expression
	// named are exports by name; imports are names that come from other modules.
	named   map[string]ast.Expression
	imports map[string]string
	tainted map[string]bool
	root    *place
}

var (
	exportDefault = regexp.MustCompile(`(?m)^(\s*)export\s+default\b`)
	exportNamed   = regexp.MustCompile(`(?m)^(\s*)export\s+((?:const|let|var|function|async|class)\b)`)
	exportList    = regexp.MustCompile(`(?m)^\s*export\s*\{[^}]*\}\s*;?`)
	importLine    = regexp.MustCompile(`(?m)^\s*import\s+(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)\s*)?(?:\{([^}]*)\}\s*)?(?:from\s*)?["']([^"'\n]+)["'](?:\s*(?:with|assert)\s*\{[^}]*\})?\s*;?`)
	importMeta    = regexp.MustCompile(`\bimport\.meta\b`)
)

// blank is a text of spaces and line ends in the place of another.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return r
		}
		return ' '
	}, text)
}

// script turns the statements of an ES module into those of a script of the same length.
func (m *module) script(code string) string {
	if !strings.Contains(code, "import") && !strings.Contains(code, "export") {
		return code
	}
	for _, found := range importLine.FindAllStringSubmatch(code, -1) {
		m.importNames(found)
	}
	code = importLine.ReplaceAllStringFunc(code, blank)
	code = importMeta.ReplaceAllString(code, `({url:"" })`)
	code = exportList.ReplaceAllStringFunc(code, blank)
	code = exportDefault.ReplaceAllStringFunc(code, func(found string) string {
		space := found[:len(found)-len(strings.TrimLeft(found, " \t\r\n"))]
		return space + "$D" + strings.Repeat(" ", len(found)-len(space)-3) + "="
	})
	return exportNamed.ReplaceAllStringFunc(code, func(found string) string {
		return strings.Replace(found, "export", "      ", 1)
	})
}

func (m *module) importNames(found []string) {
	for _, name := range []string{found[1], found[2]} {
		if name != "" {
			m.imports[name] = found[4] + "#"
		}
	}
	for _, part := range strings.Split(found[3], ",") {
		words := strings.Fields(part)
		if len(words) > 0 {
			m.imports[words[len(words)-1]] = found[4] + "#" + words[0]
		}
	}
}

func parseModule(t *text) (*module, error) {
	m := &module{
		text: t, variables: map[string]ast.Expression{}, named: map[string]ast.Expression{},
		imports: map[string]string{}, tainted: map[string]bool{},
	}
	code := t.code
	if !t.asJSON {
		code = m.script(code)
		if len(code) != len(t.code) {
			return nil, &SyntaxError{1, 1, "the module statements cannot be read"}
		}
	}
	t.code = code
	program, err := parser.ParseFile(nil, "", code, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, t.syntaxError(err)
	}
	m.program = program
	for _, statement := range program.Body {
		m.collect(statement)
	}
	m.taint()
	m.root = m.place(m.export(), 0)
	return m, nil
}

func (t *text) syntaxError(err error) error {
	var list parser.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		first := list[0]
		column := first.Position.Column
		if first.Position.Line == 1 {
			column -= t.shift
		}
		return &SyntaxError{first.Position.Line, max(1, column), strings.TrimPrefix(first.Message, "SyntaxError: ")}
	}
	return &SyntaxError{1, 1, err.Error()}
}

// collect notes what a statement declares or exports.
func (m *module) collect(statement ast.Statement) {
	switch s := statement.(type) {
	case *ast.VariableStatement:
		m.declare(s.List)
	case *ast.LexicalDeclaration:
		m.declare(s.List)
	case *ast.ExpressionStatement:
		assign, ok := s.Expression.(*ast.AssignExpression)
		if !ok {
			if m.text.asJSON {
				m.exported = s.Expression
			}
			return
		}
		m.assigned(assign)
	}
}

func (m *module) declare(list []*ast.Binding) {
	for _, binding := range list {
		switch target := binding.Target.(type) {
		case *ast.Identifier:
			m.variables[string(target.Name)] = binding.Initializer
			m.named[string(target.Name)] = binding.Initializer
		case *ast.ObjectPattern:
			for _, property := range target.Properties {
				if short, ok := property.(*ast.PropertyShort); ok {
					m.variables[string(short.Name.Name)] = binding.Initializer
				}
			}
		}
	}
}

func (m *module) assigned(assign *ast.AssignExpression) {
	switch left := assign.Left.(type) {
	case *ast.Identifier:
		if left.Name == "$D" {
			m.exported = assign.Right
		}
	case *ast.DotExpression:
		owner, ok := left.Left.(*ast.Identifier)
		switch {
		case ok && owner.Name == "module" && left.Identifier.Name == "exports":
			m.exported = assign.Right
		case ok && owner.Name == "exports":
			m.named["exports."+string(left.Identifier.Name)] = assign.Right
		}
	}
}

// export is the expression of what the module exports.
func (m *module) export() ast.Expression { return m.exported }

// environment are the words by which an expression depends on where it runs.
var environment = regexp.MustCompile(`\bprocess\s*\.\s*(?:env|argv)\b|\bprocess\s*\[|\bcpus\s*\(|\bavailableParallelism\b|\bhostname\s*\(|\btotalmem\s*\(|\bfreemem\s*\(|\bDate\b|\bMath\s*\.\s*random\b|\bDeno\b`)

var word = regexp.MustCompile(`[\p{L}_$][\p{L}\p{N}_$]*`)

// taint finds the variables whose values depend on where the module runs.
func (m *module) taint() {
	for range 3 {
		for name, initializer := range m.variables {
			if initializer != nil && !isLiteral(initializer) && !isFunction(initializer) && m.depends(m.span(initializer)) {
				m.tainted[name] = true
			}
		}
	}
}

func isFunction(e ast.Expression) bool {
	switch e.(type) {
	case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral:
		return true
	}
	return false
}

func isLiteral(e ast.Expression) bool {
	switch e.(type) {
	case *ast.ObjectLiteral, *ast.ArrayLiteral:
		return true
	}
	return false
}

// depends tells whether the text of an expression depends on where it runs.
func (m *module) depends(s span) bool {
	if s.from < 0 || s.to > len(m.text.original) || s.from >= s.to {
		return false
	}
	text := m.text.original[s.from:s.to]
	if environment.MatchString(text) {
		return true
	}
	if len(m.tainted) == 0 {
		return false
	}
	for _, name := range word.FindAllString(text, -1) {
		if m.tainted[name] {
			return true
		}
	}
	return false
}

func (m *module) span(e ast.Expression) span {
	return span{int(e.Idx0()) - 1 - m.text.shift, int(e.Idx1()) - 1 - m.text.shift}
}
