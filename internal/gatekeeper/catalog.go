package gatekeeper

import "github.com/onelayer/onelayer/internal/policy"

const (
	homepage = "https://github.com/onelayer/onelayer"
	// raw is where gator reads files named in the catalogue.
	raw = "https://raw.githubusercontent.com/onelayer/onelayer/main/bundles/gatekeeper/"
)

// policyCatalog is what gator policy reads.
type policyCatalog struct {
	APIVersion string          `yaml:"apiVersion"`
	Kind       string          `yaml:"kind"`
	Metadata   catalogMetadata `yaml:"metadata"`
	Bundles    []catalogBundle `yaml:"bundles"`
	Policies   []catalogPolicy `yaml:"policies"`
}

type catalogMetadata struct {
	Name       string `yaml:"name"`
	Version    string `yaml:"version"`
	Repository string `yaml:"repository"`
}

type catalogBundle struct {
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Policies    []string `yaml:"policies"`
}

type catalogPolicy struct {
	Name              string            `yaml:"name"`
	Version           string            `yaml:"version"`
	Description       string            `yaml:"description"`
	Category          string            `yaml:"category"`
	TemplatePath      string            `yaml:"templatePath"`
	BundleConstraints map[string]string `yaml:"bundleConstraints"`
	DocumentationURL  string            `yaml:"documentationUrl"`
	Bundles           []string          `yaml:"bundles"`
}

// catalog adds the catalogue for gator policy: one bundle per kind of constraint, because gator installs one constraint
// of a template per bundle.
func (g *generator) catalog(sets []set) error {
	document := policyCatalog{
		APIVersion: "gator.gatekeeper.sh/v1alpha1", Kind: "PolicyCatalog",
		Metadata: catalogMetadata{Name: "onelayer", Version: "v" + libraryVersion(g.library), Repository: homepage},
	}
	var names []string
	for _, s := range sets {
		names = append(names, s.resource())
		document.Policies = append(document.Policies, s.catalogued())
	}
	for _, l := range levels {
		document.Bundles = append(document.Bundles, catalogBundle{
			Name: bundleName(l), Policies: names,
			Description: "Findings of severity " + string(l.severity) + " of every rule, with the action " + l.action + ".",
		})
	}
	return g.add("catalog.yaml", document)
}

func (s set) catalogued() catalogPolicy {
	policy := catalogPolicy{
		Name: s.resource(), Version: "v" + s.version(), Description: s.description(), Category: s.rules[0].Group,
		TemplatePath: raw + "templates/" + s.name + ".yaml", BundleConstraints: map[string]string{},
		DocumentationURL: homepage + "/blob/main/docs/rules/README.md",
	}
	for _, l := range levels {
		policy.BundleConstraints[bundleName(l)] = raw + constraintPath(s, l)
		policy.Bundles = append(policy.Bundles, bundleName(l))
	}
	return policy
}

func bundleName(l level) string { return "onelayer-" + l.name }

// libraryVersion is the newest release that added a rule.
func libraryVersion(library *policy.Library) string { return set{rules: library.Rules()}.version() }
