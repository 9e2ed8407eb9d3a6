package config

// shape describes a part of the configuration document. It is the one source of the strict reader and of the JSON schema.
type shape struct {
	// kind is object, array, string, boolean, date, or empty for anything.
	kind        string
	description string
	// keys are the only keys of an object, unless values describes those of any name.
	keys     map[string]*shape
	required []string
	values   *shape
	items    *shape
	enum     []string
	// judged marks what policies judge, with findings instead of errors: the reader leaves it alone.
	judged bool
	// minimum is the least number of items.
	minimum int
}

// mends say what to write where something is missing or wrong.
var mends = map[string]string{
	"reason": "say why the finding is accepted",
	"owner":  "name who answers for it",
	"until":  "name the last day on which it holds, such as 2027-01-31",
	"rule":   "name the rule, such as process/manager-entrypoint",
}

func text(description string) *shape { return &shape{kind: "string", description: description} }

func texts(description string) *shape {
	return &shape{kind: "array", description: description, items: &shape{kind: "string"}}
}

func labels(description string) *shape {
	return &shape{kind: "object", description: description, values: &shape{kind: "string"}}
}

// documentShape is the shape of the whole document.
func documentShape() *shape {
	return &shape{
		kind:        "object",
		description: "Configuration of onelayer",
		keys: map[string]*shape{
			"rules":              rulesShape(),
			"mesh":               meshShape(),
			"namespaces":         namespacesShape(),
			"images":             imagesShape(),
			"waivers":            waiversShape(),
			"strict":             {kind: "boolean", description: "Keep severities where there is evidence of development"},
			"skip_owned":         {kind: "boolean", description: "Leave out Pods, and at admission ReplicaSets and Jobs, that belong to a controller that is judged itself; true unless set"},
			"annotation_waivers": {kind: "boolean", description: "In a cluster, let annotations of the object waive its findings"},
			"conftest": {kind: "object", description: "Settings for conftest", keys: map[string]*shape{
				"info": {kind: "boolean", description: "Let conftest show findings of severity info, as warnings"},
			}},
			"now": {kind: "date", description: "The day that waivers are judged on instead of today"},
		},
	}
}

func rulesShape() *shape {
	rule := &shape{kind: "object", judged: true, description: "Settings of a rule", keys: map[string]*shape{
		"enabled":    {kind: "boolean", judged: true, description: "Whether the rule is switched on"},
		"severity":   {kind: "string", judged: true, enum: []string{"error", "warning", "info"}, description: "The severity of all findings of the rule"},
		"parameters": {kind: "object", judged: true, description: "Parameters of the rule: see onelayer explain"},
	}}
	return &shape{kind: "object", description: "Settings by rule id", values: rule}
}

func meshShape() *shape {
	selectors := func(description string) *shape {
		return &shape{kind: "array", description: description, items: &shape{kind: "object"}}
	}
	return &shape{kind: "object", description: "What is known of the mesh beside the manifests", keys: map[string]*shape{
		"assume_mesh": {kind: "string", description: "The mesh of namespaces whose metadata is not known",
			enum: []string{"auto", "istio-sidecar", "istio-ambient", "linkerd", "none"}},
		"installed_revisions":          texts("The revisions of Istio that are installed"),
		"enable_namespaces_by_default": {kind: "boolean", description: "Istio injects into namespaces without a label"},
		"never_inject_selectors":       selectors("Istio's neverInjectSelector"),
		"always_inject_selectors":      selectors("Istio's alwaysInjectSelector"),
		"linkerd_excluded_namespaces":  texts("Namespaces that Linkerd's injector ignores"),
		"cluster_domain":               text("The domain of the cluster, by which names of its Services end; cluster.local unless set"),
		"native_sidecars":              {description: "Whether proxies run as native sidecars: true, false or auto"},
	}}
}

func namespacesShape() *shape {
	return &shape{kind: "object", description: "Metadata of namespaces that are not among the inputs", values: &shape{
		kind: "object",
		keys: map[string]*shape{"labels": labels("Labels of the namespace"), "annotations": labels("Annotations of the namespace")},
	}}
}

func imagesShape() *shape {
	return &shape{kind: "array", description: "Which Dockerfile an image reference is built from", items: &shape{
		kind:     "object",
		required: []string{"dockerfile", "refs"},
		keys: map[string]*shape{
			"dockerfile": text("Path of the Dockerfile, relative to the configuration"),
			"refs":       {kind: "array", description: "References of the image, with or without a tag", items: &shape{kind: "string"}, minimum: 1},
		},
	}}
}

func waiversShape() *shape {
	return &shape{kind: "array", description: "Accepted findings", items: &shape{
		kind:     "object",
		required: []string{"rule", "reason", "owner", "until"},
		keys: map[string]*shape{
			"rule":   text("Id of the rule"),
			"reason": text("Why the finding is accepted"),
			"owner":  text("Who answers for it"),
			"until":  {kind: "date", description: "The last day, UTC, on which the waiver holds"},
			"match": {kind: "object", description: "What it is limited to; everything named must match", keys: map[string]*shape{
				"kind":      text("Kind of the object"),
				"namespace": text("Namespace of the object"),
				"name":      text("Name of the object"),
				"file":      text("Path of the file"),
				"container": text("Name of the container"),
			}},
		},
	}}
}
