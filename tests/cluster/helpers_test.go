package cluster

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/tests/stock/child"
)

// create asks the API server for an object and returns its answer, which may be a refusal.
func (c *Cluster) create(ctx context.Context, object map[string]any, query string) (Answer, error) {
	kind, _ := object["kind"].(string)
	return c.API.Do(ctx, http.MethodPost, resources[kind]+query, object)
}

// dryRun asks for everything but the storing.
const dryRun = "?dryRun=All"

// refusal is the message with which a webhook denied, empty where it did not.
func refusal(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var refused *Refused
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Message, "admission webhook", "refused by something else")
	return refused.Message
}

// eventually tries until there is no error, for at most a time.
func eventually(t *testing.T, most time.Duration, try func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	require.NoError(t, child.Wait(ctx, try))
}

const constraintsAPI = "/apis/constraints.gatekeeper.sh/v1beta1"

// constraints lists all constraints of all templates.
func (c *Cluster) constraints(ctx context.Context) ([]map[string]any, error) {
	kinds, err := c.API.Do(ctx, http.MethodGet, constraintsAPI, nil)
	if err != nil {
		return nil, err
	}
	var all []map[string]any
	for _, resource := range items(kinds.Object, "resources") {
		name, _ := resource["name"].(string)
		if strings.Contains(name, "/") {
			continue
		}
		list, err := c.API.Do(ctx, http.MethodGet, constraintsAPI+"/"+name, nil)
		if err != nil {
			return nil, err
		}
		for _, constraint := range items(list.Object, "items") {
			constraint["resource"] = name
			all = append(all, constraint)
		}
	}
	return all, nil
}

// enforced checks that Gatekeeper enforces the latest version of every constraint, and that there are at least some.
func (c *Cluster) enforced(least int) func(context.Context) error {
	return func(ctx context.Context) error {
		all, err := c.constraints(ctx)
		if err != nil {
			return err
		}
		if len(all) < least {
			return fmt.Errorf("%d constraints, want %d or more", len(all), least)
		}
		for _, constraint := range all {
			generation := field[float64](constraint, "metadata", "generation")
			reports := items(field[map[string]any](constraint, "status"), "byPod")
			if !slices.ContainsFunc(reports, func(report map[string]any) bool {
				return report["enforced"] == true && report["observedGeneration"] == generation
			}) {
				return fmt.Errorf("constraint %s is not enforced: %v", nameOf(constraint), reports)
			}
		}
		return nil
	}
}

func nameOf(object map[string]any) string { return field[string](object, "metadata", "name") }

// field reads a nested field, the zero value where there is none of that type.
func field[T any](object map[string]any, path ...string) T {
	var value any = object
	for _, key := range path {
		inner, _ := value.(map[string]any)
		value = inner[key]
	}
	typed, _ := value.(T)
	return typed
}

func items(object map[string]any, key string) []map[string]any {
	list, _ := object[key].([]any)
	var all []map[string]any
	for _, item := range list {
		if typed, ok := item.(map[string]any); ok {
			all = append(all, typed)
		}
	}
	return all
}
