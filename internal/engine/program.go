package engine

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

const (
	packageExempt    = "lib.onelayer.exempt"
	packageInventory = "lib.onelayer.inventory"
	packageParams    = "lib.onelayer.params"

	// groupOwn holds the rules about onelayer's own configuration and waivers.
	groupOwn = "onelayer"

	varDeclared = ast.Var("declared")
	varAnswer   = ast.Var("answer")
)

// program is the compiled part of the library that a run needs. It is immutable once built and safe for concurrent use.
type program struct {
	compiler *ast.Compiler
	// rules are numbered by their place; a rule's violations are bound to its variable.
	rules []*policy.Rule
	exprs []*ast.Expr
	kinds map[string]*dispatch
	scan  *scanner
	// numbers are the needles that are numbers, by rule.
	numbers map[int]map[string]bool
	// looksAround tells that a rule has needles of the unit, surrounded which ones find nothing without one of them.
	looksAround bool
	surrounded  ruleSet
	// pairs are, by the number of a pseudo rule, the rules that both literals of a needle open.
	pairs  map[int]int
	loaded map[string]bool
	purity *purity
	// gates are the shared rules whose needles have the numbers from len(rules) on. all holds these numbers, judges those
	// of the rules.
	gates       []policy.Gate
	all, judges ruleSet
	// layouts are where kinds keep their pod templates.
	layouts map[string]*layout
}

// dispatch says which rules judge the documents of one kind: all of them, those that no needle gates, and those that a
// number opens.
type dispatch struct {
	all, ungated, numbered ruleSet
	gated                  bool
}

// scanned gives the numbers of the needles that stand in the text of a document.
func (p *program) scanned(doc *source.Document) *ruleSet {
	var own ruleSet
	p.scan.scan(doc.Raw, &own)
	return &own
}

// choose gives the rules that are worth evaluating on a document, where unit is what stands around it, nil where nobody
// knows, and text what scanned gives, nil where the text of the document rules out none.
func (p *program) choose(doc *source.Document, unit, text *ruleSet) (ruleSet, bool) {
	kind := p.kinds[doc.GroupKind]
	if kind == nil {
		return ruleSet{}, false
	}
	if !kind.gated || doc.Raw == nil {
		return kind.all, true
	}
	found := kind.all
	if text != nil {
		found = p.found(doc, kind, *text)
	}
	if unit != nil {
		found.fromAround(unit, &p.surrounded)
	}
	for pair, rule := range p.pairs {
		if found.has(pair) {
			found.add(rule)
		}
	}
	found.intersect(&kind.all)
	judging := found
	judging.intersect(&p.judges)
	return found, judging != ruleSet{}
}

// found adds to the rules that the text of a document opens those that its numbers open, or everything does.
func (p *program) found(doc *source.Document, kind *dispatch, found ruleSet) ruleSet {
	if found.has(p.scan.doubt) {
		return kind.all
	}
	p.openByNumber(doc, kind, &found)
	found.union(&kind.ungated)
	return found
}

// openByNumber adds the rules one of whose numbers a document holds in another spelling than theirs.
func (p *program) openByNumber(doc *source.Document, kind *dispatch, found *ruleSet) {
	if kind.numbered == (ruleSet{}) {
		return
	}
	for rule, numbers := range p.numbers {
		if kind.numbered.has(rule) && !found.has(rule) && holdsNumber(doc.Value, numbers) {
			found.add(rule)
		}
	}
}

// around gives the needles of the unit that stand in its documents or in the configuration. Where a text hides letters,
// the value is looked at. Our own kinds describe files, in which no needle of the unit stands.
func (p *program) around(docs []*source.Document, texts []*ruleSet, config ast.Value) *ruleSet {
	var found ruleSet
	if !p.looksAround {
		return &found
	}
	p.scan.scan([]byte(config.String()), &found)
	for i, doc := range docs {
		if doc.Value == nil || strings.HasPrefix(doc.GroupKind, ownGroup+"/") {
			continue
		}
		own := *texts[i]
		if doc.Raw == nil || own.has(p.scan.doubt) {
			p.scan.scan([]byte(doc.Value.String()), &own)
		}
		found.union(&own)
	}
	return &found
}

// body is the query that asks the given rules, and for waivers that the document declares.
func (p *program) body(rules *ruleSet, declared bool) ast.Body {
	var exprs []*ast.Expr
	for i, expr := range p.exprs {
		if rules.has(i) {
			exprs = append(exprs, expr.Copy())
		}
	}
	if declared {
		exprs = append(exprs, ask(packageExempt+".counted", varDeclared))
	}
	return ast.NewBody(exprs...)
}

// ask makes the query that binds variable to the rule at a dotted path below data.
func ask(dotted string, variable ast.Var) *ast.Expr {
	ref := ast.Ref{ast.DefaultRootDocument}
	for name := range strings.SplitSeq(dotted, ".") {
		ref = append(ref, ast.StringTerm(name))
	}
	return ast.Equality.Expr(ast.NewTerm(ref), ast.NewTerm(variable))
}

func ruleVar(i int) ast.Var { return ast.Var(fmt.Sprintf("rule%d", i)) }

// verifiedStages are the stages of the compiler that only refuse modules, or prepare what these policies do not use. They
// take a third of the time.
var verifiedStages = []ast.StageID{
	ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports, ast.StageRewriteTemplateStrings,
	ast.StageCheckVoidCalls, ast.StageParseMetadataBlocks, ast.StageCheckRuleConflicts, ast.StageCheckUndefinedFuncs,
	ast.StageRewriteTestRulesForTracing, ast.StageCheckRecursion, ast.StageCheckTypes, ast.StageCheckUnsafeBuiltins,
	ast.StageCheckDeprecatedBuiltins, ast.StageBuildRequiredCapabilities,
}

// plan makes the dispatch table for the kinds of a tree. Nothing is compiled yet.
func (e *Engine) plan(kinds map[string]bool) (*program, error) {
	p := &program{kinds: map[string]*dispatch{}, loaded: map[string]bool{}, numbers: map[int]map[string]bool{}, pairs: map[int]int{}}
	for _, rule := range e.rules {
		if slices.ContainsFunc(rule.AppliesTo, func(kind string) bool { return kinds[kind] }) {
			p.rules = append(p.rules, rule)
			p.exprs = append(p.exprs, ask(rule.Package+".violation", ruleVar(len(p.exprs))))
		}
	}
	p.gates = e.library.Gates()
	if len(p.rules)+len(p.gates) > firstPair {
		return nil, fmt.Errorf("compile policies: more than %d rules", firstPair)
	}
	p.index(kinds)
	return p, nil
}

// compile makes ready the rules that any document needs, once, with the modules named beside them.
func (p *program) compile(library Library, needed *ruleSet, beside []string, options *Options) error {
	names := slices.Clone(beside)
	for i, rule := range p.rules {
		if needed.has(i) {
			names = append(names, rule.ID)
		}
	}
	compile := p.fromSource
	if options.Compiled != nil {
		compile = p.fromSnapshot
	}
	if err := compile(library, names, options); err != nil {
		return err
	}
	for _, module := range p.compiler.Modules {
		p.loaded[packageName(module)] = true
	}
	return nil
}

// fromSnapshot takes modules that were compiled before.
func (p *program) fromSnapshot(library Library, names []string, options *Options) error {
	files, err := library.Files(names...)
	if err != nil {
		return fmt.Errorf("load policies: %w", err)
	}
	if p.compiler, err = options.Compiled.Compiler(files); err != nil {
		return err
	}
	p.purity = newPurity(options.Compiled.Pure, options.Compiled.Settled, rulePaths(p.compiler.Modules))
	return nil
}

// fromSource parses and compiles modules.
func (p *program) fromSource(library Library, names []string, options *Options) error {
	parsed, err := library.Modules(names...)
	if err != nil {
		return fmt.Errorf("load policies: %w", err)
	}
	modules := make(map[string]*ast.Module, len(parsed))
	for i, module := range parsed {
		modules[fmt.Sprintf("%d.rego", i)] = module
	}
	p.compiler = ast.NewCompiler()
	if options.Verified {
		p.compiler = p.compiler.WithSkipStages(verifiedStages...)
	}
	if p.compiler.Compile(modules); p.compiler.Failed() {
		return fmt.Errorf("compile policies: %w", p.compiler.Errors)
	}
	p.purity = newPurity(snapshot.Pure(p.compiler.Modules), snapshot.Settled(p.compiler.Modules), rulePaths(p.compiler.Modules))
	return nil
}

func packageName(module *ast.Module) string {
	return strings.TrimPrefix(module.Package.Path.String(), "data.")
}

// index makes the dispatch table and the scanner.
func (p *program) index(kinds map[string]bool) {
	needles := map[int][]string{}
	opened := p.indexGates(needles)
	for i, rule := range p.rules {
		p.judges.add(i)
		gated := p.gate(i, rule, needles)
		for _, kind := range rule.AppliesTo {
			if !kinds[kind] {
				continue
			}
			if p.kinds[kind] == nil {
				p.kinds[kind] = &dispatch{}
			}
			own := strings.HasPrefix(kind, ownGroup+"/")
			p.kinds[kind].add(i, gated && !own, p.surrounded.has(i) && !own, len(p.numbers[i]) > 0)
		}
	}
	for kind, dispatch := range p.kinds {
		dispatch.all.union(&p.all)
		if strings.HasPrefix(kind, ownGroup+"/") {
			dispatch.ungated.union(&p.all)
		} else {
			dispatch.ungated.union(&opened)
			dispatch.gated = dispatch.gated || len(p.gates) > 0
		}
	}
	p.scan = newScanner(needles, doubtRule)
}

// indexGates numbers the gates, and gives those that no text can close.
func (p *program) indexGates(needles map[int][]string) (opened ruleSet) {
	for i, gate := range p.gates {
		number := len(p.rules) + i
		p.all.add(number)
		if slices.ContainsFunc(gate.Needles, func(needle string) bool { return !usable(needle) }) {
			opened.add(number)
			continue
		}
		needles[number] = gate.Needles
	}
	return opened
}

// gate notes what opens a rule; it gives false when the text of a document decides nothing about it.
func (p *program) gate(number int, rule *policy.Rule, needles map[int][]string) bool {
	var own, unit []string
	numbers := map[string]bool{}
	decides := len(rule.Needles) > 0
	for _, needle := range rule.Needles {
		literal, isAround := strings.CutPrefix(needle, policy.Around)
		left, right, isPair := strings.Cut(needle, policy.And+policy.Around)
		switch {
		case isPair:
			literal = left
			decides = decides && usable(right) && p.pair(number, left, right, needles)
		case isAround:
			unit = append(unit, literal)
		case isNumber(needle):
			numbers[needle] = true
			own = append(own, needle)
		default:
			own = append(own, needle)
		}
		decides = decides && (isNumber(literal) || usable(literal))
	}
	if len(rule.Surroundings) > 0 && !slices.ContainsFunc(rule.Surroundings, func(n string) bool { return !usable(n) }) {
		unit = rule.Surroundings
		p.surrounded.add(number)
	}
	if decides {
		needles[number], p.numbers[number] = own, numbers
	}
	if decides || p.surrounded.has(number) {
		needles[around+number] = unit
		p.looksAround = p.looksAround || len(unit) > 0
	}
	return decides
}

// pair notes a pseudo rule for two literals that open a rule together; it gives false when there is no room for it.
func (p *program) pair(rule int, own, unit string, needles map[int][]string) bool {
	number := firstPair + len(p.pairs)
	if number >= doubtRule {
		return false
	}
	p.pairs[number] = rule
	p.surrounded.add(number)
	p.looksAround = true
	needles[number], needles[around+number] = []string{own}, []string{unit}
	return true
}

func (d *dispatch) add(rule int, gated, surrounded, numbered bool) {
	d.all.add(rule)
	d.gated = d.gated || gated || surrounded
	if !gated {
		d.ungated.add(rule)
		return
	}
	if numbered {
		d.numbered.add(rule)
	}
}

// chosen applies --select and --ignore. Rules about onelayer's own configuration are always selected, but may be ignored.
func chosen(rules []*policy.Rule, selects, ignores []string) ([]*policy.Rule, error) {
	for _, pattern := range slices.Concat(selects, ignores) {
		if !slices.ContainsFunc(rules, func(r *policy.Rule) bool { return matches(r, pattern) }) {
			return nil, fmt.Errorf("select rules: no rule matches %q", pattern)
		}
	}
	var kept []*policy.Rule
	for _, rule := range rules {
		match := func(pattern string) bool { return matches(rule, pattern) }
		selected := len(selects) == 0 || rule.Group == groupOwn || slices.ContainsFunc(selects, match)
		if selected && !slices.ContainsFunc(ignores, match) {
			kept = append(kept, rule)
		}
	}
	return kept, nil
}

func matches(rule *policy.Rule, pattern string) bool {
	for _, id := range append([]string{rule.ID}, rule.Aliases...) {
		if ok, err := path.Match(pattern, id); ok && err == nil {
			return true
		}
	}
	return pattern == "*"
}

// enabled gives the rules that the configuration does not switch off.
func (p *program) enabled(ctx context.Context, needed *ruleSet, config ast.Value) (ruleSet, error) {
	on := *needed
	on.union(&p.all)
	if !p.loaded[packageParams] || !holds(config, "rules") {
		return on, nil
	}
	data := newUnitData(config, false, func() ast.Value { return ast.NewObject() })
	for i, rule := range p.rules {
		if !needed.has(i) {
			continue
		}
		enabled, err := answer(ctx, p, callEnabled(rule.ID), data, nil, nil)
		if err != nil {
			return on, fmt.Errorf("read configuration of %s: %w", rule.ID, err)
		}
		if enabled == ast.Boolean(false) {
			on.remove(i)
		}
	}
	return on, nil
}

// callEnabled asks lib.onelayer.params whether a rule is switched on.
func callEnabled(id string) *ast.Expr {
	ref := ask(packageParams+".enabled", varAnswer).Operand(0)
	return ast.NewExpr([]*ast.Term{ref, ast.StringTerm(id), ast.NewTerm(varAnswer)})
}
