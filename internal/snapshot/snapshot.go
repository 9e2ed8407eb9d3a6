// Package snapshot keeps the policy library in the form that OPA's compiler leaves it in, so that a run need not parse and
// compile it: compiling takes ten times as long as judging one file.
//
// It owns the snapshot: how it is made, its encoding, and when it may stand for a library. It must not know what is judged
// or how. A snapshot stands for exactly the library whose digest it holds, in the version of OPA that made it.
package snapshot

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the snapshot
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/version"

	"github.com/onelayer/onelayer/internal/policy"
)

//go:generate go run ./gen

//go:embed library.snapshot
var embedded []byte

//go:embed whole.snapshot
var embeddedWhole []byte

// Aside are the packages that no rule needs. A snapshot for judging leaves them out, because every run pays for reading it.
var Aside = []string{"lib.onelayer.claims"}

// format names the encoding; a change of it is another format.
const format = "onelayer compiled library 3"

// Library is a compiled library. It is immutable and safe for concurrent use.
type Library struct {
	// Pure and Settled list the rules that give the same answer for every document of a run or unit, as the functions of
	// these names find them.
	Pure, Settled []string

	terms   sharedTerms
	modules map[string][]byte
}

// For gives the snapshot in the binary, for judging, when it stands for the library, else nil.
func For(library *policy.Library) *Library { return open(embedded, library) }

// Whole is For with the packages that stand aside.
func Whole(library *policy.Library) *Library { return open(embeddedWhole, library) }

func open(data []byte, library *policy.Library) *Library {
	known, err := Open(data, library.Digest)
	if err != nil {
		return nil
	}
	return known
}

// Make compiles a library without the packages named and encodes it. It fails on a library that does not compile.
func Make(library *policy.Library, without ...string) ([]byte, error) {
	var names []string
	for _, info := range library.ModuleInfos() {
		if !slices.Contains(without, info.Package) {
			names = append(names, info.Package)
		}
	}
	parsed, err := library.Modules(names...)
	if err != nil {
		return nil, fmt.Errorf("load policies: %w", err)
	}
	files, err := library.Files(names...)
	if err != nil {
		return nil, fmt.Errorf("load policies: %w", err)
	}
	modules := make(map[string]*ast.Module, len(parsed))
	for i, module := range parsed {
		modules[files[i]] = module
	}
	compiler := ast.NewCompiler()
	if compiler.Compile(modules); compiler.Failed() {
		return nil, fmt.Errorf("compile policies: %w", compiler.Errors)
	}
	return encode(library.Digest, compiler, files)
}

func encode(digest string, compiler *ast.Compiler, files []string) ([]byte, error) {
	modules := compiler.Modules
	body := encoder{shared: map[string]int{}, indexed: func(term *ast.Term) bool { return compiler.ComprehensionIndex(term) != nil }}
	for _, file := range files {
		body.module(file, modules[file])
	}
	if body.err != nil {
		return nil, body.err
	}
	var head, middle encoder
	middle.texts(Pure(modules))
	middle.texts(Settled(modules))
	middle.number(len(body.shared))
	middle.out.Write(body.table.Bytes())
	middle.number(len(files))
	content := slices.Concat(middle.out.Bytes(), body.out.Bytes())
	for _, text := range []string{format, version.Version, digest, string(sumOf(content))} {
		head.text(text)
	}
	return slices.Concat(head.out.Bytes(), content), nil
}

// Open reads a snapshot that must stand for the library with a digest. It fails on a snapshot of another library, of
// another version of OPA or in another format, and on a damaged one.
func Open(data []byte, digest string) (*Library, error) {
	d := &decoder{data: data}
	for _, want := range []string{format, version.Version, digest} {
		if got := d.bytes(); d.err == nil && !bytes.Equal(got, []byte(want)) {
			return nil, fmt.Errorf("open compiled policies: made for %q, not for %q", got, want)
		}
	}
	if sum := d.text(); sum != string(sumOf(d.data)) {
		return nil, errDamaged
	}
	s := &Library{Pure: d.texts(), Settled: d.texts(), modules: map[string][]byte{}}
	d.shared()
	for range d.count() {
		file := d.text()
		s.modules[file] = d.bytes()
	}
	s.terms = d.terms
	return s, d.err
}

func sumOf(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

// needed are the stages of the compiler that prepare what evaluation looks up; all others have been through.
var needed = []ast.StageID{
	ast.StageResolveRefs, ast.StageSetModuleTree, ast.StageSetRuleTree, ast.StageBuildRuleIndices, ast.StageBuildComprehensionIndices,
}

// Compiler gives a compiler that holds the modules of the files named, ready for evaluation.
func (s *Library) Compiler(files []string) (*ast.Compiler, error) {
	d := &decoder{terms: s.terms}
	decoded := make(map[string]*ast.Module, len(files))
	stubs := make(map[string]*ast.Module, len(files))
	for _, file := range files {
		data, ok := s.modules[file]
		if !ok {
			return nil, fmt.Errorf("load compiled policies: no module %s", file)
		}
		d.data, d.file = data, file
		decoded[file] = d.module()
		stubs[file] = &ast.Module{Package: decoded[file].Package}
	}
	if d.err != nil {
		return nil, d.err
	}
	skipped := slices.DeleteFunc(ast.AllStages(), func(stage ast.StageID) bool { return slices.Contains(needed, stage) })
	compiler := ast.NewCompiler().WithSkipStages(skipped...)
	// The compiler copies what it is given, node by node; it is given stubs, and the modules here. Looking for comprehensions
	// to index is a third of its work; it sees only the rules that have one.
	use := func(after ast.StageID, modules map[string]*ast.Module) {
		compiler.WithStageAfterID(after, ast.CompilerStageDefinition{
			Name: "Decoded", MetricName: "decoded", Stage: func(c *ast.Compiler) *ast.Error { c.Modules = modules; return nil },
		})
	}
	use(ast.StageResolveRefs, decoded)
	use(ast.StageBuildRuleIndices, only(d.indexed, decoded))
	use(ast.StageBuildComprehensionIndices, decoded)
	if compiler.Compile(stubs); compiler.Failed() {
		return nil, fmt.Errorf("load compiled policies: %w", compiler.Errors)
	}
	return compiler, nil
}

// only gives modules that hold nothing but some of their rules.
func only(rules []*ast.Rule, modules map[string]*ast.Module) map[string]*ast.Module {
	small := make(map[string]*ast.Module, len(modules))
	of := make(map[*ast.Module]*ast.Module, len(modules))
	for file, module := range modules {
		small[file] = &ast.Module{Package: module.Package}
		of[module] = small[file]
	}
	for _, rule := range rules {
		of[rule.Module].Rules = append(of[rule.Module].Rules, rule)
	}
	return small
}
