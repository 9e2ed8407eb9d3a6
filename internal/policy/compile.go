package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Compile compiles modules and the entries that ask them together, with what the oldest engine knows, and checks that each
// reference to the library names a rule that one of them defines: an engine takes any other for undefined, without an
// error. The violations are ordered by file and line.
func Compile(sources []Source) []Violation {
	capabilities, err := ast.LoadCapabilitiesVersion(floorVersion)
	if err != nil {
		return []Violation{{Law: LawFloor, Msg: err.Error()}}
	}
	return compile(sources, capabilities, ast.NewCompiler())
}

// floorLaw: everything compiles, strictly, with what the oldest engine knows and every engine allows.
func floorLaw(modules []checked) []Violation {
	capabilities, err := ast.LoadCapabilitiesVersion(floorVersion)
	if err != nil {
		return []Violation{{Law: LawFloor, Msg: err.Error()}}
	}
	capabilities.Builtins = slices.DeleteFunc(capabilities.Builtins, func(b *ast.Builtin) bool { return slices.Contains(outside, b.Name) })
	sources := make([]Source, len(modules))
	for i, c := range modules {
		sources[i] = c.Source
	}
	return compile(sources, capabilities, ast.NewCompiler().WithStrict(true))
}

func compile(sources []Source, capabilities *ast.Capabilities, compiler *ast.Compiler) []Violation {
	options := ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true, Capabilities: capabilities}
	var found []Violation
	parsed := map[string]*ast.Module{}
	for _, source := range sources {
		module, err := ast.ParseModuleWithOpts(source.File, string(source.Text), options)
		if err != nil {
			found = append(found, compileViolations(LawFloor, err)...)
			continue
		}
		parsed[source.File] = module
	}
	compiler = compiler.WithCapabilities(capabilities).SetErrorLimit(0)
	if compiler.Compile(parsed); compiler.Failed() {
		found = append(found, compileViolations(LawFloor, compiler.Errors)...)
	} else {
		found = append(found, undefined(compiler)...)
	}
	for i := range found {
		found[i].Msg = strings.TrimSpace(found[i].Msg)
	}
	sortByPlace(found)
	return found
}

// undefined lists the references to the library that name no rule.
func undefined(compiler *ast.Compiler) []Violation {
	var found []Violation
	for file, module := range compiler.Modules {
		seen := map[string]bool{}
		walk(module, func(node any) {
			ref, ok := node.(ast.Ref)
			if !ok || !strings.HasPrefix(ref.String(), "data."+libraryRoot+".") || seen[ref.String()] {
				return
			}
			seen[ref.String()] = true
			if name := missing(compiler, ref); name != "" {
				found = append(found, Violation{File: file, Line: row(ref), Law: LawDefined, Msg: name + " is defined nowhere"})
			}
		})
	}
	return found
}

// missing gives the part of a reference behind which the library holds nothing, empty if there is none.
func missing(compiler *ast.Compiler, ref ast.Ref) string {
	if slices.ContainsFunc(documents, func(name string) bool { return within(ref.String(), "data."+name) }) {
		return ""
	}
	node := compiler.RuleTree
	for i, term := range ref {
		if len(node.Values) > 0 || !ref[:i+1].IsGround() {
			return ""
		}
		if node = node.Child(term.Value); node == nil {
			return ref[:i+1].String()
		}
	}
	return ""
}

// within tells whether a reference is a document or a part of it.
func within(ref, document string) bool {
	rest, found := strings.CutPrefix(ref, document)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// row is the line of a reference. Its end tells: the terms of an import stand for every place that uses it.
func row(ref ast.Ref) int {
	for _, term := range slices.Backward(ref) {
		if term.Location != nil && term.Location.Row > 0 {
			return term.Location.Row
		}
	}
	return 1
}
