package gatekeeper

// definition is apiextensions.k8s.io/v1 CustomResourceDefinition.
type definition struct {
	object `yaml:",inline"`
	Spec   definitionSpec `yaml:"spec"`
}

type definitionSpec struct {
	Group    string              `yaml:"group"`
	Names    definitionNames     `yaml:"names"`
	Scope    string              `yaml:"scope"`
	Versions []definitionVersion `yaml:"versions"`
}

type definitionNames struct {
	Kind     string `yaml:"kind"`
	ListKind string `yaml:"listKind"`
	Plural   string `yaml:"plural"`
	Singular string `yaml:"singular"`
}

type definitionVersion struct {
	Name    string           `yaml:"name"`
	Served  bool             `yaml:"served"`
	Storage bool             `yaml:"storage"`
	Schema  definitionSchema `yaml:"schema"`
}

type definitionSchema struct {
	OpenAPIV3Schema schema `yaml:"openAPIV3Schema"`
}

// imageDefinition is the CRD of images, so that admission sees what a manifest hides. Where the shape follows the files that
// an image copies, it is open.
func imageDefinition() definition {
	text := &schema{Type: "string"}
	texts := func(description string) *schema {
		return &schema{Type: "array", Description: description, Items: text}
	}
	instruction := &schema{
		Type: "object", PreserveUnknown: true, Required: []string{"cmd"},
		Properties: map[string]*schema{
			"cmd":   {Type: "string", Description: "The instruction in lower case."},
			"sub":   {Type: "string"},
			"json":  {Type: "boolean", Description: "Whether the value is in exec form."},
			"flags": texts(""),
			"value": texts(""),
			"stage": {Type: "integer", Description: "The stage that the instruction belongs to, from 0."},
		},
	}
	spec := &schema{
		Type: "object", PreserveUnknown: true,
		Properties: map[string]*schema{
			"refs":        texts("The references by which workloads name the image, without a tag for every tag."),
			"assumedRefs": texts("References that are assumed and not known."),
			"target":      {Type: "string", Description: "The stage that is built, empty for the last one."},
			"context":     {Type: "string", Description: "The folder that COPY reads."},
			"dockerfile":  {Type: "array", Description: "The instructions that the image is built from.", Items: instruction},
			"config": {Type: "object", PreserveUnknown: true,
				Description: "The configuration of the built image, which wins: Entrypoint, Cmd, Env, WorkingDir, User."},
			"files": {Type: "object", Description: "What copied files say, by path in the image.",
				AdditionalProperties: &schema{Type: "object", PreserveUnknown: true}},
		},
	}
	return definition{
		object: object{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition", Metadata: metadata{Name: "images." + ownGroup}},
		Spec: definitionSpec{
			Group: ownGroup, Scope: "Cluster",
			Names: definitionNames{Kind: "Image", ListKind: "ImageList", Plural: "images", Singular: "image"},
			Versions: []definitionVersion{{Name: "v1alpha1", Served: true, Storage: true, Schema: definitionSchema{OpenAPIV3Schema: schema{
				Type: "object", Description: "What an image runs, as onelayer reads it from a Dockerfile and the files that it copies.",
				Properties: map[string]*schema{"apiVersion": text, "kind": text, "metadata": {Type: "object"}, "spec": spec},
			}}}},
		},
	}
}
