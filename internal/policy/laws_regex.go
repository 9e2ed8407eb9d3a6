package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// patterns tells which argument of a builtin is a regular expression.
var patterns = map[string]int{
	"regex.match": 0, "regex.split": 0, "regex.find_n": 0, "regex.find_all_string_submatch_n": 0,
	"regex.replace": 1, "regex.is_valid": 0, "regex.template_match": 0,
}

// scope is what a package defines, for the question whether a term is a constant.
type scope struct {
	rules map[string][]*ast.Rule
	// uses lists the calls of the package with the rule that each stands in.
	uses []use
}

type use struct {
	call
	file checked
	rule *ast.Rule
}

// regexLaw: patterns are constants, because engines keep the compiled form of those they know.
func regexLaw(files []checked) []Violation {
	s := newScope(files)
	var found []Violation
	for _, one := range s.uses {
		at, ok := patterns[one.name]
		if ok && at < len(one.operands) && !s.constant(one.operands[at], one.rule, nil) {
			found = append(found, one.file.at(LawRegex, one.location, fmt.Sprintf("the pattern of %s is not a constant", one.name)))
		}
	}
	return found
}

func newScope(files []checked) *scope {
	s := &scope{rules: map[string][]*ast.Rule{}}
	for _, c := range files {
		for _, rule := range c.module.Rules {
			name := rule.Head.Ref()[0].Value.String()
			s.rules[name] = append(s.rules[name], rule)
			for _, one := range calls(rule) {
				s.uses = append(s.uses, use{call: one, file: c, rule: rule})
			}
		}
	}
	return s
}

// constant tells whether a term of a rule has one value whatever the input is: a literal, a rule made of literals, or an
// argument for which every call in the package passes a constant. Asked are the questions under way.
func (s *scope) constant(term *ast.Term, rule *ast.Rule, asked []string) bool {
	name, ok := term.Value.(ast.Var)
	if !ok {
		_, text := term.Value.(ast.String)
		return text
	}
	at := slices.IndexFunc(rule.Head.Args, func(argument *ast.Term) bool { return argument.Value.Compare(name) == 0 })
	if at >= 0 {
		return s.constantArgument(rule, at, asked)
	}
	return s.constantRule(string(name), asked)
}

func (s *scope) constantArgument(rule *ast.Rule, at int, asked []string) bool {
	function := rule.Head.Ref()[0].Value.String()
	question := fmt.Sprintf("%s/%d", function, at)
	if slices.Contains(asked, question) {
		return true
	}
	if !strings.HasPrefix(function, "_") {
		return false
	}
	called := false
	for _, one := range s.uses {
		if one.name != function {
			continue
		}
		called = true
		if !s.constant(one.operands[at], one.rule, append(asked, question)) {
			return false
		}
	}
	return called
}

// constantRule tells whether the only rule of that name reads nothing but literals and other constant rules.
func (s *scope) constantRule(name string, asked []string) bool {
	if slices.Contains(asked, name) || len(s.rules[name]) != 1 {
		return false
	}
	rule := s.rules[name][0]
	if len(rule.Head.Args) > 0 || rule.Else != nil || rule.Head.RuleKind() == ast.MultiValue {
		return false
	}
	constant := true
	walk(rule.Head.Value, func(node any) {
		if term, ok := node.(*ast.Term); ok && !isOperator(term) {
			if inner, ok := term.Value.(ast.Var); ok && !s.constantRule(string(inner), append(asked, name)) {
				constant = false
			}
		}
	})
	return constant && isTrivial(rule.Body)
}

// isOperator tells whether a variable is the first part of a builtin's name.
func isOperator(term *ast.Term) bool {
	name, ok := term.Value.(ast.Var)
	return ok && reserved()[string(name)]
}

func isTrivial(body ast.Body) bool {
	return len(body) == 0 || body.Equal(ast.NewBody(ast.NewExpr(ast.BooleanTerm(true))))
}
