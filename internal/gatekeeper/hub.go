package gatekeeper

import "fmt"

// hubPackage is the description of a package that Artifact Hub reads.
type hubPackage struct {
	Version     string            `yaml:"version"`
	Name        string            `yaml:"name"`
	DisplayName string            `yaml:"displayName"`
	CreatedAt   string            `yaml:"createdAt"`
	Description string            `yaml:"description"`
	License     string            `yaml:"license"`
	HomeURL     string            `yaml:"homeURL"`
	Keywords    []string          `yaml:"keywords"`
	Links       []hubLink         `yaml:"links"`
	Readme      string            `yaml:"readme"`
	Install     string            `yaml:"install"`
	Provider    map[string]string `yaml:"provider"`
}

type hubLink struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url"`
}

// createdAt is the day on which the description of this version was made. Artifact Hub wants one, and a generated one
// would change with every run.
const createdAt = "2026-11-28T00:00:00Z"

const install = "```sh\n" +
	"kubectl apply --server-side -k " + homepage + "/bundles/gatekeeper/templates\n" +
	"kubectl apply -k " + homepage + "/bundles/gatekeeper/constraints\n" +
	"```\n"

// hub adds the description for Artifact Hub.
func (g *generator) hub(sets []set) error {
	readme := "# onelayer for Gatekeeper\n\nEvery runtime concern of a workload is owned by exactly one layer. These templates find the places " +
		"where a container does\nthe work of Kubernetes or of the mesh.\n\n| kind | rule | severity | what |\n|---|---|---|---|\n"
	for _, s := range sets {
		for _, rule := range s.rules {
			readme += fmt.Sprintf("| `%s` | [%s](%s/blob/main/docs/rules/%s.md) | %s | %s |\n",
				s.kind(), rule.ID, homepage, rule.ID, rule.Severity, rule.Title)
		}
	}
	return g.add("artifacthub-pkg.yml", hubPackage{
		Version: libraryVersion(g.library), Name: "onelayer", DisplayName: "onelayer", CreatedAt: createdAt,
		Description: "Find the places where a container does the work of Kubernetes or of the service mesh: PM2 inside a pod first of all",
		License:     "Apache-2.0", HomeURL: homepage,
		Keywords: []string{"gatekeeper", "open-policy-agent", "policies", "nodejs", "pm2", "service-mesh"},
		Links:    []hubLink{{Name: "source", URL: homepage}, {Name: "rules", URL: homepage + "/blob/main/docs/rules/README.md"}},
		Readme:   readme, Install: install, Provider: map[string]string{"name": "onelayer"},
	})
}
