package jsconfig

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// prelude makes what a module finds around it: an environment of markers, harmless stand-ins for Node.js modules.
//
//go:embed prelude.js
var prelude string

// marker starts and ends the text that stands for a value of the environment.
const marker = "\u0001"

// errNothing tells that a module runs and exports nothing that can be shown.
var errNothing = errors.New("the file exports nothing that can be read")

// evaluate runs the module. What it throws is no error as long as its literals can be read.
func (m *module) evaluate(ctx context.Context) (any, error) {
	value, err := m.run(ctx)
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) {
		return nil, &LimitError{1, 1, "the file " + interrupted.Value().(string)}
	}
	if err == nil {
		return m.marked(value, m.root), nil
	}
	if m.root == nil || m.root.leaf {
		return nil, &SyntaxError{1, 1, "the file cannot be evaluated: " + firstLine(err.Error())}
	}
	return m.static(m.root), nil
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	return text
}

func (m *module) run(ctx context.Context) (any, error) {
	vm := goja.New()
	vm.SetMaxCallStackSize(500)
	done := make(chan struct{})
	defer close(done)
	go watch(ctx, vm, done)
	if _, err := vm.RunString(prelude); err != nil {
		return nil, err
	}
	for name, origin := range m.imports {
		module, member, _ := strings.Cut(origin, "#")
		if err := vm.Set("$M", []string{module, member}); err != nil {
			return nil, err
		}
		if _, err := vm.RunString("globalThis[" + quote(name) + "] = $member($M[0], $M[1])"); err != nil {
			return nil, err
		}
	}
	code := m.text.code
	if m.text.asJSON {
		code = "module.exports = " + code
	}
	if _, err := vm.RunString(code); err != nil {
		return nil, err
	}
	result, err := vm.RunString("$result(typeof apps === 'undefined' ? undefined : apps)")
	if err != nil {
		return nil, err
	}
	text, ok := result.Export().(string)
	if !ok {
		return nil, errNothing
	}
	if len(text) > maxResult {
		return nil, errors.New("the file exports too much")
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return value, nil
}

func quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

// watch ends a run that takes too long or too much memory.
func watch(ctx context.Context, vm *goja.Runtime, done <-chan struct{}) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.Now().Add(Timeout)
	start := heap()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			vm.Interrupt("was interrupted")
			return
		case now := <-ticker.C:
			switch {
			case now.After(deadline):
				vm.Interrupt("takes longer than " + Timeout.String() + " to evaluate")
				return
			case heap() > start+maxHeap:
				vm.Interrupt("needs too much memory to evaluate")
				return
			}
		}
	}
}

// heap is the number of bytes of live and dead objects.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// marked replaces what depends on where the module runs by the text of its expression.
func (m *module) marked(value any, p *place) any {
	if p != nil && p.leaf && p.depends && !isContainer(value) {
		return map[string]any{"$expr": m.text.source(p.span)}
	}
	switch value := value.(type) {
	case map[string]any:
		for key, child := range value {
			value[key] = m.marked(child, p.child(key))
		}
		return value
	case []any:
		for i, child := range value {
			value[i] = m.marked(child, p.child(i))
		}
		return value
	case string:
		if strings.Contains(value, marker) {
			return map[string]any{"$expr": m.expression(value, p)}
		}
	}
	return value
}

func isContainer(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		_, unknown := value["$expr"]
		return !unknown
	case []any:
		return true
	}
	return false
}

// expression is the text for a value with markers: that of its literal place, else what the markers name.
func (m *module) expression(value string, p *place) string {
	if p != nil {
		if text := m.text.source(p.span); text != "" {
			return text
		}
	}
	parts := strings.Split(value, marker)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = "${" + parts[i] + "}"
	}
	if len(parts) == 3 && parts[0] == "" && parts[2] == "" {
		return strings.TrimSuffix(strings.TrimPrefix(parts[1], "${"), "}")
	}
	return "`" + strings.Join(parts, "") + "`"
}
