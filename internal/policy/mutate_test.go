package policy_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/util"
)

// seeds reads the valid documents that mutation starts from.
var seeds = sync.OnceValues(func() ([]any, error) {
	var documents []any
	for _, name := range []string{"workloads", "cluster", "own", "reviews"} {
		text, err := os.ReadFile("testdata/seeds/" + name + ".yaml")
		if err != nil {
			return nil, err
		}
		for part := range strings.SplitSeq(string(text), "\n---\n") {
			var document any
			if err := util.Unmarshal([]byte(part), &document); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			documents = append(documents, document)
		}
	}
	return documents, nil
})

// surroundings is the data beside a document: the other documents as inventory and a configuration.
func surroundings(documents []any) map[string]any {
	cluster, namespaced := map[string]any{}, map[string]any{}
	var config any = map[string]any{}
	for i, document := range documents {
		object, ok := document.(map[string]any)
		if !ok || object["kind"] == nil {
			continue
		}
		if object["kind"] == "Config" {
			config = object["spec"]
		}
		target := cluster
		if meta, ok := object["metadata"].(map[string]any); ok && meta["namespace"] != nil {
			target = below(namespaced, fmt.Sprint(meta["namespace"]))
		}
		kind := below(below(target, fmt.Sprint(object["apiVersion"])), fmt.Sprint(object["kind"]))
		kind[fmt.Sprintf("name-%d", i)] = document
	}
	return map[string]any{
		"inventory": map[string]any{"cluster": cluster, "namespace": namespaced},
		"lib":       map[string]any{"onelayer": map[string]any{"config": config, "unit": map[string]any{"whole": true}}},
	}
}

func below(object map[string]any, key string) map[string]any {
	if next, ok := object[key].(map[string]any); ok {
		return next
	}
	next := map[string]any{}
	object[key] = next
	return next
}

// mutator replaces nodes of documents by values of other types.
type mutator struct {
	*rand.Rand
	documents []any
}

// scalars are replacements that have caught out policies elsewhere.
var scalars = []any{
	nil, true, false, 0, 1, -1, 2.5, 1e300, "", " ", "0", "true", "null", "pm2", "pm2-runtime start x", "sh", "-c", "--", "-i",
	"$", "$(", "${", "${X:-y}", "`", "'", "\"", "a\nb", "\x00", "é", "node:20@sha256:00", "::", "/", "//", "../..", "[", "*", "{{ .Values.x }}",
	"1d", "99999999999999999999", "10m", "-", "=", "A=B", "while true; do", "if", "case x in", "<<X", "a && b || c | d & e; f", "until=2026-13-45",
}

// value makes a value of a random type, objects and arrays up to a depth.
func (m mutator) value(depth int) any {
	switch kind := m.IntN(8); {
	case depth > 0 && kind == 0:
		list := make([]any, m.IntN(4))
		for i := range list {
			list[i] = m.value(depth - 1)
		}
		return list
	case depth > 0 && kind == 1:
		object := map[string]any{}
		for range m.IntN(4) {
			object[fmt.Sprint(scalars[m.IntN(len(scalars))])] = m.value(depth - 1)
		}
		return object
	case kind == 2:
		return m.node(m.documents[m.IntN(len(m.documents))])
	default:
		return scalars[m.IntN(len(scalars))]
	}
}

// node picks a random node of a document.
func (m mutator) node(document any) any {
	for m.IntN(6) > 0 {
		switch v := document.(type) {
		case []any:
			if len(v) == 0 {
				return v
			}
			document = v[m.IntN(len(v))]
		case map[string]any:
			if len(v) == 0 {
				return v
			}
			document = v[m.key(v)]
		default:
			return v
		}
	}
	return document
}

func (m mutator) key(object map[string]any) string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys[m.IntN(len(keys))]
}

// mutate copies a document with one node changed. The chance to stop at a node is low, so that most changes are deep.
func (m mutator) mutate(document any) any {
	switch v := document.(type) {
	case []any:
		if len(v) > 0 && m.IntN(8) > 0 {
			return m.inArray(v)
		}
	case map[string]any:
		if len(v) > 0 && m.IntN(8) > 0 {
			return m.inObject(v)
		}
	}
	return m.instead(document)
}

func (m mutator) inArray(list []any) any {
	copied, at := slices.Clone(list), m.IntN(len(list))
	switch m.IntN(12) {
	case 0:
		return slices.Delete(copied, at, at+1)
	case 1:
		return append(copied, copied[at])
	default:
		copied[at] = m.mutate(copied[at])
		return copied
	}
}

func (m mutator) inObject(object map[string]any) any {
	copied := make(map[string]any, len(object))
	for key, value := range object {
		copied[key] = value
	}
	key := m.key(object)
	switch m.IntN(12) {
	case 0:
		delete(copied, key)
	case 1:
		copied[fmt.Sprint(scalars[m.IntN(len(scalars))])] = copied[key]
	default:
		copied[key] = m.mutate(copied[key])
	}
	return copied
}

// instead gives a value in place of another: of a random type, or the same one wrapped or deeply nested.
func (m mutator) instead(value any) any {
	switch m.IntN(10) {
	case 0:
		return []any{value}
	case 1:
		return map[string]any{"x": value}
	case 2:
		for range 50 {
			value = []any{value}
		}
		return value
	default:
		return m.value(3)
	}
}

// trial makes an input and the data beside it from a number.
func trial(documents []any, number uint64, changes int) (input, data any) {
	m := mutator{Rand: rand.New(rand.NewPCG(number, 1)), documents: documents}
	input = documents[number%uint64(len(documents))]
	data = surroundings(documents)
	for range changes {
		input = m.mutate(input)
		if changed, ok := m.mutate(data).(map[string]any); ok && m.IntN(3) == 0 {
			data = legal(changed)
		}
	}
	arguments := make([]any, len(argumentRefs))
	for i := range arguments {
		arguments[i] = m.node(input)
		if m.IntN(3) == 0 {
			arguments[i] = m.value(3)
		}
	}
	data.(map[string]any)["arguments"] = arguments
	return input, data
}

// legal keeps of the data what an engine would give: no document in the place of a module, and an inventory by scope,
// version and kind, whatever its objects are.
func legal(data map[string]any) map[string]any {
	lib, _ := data["lib"].(map[string]any)
	ours, _ := lib["onelayer"].(map[string]any)
	kept := map[string]any{}
	for _, name := range []string{"config", "unit"} {
		if value, ok := ours[name]; ok {
			kept[name] = value
		}
	}
	inventory, _ := data["inventory"].(map[string]any)
	return map[string]any{
		"inventory": map[string]any{"cluster": levels(inventory["cluster"], 3), "namespace": levels(inventory["namespace"], 4)},
		"lib":       map[string]any{"onelayer": kept},
	}
}

// levels keeps a value that is objects of objects down to a depth, and nothing else.
func levels(value any, depth int) any {
	object, ok := value.(map[string]any)
	if depth == 0 {
		return value
	}
	out := map[string]any{}
	if !ok {
		return out
	}
	for key, inner := range object {
		out[key] = levels(inner, depth-1)
	}
	return out
}
