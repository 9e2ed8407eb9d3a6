package gatekeeper

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	templatesv1 "github.com/open-policy-agent/frameworks/constraint/pkg/apis/templates/v1"
	"github.com/open-policy-agent/frameworks/constraint/pkg/client"
	"github.com/open-policy-agent/frameworks/constraint/pkg/client/drivers/rego"
	"github.com/open-policy-agent/frameworks/constraint/pkg/core/templates"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/target"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// webhook is the enforcement point of Gatekeeper's admission webhook.
const webhook = "validation.gatekeeper.sh"

// deadline bounds every program that the tests start.
const deadline = 5 * time.Minute

// work holds what the tests build and generate.
var work string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if work, err = os.MkdirTemp("", "onelayer-gatekeeper-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(work)
	if err := tool("build", "-o", filepath.Join(work, "onelayer"), "./cmd/onelayer"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// tool runs the go command in the module of the tool.
func tool(args ...string) error {
	return execute("go", append([]string{args[0], "-C", root()}, args[1:]...)...)
}

func execute(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("run %s %s: %w\n%s", program, strings.Join(args, " "), err, out)
	}
	return nil
}

// root is the folder of the tool's module.
func root() string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return dir
}

// bundle gives the folder of a bundle with a grouping, and generates it once.
func bundle(tb testing.TB, grouping string) string {
	tb.Helper()
	dir := filepath.Join(work, grouping)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	require.NoError(tb, execute(filepath.Join(work, "onelayer"), "gatekeeper", "--group", grouping, "--out", dir))
	return dir
}

// documents reads the YAML files of a folder below a bundle, kustomizations left out.
func documents(tb testing.TB, dir, folder, suffix string) []*unstructured.Unstructured {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(dir, folder, "*"+suffix+".yaml"))
	require.NoError(tb, err)
	var found []*unstructured.Unstructured
	for _, file := range files {
		if filepath.Base(file) != "kustomization.yaml" {
			found = append(found, document(tb, file))
		}
	}
	require.NotEmpty(tb, found, "%s/%s", dir, folder)
	return found
}

func document(tb testing.TB, file string) *unstructured.Unstructured {
	tb.Helper()
	text, err := os.ReadFile(file)
	require.NoError(tb, err)
	var fields map[string]any
	require.NoError(tb, yaml.UnmarshalStrict(text, &fields), file)
	return &unstructured.Unstructured{Object: fields}
}

// inForce is what stands in a cluster.
type inForce struct {
	grouping string
	// referential takes the templates with the module that reads the inventory.
	referential bool
	// levels are the constraints of every template: deny, warn, info.
	levels []string
	// parameters are laid over those of every constraint.
	parameters map[string]any
	// edit changes a template before it is added.
	edit func(*unstructured.Unstructured)
}

var allLevels = []string{"deny", "warn", "info"}

// gatekeeper is a client with what stands in a cluster.
type gatekeeper struct {
	*client.Client

	driver      *rego.Driver
	constraints []*unstructured.Unstructured
}

// cluster makes a client with the templates and constraints, as Gatekeeper's controllers do. Like the chart it forbids
// http.send, and like --enable-referential-rules=false it forbids data.inventory unless it is asked for.
func cluster(tb testing.TB, what inForce) *gatekeeper {
	tb.Helper()
	externs := []string{}
	folder, suffix := "templates", ""
	if what.referential {
		externs, folder, suffix = []string{"inventory"}, "referential", "-referential"
	}
	driver, err := rego.New(rego.DisableBuiltins("http.send"), rego.Externs(externs...))
	require.NoError(tb, err)
	c, err := client.NewClient(client.Targets(&target.K8sValidationTarget{}), client.Driver(driver), client.EnforcementPoints(webhook))
	require.NoError(tb, err)
	dir := bundle(tb, what.grouping)
	for _, template := range documents(tb, dir, folder, suffix) {
		if what.edit != nil {
			what.edit(template)
		}
		_, err := c.AddTemplate(context.Background(), coreTemplate(tb, template))
		require.NoError(tb, err, template.GetName())
	}
	made := &gatekeeper{Client: c, driver: driver}
	for _, constraint := range documents(tb, dir, "constraints", "") {
		if slices.ContainsFunc(what.levels, func(l string) bool { return strings.HasSuffix(constraint.GetName(), "-"+l) }) {
			made.constraints = append(made.constraints, constraint)
		}
	}
	made.configure(tb, what.parameters)
	return made
}

// configure puts a configuration document into the parameters of every constraint.
func (g *gatekeeper) configure(tb testing.TB, document map[string]any) {
	tb.Helper()
	for _, constraint := range g.constraints {
		configured := constraint.DeepCopy()
		for name, value := range document {
			require.NoError(tb, unstructured.SetNestedField(configured.Object, runtime.DeepCopyJSONValue(value), "spec", "parameters", name))
		}
		_, err := g.AddConstraint(context.Background(), configured)
		require.NoError(tb, err, constraint.GetName())
	}
}

// sync makes objects, in the shape of data.inventory, all that the cluster has synced.
func (g *gatekeeper) sync(tb testing.TB, inventory map[string]any) {
	tb.Helper()
	require.NoError(tb, g.driver.RemoveData(context.Background(), target.Name, nil))
	require.NoError(tb, g.driver.AddData(context.Background(), target.Name, nil, inventory))
}

// coreTemplate reads a template as Gatekeeper's controller does.
func coreTemplate(tb testing.TB, template *unstructured.Unstructured) *templates.ConstraintTemplate {
	tb.Helper()
	var versioned templatesv1.ConstraintTemplate
	require.NoError(tb, runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(template.Object, &versioned, true))
	core, err := versioned.ToVersionless()
	require.NoError(tb, err)
	return core
}

// entry gives the entry module of a template.
func entry(tb testing.TB, template *unstructured.Unstructured) string {
	tb.Helper()
	text, ok := source(template)["rego"].(string)
	require.True(tb, ok)
	return text
}

// source is what a template gives to the engine.
func source(template *unstructured.Unstructured) map[string]any {
	targets := template.Object["spec"].(map[string]any)["targets"].([]any)
	return targets[0].(map[string]any)["code"].([]any)[0].(map[string]any)["source"].(map[string]any)
}

// openGate lets a template ask all rules about every object, whatever stands in it or around it and whatever the constraint
// shows.
func openGate(template *unstructured.Unstructured) {
	question := regexp.MustCompile(`\n(_telling|_near|_asked_\d+) if \{\n`)
	source(template)["rego"] = question.ReplaceAllString(source(template)["rego"].(string), "\n$1 if true\n\n_unasked if {\n")
}
