package engine

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
)

var (
	errNotFound = &storage.Error{Code: storage.NotFoundErr, Message: "document does not exist"}
	errReadOnly = errors.New("the store is read-only")

	pathInventory = "inventory"
	pathLibrary   = []string{"lib", "onelayer"}
)

const namePrepared = "prepared"

// unitData is what policies read beside the input, for one unit: the configuration, the unit's facts, the inventory and
// what was prepared from it. It is a read-only storage.Store over AST values and at the same time the base cache of
// every query, because its reads cost nothing. It is safe for concurrent use once it is
// complete.
type unitData struct {
	storage.TriggersNotSupported
	storage.PolicyNotSupported
	storage.WritesNotSupported

	config, unit, surveyed ast.Value

	inventory func() ast.Value
	// prepared is nil where nothing is.
	prepared *preparation
}

func newUnitData(config ast.Value, whole bool, inventory func() ast.Value) *unitData {
	return &unitData{
		config:    config,
		unit:      ast.NewObject(ast.Item(ast.StringTerm("whole"), ast.BooleanTerm(whole))),
		inventory: sync.OnceValue(inventory),
	}
}

// document gives a base document by its first name, nil when there is none.
func (d *unitData) document(name string) ast.Value {
	switch name {
	case "config":
		return d.config
	case "unit":
		return d.unit
	case namePrepared:
		if d.prepared == nil {
			return nil
		}
		return d.prepared.all()
	case "surveyed":
		return d.surveyed
	default:
		return nil
	}
}

// Get answers the base cache: reads below a document need no path and no store.
func (d *unitData) Get(ref ast.Ref) ast.Value {
	var value ast.Value
	rest := ref
	switch {
	case len(ref) >= 2 && ref[1].Value == ast.String(pathInventory):
		value, rest = d.inventory(), ref[2:]
	case len(ref) >= 4 && ref[1].Value == ast.String(pathLibrary[0]) && ref[2].Value == ast.String(pathLibrary[1]):
		value, rest = d.below(ref)
	}
	if value == nil {
		return nil
	}
	found, err := value.Find(rest)
	if err != nil {
		return nil
	}
	return found
}

// below gives the document that a reference below lib.onelayer names, or the prepared part, and what remains of the
// reference.
func (d *unitData) below(ref ast.Ref) (ast.Value, ast.Ref) {
	name, _ := ref[3].Value.(ast.String)
	if name == namePrepared && d.prepared != nil && len(ref) > 4 {
		part, _ := ref[4].Value.(ast.String)
		return d.prepared.part(string(part)), ref[5:]
	}
	return d.document(string(name)), ref[4:]
}

// Put is the base cache's other half: there is nothing to keep.
func (*unitData) Put(ast.Ref, ast.Value) {}

// Read fetches the document at path.
func (d *unitData) Read(_ context.Context, _ storage.Transaction, path storage.Path) (any, error) {
	if len(path) > 0 && path[0] == pathInventory {
		return find(d.inventory(), path[1:])
	}
	if len(path) > len(pathLibrary) && path[:2].Equal(pathLibrary) {
		return find(d.document(path[2]), path[3:])
	}
	root := d.root()
	if len(path) == 0 {
		root, _ = root.Merge(ast.NewObject(ast.Item(ast.StringTerm(pathInventory), ast.NewTerm(d.inventory()))))
	}
	return find(root, path)
}

// root is the tree above the documents, for the rare reads of whole packages.
func (d *unitData) root() ast.Object {
	inner := ast.NewObject()
	for _, name := range []string{"config", "unit", namePrepared, "surveyed"} {
		if value := d.document(name); value != nil {
			inner.Insert(ast.StringTerm(name), ast.NewTerm(value))
		}
	}
	for i := len(pathLibrary) - 1; i >= 0; i-- {
		inner = ast.NewObject(ast.Item(ast.StringTerm(pathLibrary[i]), ast.NewTerm(inner)))
	}
	return inner
}

func find(value ast.Value, path storage.Path) (any, error) {
	for _, name := range path {
		var term *ast.Term
		switch node := value.(type) {
		case ast.Object:
			term = node.Get(ast.StringTerm(name))
		case *ast.Array:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < node.Len() {
				term = node.Elem(i)
			}
		}
		if term == nil {
			return nil, errNotFound
		}
		value = term.Value
	}
	if value == nil {
		return nil, errNotFound
	}
	return value, nil
}

type transaction struct{}

func (transaction) ID() uint64 { return 1 }

// NewTransaction begins a transaction; there is nothing to isolate.
func (*unitData) NewTransaction(context.Context, ...storage.TransactionParams) (storage.Transaction, error) {
	return transaction{}, nil
}

// Commit ends a transaction.
func (*unitData) Commit(context.Context, storage.Transaction) error { return nil }

// Abort ends a transaction.
func (*unitData) Abort(context.Context, storage.Transaction) {}

// Truncate is not supported.
func (*unitData) Truncate(context.Context, storage.Transaction, storage.TransactionParams, storage.Iterator) error {
	return errReadOnly
}
