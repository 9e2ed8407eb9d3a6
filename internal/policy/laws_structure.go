package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// metadataLaw: a package has one METADATA block with title and description, every public rule one that explains it.
func metadataLaw(files []checked) []Violation {
	var blocks, missing []Violation
	explained := map[string]bool{}
	for _, c := range files {
		for _, a := range c.module.Annotations {
			switch a.Scope {
			case "package":
				blocks = append(blocks, c.at(LawMetadata, a.Location, "a second METADATA block for one package"))
				if a.Title == "" || a.Description == "" {
					missing = append(missing, c.at(LawMetadata, a.Location, "METADATA of a package has title and description"))
				}
			case "rule", "document":
				if a.Title != "" || a.Description != "" {
					explained[ruleName(a.GetTargetPath(), c.module.Package.Path)] = true
				}
			default:
				missing = append(missing, c.at(LawMetadata, a.Location, fmt.Sprintf("METADATA scope %q is not used", a.Scope)))
			}
		}
	}
	if len(blocks) == 0 {
		missing = append(missing, files[0].at(LawMetadata, files[0].module.Package.Location, "the package has no METADATA block"))
	} else {
		missing = append(missing, blocks[1:]...)
	}
	return append(missing, unexplained(files, explained)...)
}

// unexplained lists the public rules without METADATA. The violations of a policy are explained by its package.
func unexplained(files []checked, explained map[string]bool) []Violation {
	first := map[string]Violation{}
	for _, c := range files {
		for _, rule := range c.module.Rules {
			name := rule.Head.Ref()[0].Value.String()
			_, seen := first[name]
			if seen || explained[name] || strings.HasPrefix(name, "_") || isPolicy(c) && name == "violation" {
				continue
			}
			first[name] = c.at(LawMetadata, rule.Location, fmt.Sprintf("public rule %s has no METADATA with a description", name))
		}
	}
	return slices.Collect(maps.Values(first))
}

// ruleName gives the name of a rule from its path, of which those of a package are the first.
func ruleName(path, ofPackage ast.Ref) string {
	if len(path) <= len(ofPackage) {
		return ""
	}
	name, _ := path[len(ofPackage)].Value.(ast.String)
	return string(name)
}

func isPolicy(c checked) bool { return strings.HasPrefix(c.File, "policies/") }

// policyLaw: the only public rule of a policy is violation contains finding.new(rego.metadata.chain(), ...).
func policyLaw(c checked) []Violation {
	if !isPolicy(c) {
		return nil
	}
	var found []Violation
	rules := 0
	for _, rule := range c.module.Rules {
		name := rule.Head.Ref()[0].Value.String()
		switch {
		case strings.HasPrefix(name, "_"):
		case name != "violation":
			found = append(found, c.at(LawPolicy, rule.Location, fmt.Sprintf("public rule %s: a policy has the rule violation only", name)))
		case !makesFinding(rule.Head):
			found = append(found, c.at(LawPolicy, rule.Location, "write: violation contains finding.new(rego.metadata.chain(), object, {..})"))
		default:
			rules++
		}
	}
	if rules == 0 && len(found) == 0 {
		found = append(found, c.at(LawPolicy, nil, "the policy has no rule violation"))
	}
	return found
}

func makesFinding(head *ast.Head) bool {
	if head.Key == nil || head.Value != nil || len(head.Ref()) != 1 {
		return false
	}
	call, ok := head.Key.Value.(ast.Call)
	const operands = 4
	if !ok || len(call) != operands || call[0].String() != "finding.new" {
		return false
	}
	chain, ok := call[1].Value.(ast.Call)
	return ok && len(chain) == 1 && chain[0].String() == "rego.metadata.chain"
}

// importLaw: modules import packages of the library and nothing else, before their rules; Gatekeeper accepts data.lib only.
func importLaw(c checked) []Violation {
	var found []Violation
	for _, one := range c.module.Imports {
		if !strings.HasPrefix(one.Path.String(), "data."+libraryRoot+".") {
			found = append(found, c.at(LawImports, one.Location, fmt.Sprintf("import of %s: only data.%s.* may be imported", one.Path, libraryRoot)))
		}
		if len(c.module.Rules) > 0 && one.Location.Row > c.module.Rules[0].Location.Row {
			found = append(found, c.at(LawImports, one.Location, "imports stand before the first rule"))
		}
	}
	return found
}

// Packages that may name the documents of an engine.
var (
	readsInput = []string{libraryRoot + ".resource", libraryRoot + ".params", libraryRoot + ".exempt", libraryRoot + ".subject"}
	readsStore = libraryRoot + ".synced"
)

// referenceLaw: outside imports, input and data are named by the modules that own them only. Gatekeeper does not rewrite
// a full reference to data.lib inside another term, which makes it undefined without an error.
func referenceLaw(c checked) []Violation {
	var found []Violation
	name := packageName(c.module)
	visit := func(node any) bool {
		term, ok := node.(*ast.Term)
		if !ok {
			return false
		}
		switch root := rootDocument(term); {
		case root == "":
			return false
		case root == "input" && slices.Contains(readsInput, name):
		case root == "data" && name == readsStore && strings.HasPrefix(term.String(), "data.inventory"):
		default:
			found = append(found, c.at(LawReferences, term.Location, fmt.Sprintf("%s is not for this module to read", term)))
		}
		return true
	}
	for _, rule := range c.module.Rules {
		ast.NewGenericVisitor(visit).Walk(rule)
	}
	return found
}

// rootDocument tells whether a term is a reference into data or input, and which.
func rootDocument(term *ast.Term) string {
	var head ast.Value
	switch value := term.Value.(type) {
	case ast.Ref:
		head = value[0].Value
	case ast.Var:
		head = value
	}
	if root, ok := head.(ast.Var); ok && (root == "data" || root == "input") {
		return string(root)
	}
	return ""
}
