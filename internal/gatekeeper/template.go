package gatekeeper

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/onelayer/onelayer/internal/policy"
)

const (
	libraryRoot = "lib.onelayer"
	// packageSynced is the module that names data.inventory, which a cluster may forbid.
	packageSynced = libraryRoot + ".synced"
	target        = "admission.k8s.gatekeeper.sh"
	maxKind       = 63
)

// constraintTemplate is templates.gatekeeper.sh/v1.
type constraintTemplate struct {
	object `yaml:",inline"`
	Spec   templateSpec `yaml:"spec"`
}

type templateSpec struct {
	CRD     templateCRD      `yaml:"crd"`
	Targets []templateTarget `yaml:"targets"`
}

type templateCRD struct {
	Spec templateCRDSpec `yaml:"spec"`
}

type templateCRDSpec struct {
	Names      templateNames      `yaml:"names"`
	Validation templateValidation `yaml:"validation"`
}

type templateNames struct {
	Kind string `yaml:"kind"`
}

type templateValidation struct {
	LegacySchema    bool   `yaml:"legacySchema"`
	OpenAPIV3Schema schema `yaml:"openAPIV3Schema"`
}

type templateTarget struct {
	Target string         `yaml:"target"`
	Code   []templateCode `yaml:"code"`
}

type templateCode struct {
	Engine string         `yaml:"engine"`
	Source templateSource `yaml:"source"`
}

type templateSource struct {
	Version string   `yaml:"version"`
	Rego    string   `yaml:"rego"`
	Libs    []string `yaml:"libs"`
}

// templates adds the templates of a set: without and with the module that reads the inventory.
func (g *generator) templates(s set) error {
	if len(s.kind()) > maxKind {
		return fmt.Errorf("kind %s is longer than the %d letters that Kubernetes allows: shorten the id of the rule", s.kind(), maxKind)
	}
	alone, err := g.libraries(s, false)
	if err != nil {
		return err
	}
	if err := g.template(s, "templates/"+s.name+".yaml", alone, ""); err != nil {
		return err
	}
	all, err := g.libraries(s, true)
	if err != nil {
		return err
	}
	sync, err := requiredSync()
	if err != nil {
		return err
	}
	return g.template(s, "referential/"+s.name+"-referential.yaml", all, sync)
}

func (g *generator) template(s set, path string, libraries []string, sync string) error {
	document := constraintTemplate{
		object: object{APIVersion: "templates.gatekeeper.sh/v1", Kind: "ConstraintTemplate", Metadata: metadata{
			Name: s.resource(),
			Annotations: map[string]string{
				"metadata.gatekeeper.sh/title":   s.title(),
				"metadata.gatekeeper.sh/version": s.version(),
				"description":                    s.description(),
			},
		}},
		Spec: templateSpec{
			CRD: templateCRD{Spec: templateCRDSpec{
				Names:      templateNames{Kind: s.kind()},
				Validation: templateValidation{OpenAPIV3Schema: parameterSchema(g.library)},
			}},
			Targets: []templateTarget{{Target: target, Code: []templateCode{{
				Engine: "Rego", Source: templateSource{Version: "v1", Rego: Entry(g.library, s.rules), Libs: libraries},
			}}}},
		},
	}
	if sync != "" {
		document.Metadata.Annotations["metadata.gatekeeper.sh/requires-sync-data"] = sync
	}
	if err := checkSize(path, document); err != nil {
		return err
	}
	return g.add(path, document)
}

// libraries gives the sources of all that the entry of a set imports, byte for byte as they stand in the library.
func (g *generator) libraries(s set, referential bool) ([]string, error) {
	names := make([]string, 0, len(s.rules)+len(entryImports))
	for _, rule := range slices.Concat(s.rules, ownRules(g.library)) {
		names = append(names, rule.ID)
	}
	for _, module := range entryImports {
		names = append(names, libraryRoot+"."+module)
	}
	files, err := g.library.Files(names...)
	if err != nil {
		return nil, fmt.Errorf("list modules: %w", err)
	}
	wanted := map[string]bool{}
	for _, file := range files {
		wanted[file] = true
	}
	texts := map[string]string{}
	for _, source := range g.library.Sources() {
		texts[source.File] = string(source.Text)
	}
	var libraries []string
	for _, info := range g.library.ModuleInfos() {
		if wanted[info.File] && (referential || info.Package != packageSynced) {
			libraries = append(libraries, texts[info.File])
		}
	}
	return libraries, nil
}

// maxTemplate is how many bytes a template may have as the JSON that an API server stores. etcd refuses requests of more than
// 1.5 MiB; the rest is for the status and the fields that servers add.
const maxTemplate = 1 << 20

// checkSize fails where a cluster could not take a template.
func checkSize(path string, document any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("measure %s: %w", path, err)
	}
	if len(text) > maxTemplate {
		return fmt.Errorf("%s has %d bytes, more than the %d that a cluster takes: use --group rule, or move what one rule alone needs out of lib",
			path, len(text), maxTemplate)
	}
	return nil
}

// ids lists the ids that a configuration may name, former ones included.
func ids(library *policy.Library) []string {
	var all []string
	for _, rule := range library.Rules() {
		all = append(all, rule.ID)
		all = append(all, rule.Aliases...)
	}
	return all
}
