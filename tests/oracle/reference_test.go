package oracle

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// command is a simple command as both readers see it.
type command struct {
	Words        []word
	Assigned     []string
	Before       string
	Background   bool
	Substitution bool
	Function     string
}

// word is the value of a word after quote removal. An open one holds an expansion, and only that is compared.
type word struct {
	Value string
	Open  bool
}

// reference collects the simple commands of a parsed file in the order of the text.
type reference struct {
	commands []command
	// odd is set by what the parser takes for shell text though no shell does.
	odd bool
}

// place is what a command inherits from the statements around it.
type place struct {
	before       string
	background   bool
	substitution bool
	function     string
}

func (r *reference) statements(stmts []*syntax.Stmt, at place) {
	for _, stmt := range stmts {
		r.statement(stmt, at)
		at.before = ";"
		if stmt.Background {
			at.before = "&"
		}
	}
}

func (r *reference) statement(stmt *syntax.Stmt, at place) {
	at.background = at.background || stmt.Background
	switch cmd := stmt.Cmd.(type) {
	case nil:
		r.simple(nil, nil, stmt.Redirs, at)
		return
	case *syntax.CallExpr:
		r.simple(cmd.Assigns, cmd.Args, stmt.Redirs, at)
		return
	case *syntax.DeclClause:
		r.declaration(cmd, stmt.Redirs, at)
		return
	default:
		r.compound(stmt.Cmd, at)
	}
	r.redirects(stmt.Redirs, at)
}

func (r *reference) compound(cmd syntax.Command, at place) {
	inner := at
	inner.before = ""
	switch cmd := cmd.(type) {
	case *syntax.BinaryCmd:
		r.statement(cmd.X, at)
		at.before = strings.TrimSuffix(cmd.Op.String(), "&")
		if cmd.Op == syntax.AndStmt {
			at.before = "&&"
		}
		r.statement(cmd.Y, at)
	case *syntax.Block:
		r.statements(cmd.Stmts, at)
	case *syntax.Subshell:
		r.statements(cmd.Stmts, at)
	case *syntax.IfClause:
		r.ifClause(cmd, at)
	case *syntax.WhileClause:
		r.statements(cmd.Cond, at)
		r.statements(cmd.Do, inner)
	case *syntax.ForClause:
		r.nested(cmd.Loop, at)
		r.statements(cmd.Do, inner)
	case *syntax.CaseClause:
		r.nested(cmd.Word, at)
		for _, item := range cmd.Items {
			for _, pattern := range item.Patterns {
				r.nested(pattern, at)
			}
			r.statements(item.Stmts, inner)
		}
	case *syntax.FuncDecl:
		if cmd.Name == nil {
			r.odd = true
			return
		}
		inner.function = cmd.Name.Value
		r.statement(cmd.Body, inner)
	case *syntax.TimeClause:
		r.time(cmd, at)
	default:
		r.nested(cmd, at)
	}
}

func (r *reference) ifClause(clause *syntax.IfClause, at place) {
	r.statements(clause.Cond, at)
	at.before = ""
	r.statements(clause.Then, at)
	if clause.Else == nil {
		return
	}
	if clause.Else.Cond == nil {
		r.statements(clause.Else.Then, at)
		return
	}
	r.ifClause(clause.Else, at)
}

// time puts the reserved word before a simple command: the library reads it as a program that runs another one.
func (r *reference) time(clause *syntax.TimeClause, at place) {
	first := len(r.commands)
	if clause.Stmt != nil {
		r.statement(clause.Stmt, at)
	}
	words := []word{{Value: "time"}}
	if clause.PosixFormat {
		words = append(words, word{Value: "-p"})
	}
	if clause.Stmt == nil {
		r.commands = append(r.commands, command{Words: words, Before: at.before, Background: at.background,
			Substitution: at.substitution, Function: at.function})
		return
	}
	for i := first; i < len(r.commands); i++ {
		if r.commands[i].Substitution == at.substitution {
			r.commands[i].Words = append(words, r.commands[i].Words...)
			return
		}
	}
}

func (r *reference) simple(assigns []*syntax.Assign, args []*syntax.Word, redirects []*syntax.Redirect, at place) {
	var parts []syntax.Node
	for _, assign := range assigns {
		parts = append(parts, assign)
	}
	for _, arg := range args {
		parts = append(parts, arg)
	}
	r.inOrder(parts, redirects, at)
	one := command{Before: at.before, Background: at.background, Substitution: at.substitution, Function: at.function}
	for _, assign := range assigns {
		r.odd = r.odd || !syntax.ValidName(assign.Name.Value)
		one.Assigned = append(one.Assigned, assign.Name.Value)
	}
	for _, arg := range args {
		one.Words = append(one.Words, value(arg))
	}
	r.commands = append(r.commands, one)
}

func (r *reference) declaration(clause *syntax.DeclClause, redirects []*syntax.Redirect, at place) {
	var parts []syntax.Node
	for _, assign := range clause.Args {
		parts = append(parts, assign)
	}
	r.inOrder(parts, redirects, at)
	one := command{Before: at.before, Background: at.background, Substitution: at.substitution, Function: at.function}
	one.Words = append(one.Words, word{Value: clause.Variant.Value})
	for _, assign := range clause.Args {
		one.Words = append(one.Words, declared(assign))
	}
	r.commands = append(r.commands, one)
}

func declared(assign *syntax.Assign) word {
	switch {
	case assign.Name == nil:
		return value(assign.Value)
	case assign.Array != nil || assign.Index != nil:
		return word{Open: true}
	case assign.Naked:
		return word{Value: assign.Name.Value}
	}
	text := word{Value: assign.Name.Value + "="}
	if assign.Append {
		text.Value = assign.Name.Value + "+="
	}
	if assign.Value == nil {
		return text
	}
	given := value(assign.Value)
	return word{Value: text.Value + given.Value, Open: given.Open}
}

func (r *reference) redirects(redirects []*syntax.Redirect, at place) {
	for _, redirect := range redirects {
		r.nested(redirect.Word, at)
	}
}

// inOrder reads the substitutions in the parts of a simple command as they stand in the text.
func (r *reference) inOrder(parts []syntax.Node, redirects []*syntax.Redirect, at place) {
	for _, redirect := range redirects {
		parts = append(parts, redirect.Word)
	}
	slices.SortStableFunc(parts, func(a, b syntax.Node) int {
		return int(a.Pos().Offset()) - int(b.Pos().Offset())
	})
	for _, part := range parts {
		r.nested(part, at)
	}
}

// nested reads the command substitutions in a node that is no statement.
func (r *reference) nested(node syntax.Node, at place) {
	at.before = ""
	at.substitution = true
	syntax.Walk(node, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.CmdSubst:
			r.statements(node.Stmts, at)
			return false
		case *syntax.ProcSubst:
			r.statements(node.Stmts, at)
			return false
		}
		return true
	})
}

var (
	escapes    = strings.NewReplacer(`\\`, `\`, `\'`, "'", `\"`, `"`, `\n`, "\n", `\t`, "\t", `\r`, "\r")
	rareEscape = regexp.MustCompile(`\\[^\\'"ntr]`)
)

// value is what a word says after quote removal.
func value(given *syntax.Word) word {
	var text strings.Builder
	for _, part := range given.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			text.WriteString(unescaped(part.Value, ""))
		case *syntax.SglQuoted:
			if !part.Dollar {
				text.WriteString(part.Value)
				continue
			}
			if rareEscape.MatchString(strings.ReplaceAll(part.Value, `\\`, "")) {
				return word{Open: true}
			}
			text.WriteString(escapes.Replace(part.Value))
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				lit, ok := inner.(*syntax.Lit)
				if !ok {
					return word{Open: true}
				}
				text.WriteString(unescaped(lit.Value, "\"\\$`\n"))
			}
		default:
			return word{Open: true}
		}
	}
	return word{Value: text.String()}
}

// unescaped removes backslashes: all, or only those before the given characters.
func unescaped(text, only string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) || only != "" && !strings.ContainsRune(only, rune(text[i+1])) {
			out.WriteByte(text[i])
			continue
		}
		i++
		if text[i] != '\n' {
			out.WriteByte(text[i])
		}
	}
	return out.String()
}
