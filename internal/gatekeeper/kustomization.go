package gatekeeper

// kustomization is kustomize.config.k8s.io/v1beta1.
type kustomization struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Resources  []string `yaml:"resources"`
}

// kustomizations adds one per folder. Constraints stand apart from templates, because a cluster knows their kinds only
// some time after it has taken the templates.
func (g *generator) kustomizations(sets []set) error {
	var templates, constraints []string
	referential := []string{imagesFile, syncFile}
	for _, s := range sets {
		templates = append(templates, s.name+".yaml")
		referential = append(referential, s.name+"-referential.yaml")
		for _, l := range levels {
			if l.action != "dryrun" {
				constraints = append(constraints, s.constraintName(l)+".yaml")
			}
		}
	}
	for folder, resources := range map[string][]string{"templates": templates, "referential": referential, "constraints": constraints} {
		document := kustomization{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization", Resources: resources}
		if err := g.add(folder+"/kustomization.yaml", document); err != nil {
			return err
		}
	}
	return nil
}
