package policy

import (
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// floorVersion is the oldest OPA that runs the library: that of Gatekeeper 3.19.
const floorVersion = "v1.3.0"

var (
	// outside are builtins that reach out of the evaluation; clusters switch them off.
	outside = []string{"http.send", "net.lookup_ip_addr", "opa.runtime", "rego.parse_module", "trace"}
	// banned are slow or give another answer each time.
	banned = []string{"walk", "rand.intn", "uuid.rfc4122"}
)

// deprecated are the builtins that newer engines refuse.
var deprecated = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, builtin := range ast.CapabilitiesForThisVersion().Builtins {
		names[builtin.Name] = builtin.IsDeprecated()
	}
	return names
})

const (
	clock      = "time.now_ns"
	readsClock = libraryRoot + ".exempt"
)

// call is a use of a builtin or function.
type call struct {
	name     string
	operands []*ast.Term
	location *ast.Location
}

// calls lists the calls below a node, in expressions and nested in terms.
func calls(node any) []call {
	var found []call
	walk(node, func(node any) {
		switch n := node.(type) {
		case *ast.Expr:
			if n.IsCall() {
				found = append(found, call{name: n.Operator().String(), operands: n.Operands(), location: n.Location})
			}
		case *ast.Term:
			if c, ok := n.Value.(ast.Call); ok {
				found = append(found, call{name: c[0].String(), operands: c[1:], location: n.Location})
			}
		}
	})
	return found
}

// builtinLaw: no builtin that is slow, reaches outside or answers differently each time; one module reads the clock.
func builtinLaw(c checked) []Violation {
	var found []Violation
	for _, one := range calls(c.module) {
		switch {
		case deprecated()[one.name]:
			found = append(found, c.at(LawBuiltins, one.location, one.name+" is deprecated"))
		case slices.Contains(outside, one.name), slices.Contains(banned, one.name):
			found = append(found, c.at(LawBuiltins, one.location, one.name+" is banned"))
		case one.name == clock && packageName(c.module) != readsClock:
			found = append(found, c.at(LawBuiltins, one.location, clock+" is for lib/exempt only"))
		}
	}
	return found
}
