package gatekeeper

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/frameworks/constraint/pkg/client/reviews"
	"github.com/open-policy-agent/frameworks/constraint/pkg/types"
	mutation "github.com/open-policy-agent/gatekeeper/v3/pkg/mutation/types"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/target"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// verdict is what two engines must agree on.
type verdict struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Path     string `json:"path"`
	Severity string `json:"severity"`
}

// audit reviews an object as Gatekeeper's audit does: without an operation.
func audit(tb testing.TB, c *gatekeeper, object map[string]any) []*types.Result {
	tb.Helper()
	return review(tb, c, target.AugmentedUnstructured{
		Object: unstructured.Unstructured{Object: object},
		Source: mutation.SourceTypeOriginal,
	})
}

// admit reviews a change as Gatekeeper's webhook does; before and after may be nil.
func admit(tb testing.TB, c *gatekeeper, operation admissionv1.Operation, before, after map[string]any, options ...reviews.ReviewOpt) []*types.Result {
	tb.Helper()
	request := &admissionv1.AdmissionRequest{UID: "1", Operation: operation, Object: raw(tb, after), OldObject: raw(tb, before)}
	object := unstructured.Unstructured{Object: after}
	if after == nil {
		object.Object = before
	}
	kind := object.GroupVersionKind()
	request.Kind.Group, request.Kind.Version, request.Kind.Kind = kind.Group, kind.Version, kind.Kind
	request.Name, request.Namespace = object.GetName(), object.GetNamespace()
	return review(tb, c, target.AugmentedReview{AdmissionRequest: request, Source: mutation.SourceTypeOriginal, IsAdmission: true}, options...)
}

func raw(tb testing.TB, object map[string]any) runtime.RawExtension {
	tb.Helper()
	if object == nil {
		return runtime.RawExtension{}
	}
	text, err := json.Marshal(object)
	require.NoError(tb, err)
	return runtime.RawExtension{Raw: text}
}

func review(tb testing.TB, c *gatekeeper, asked any, options ...reviews.ReviewOpt) []*types.Result {
	tb.Helper()
	responses, err := c.Review(context.Background(), asked, append(options, reviews.EnforcementPoint(webhook))...)
	require.NoError(tb, err)
	return responses.Results()
}

// details gives what a result says beside its message. An evaluation error, which Gatekeeper turns into a result, has none.
func details(tb testing.TB, result *types.Result) map[string]any {
	tb.Helper()
	found, ok := result.Metadata["details"].(map[string]any)
	require.True(tb, ok && found["id"] != nil, "an error instead of a finding: %s", result.Msg)
	return found
}

// verdicts lists what results say, once each and in order.
func verdicts(tb testing.TB, results []*types.Result) []verdict {
	tb.Helper()
	found := make([]verdict, 0, len(results))
	for _, result := range results {
		said := details(tb, result)
		found = append(found, verdict{
			ID: fmt.Sprint(said["id"]), Object: identity(said["object"]), Path: fmt.Sprint(said["path"]), Severity: fmt.Sprint(said["severity"]),
		})
	}
	slices.SortFunc(found, compareVerdicts)
	return slices.Compact(found)
}

// identity writes a reference to an object as one text.
func identity(object any) string {
	fields, _ := object.(map[string]any)
	text := func(name string) string {
		if fields[name] == nil {
			return ""
		}
		return fmt.Sprint(fields[name])
	}
	return strings.Join([]string{text("apiVersion"), text("kind"), text("namespace"), text("name")}, "|")
}

func compareVerdicts(a, b verdict) int {
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// messages lists constraint and message of results, in order.
func messages(results []*types.Result) []string {
	said := make([]string, 0, len(results))
	for _, result := range results {
		said = append(said, "["+result.Constraint.GetName()+"] "+result.Msg)
	}
	slices.Sort(said)
	return said
}

// object reads an object from YAML.
func object(tb testing.TB, text string) map[string]any {
	tb.Helper()
	var fields map[string]any
	require.NoError(tb, yaml.Unmarshal([]byte(text), &fields))
	return fields
}
