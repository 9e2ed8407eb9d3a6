package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/config"
	"github.com/onelayer/onelayer/internal/engine"
	"github.com/onelayer/onelayer/internal/finding"
	"github.com/onelayer/onelayer/internal/policy"
	"github.com/onelayer/onelayer/internal/report"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

// checkFlags are the flags of check.
type checkFlags struct {
	outputs       []string
	failOn        string
	minSeverity   string
	selects       []string
	ignores       []string
	config        string
	data          []string
	strict        bool
	whole         bool
	admission     bool
	stdinFilename string
	color         string
	quiet         bool
	jobs          int
}

// newCheckCmd evaluates files.
func newCheckCmd(env *Env) *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:   "check [PATH|- ...]",
		Short: "Check files and folders (default: the working directory)",
		Long: "Check manifests, kustomizations, Dockerfiles, compose files, package.json, PM2 process files, entrypoint scripts,\n" +
			"supervisord.conf and Procfiles. Every flag can be set in the environment: --fail-on is ONELAYER_FAIL_ON.\n\n" +
			"Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage or configuration, or an input that cannot\n" +
			"be read.",
		Example: "  onelayer check .\n" +
			"  onelayer check -o pretty -o sarif=onelayer.sarif k8s/ services/\n" +
			"  kustomize build overlays/prod | onelayer check -",
		RunE: func(cmd *cobra.Command, args []string) error {
			c := &check{env: env, flags: f, paths: args}
			if cmd.Flags().Changed("whole") {
				c.whole = &f.whole
			}
			return c.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "FORMAT[=FILE], repeatable: "+strings.Join(report.Formats(), ", ")+" (default pretty)")
	flags.StringVar(&f.failOn, "fail-on", "error", "exit with 1 from this severity on: error, warning, info or never")
	flags.StringVar(&f.minSeverity, "min-severity", "", "show only findings from this severity on; the exit code stays the same")
	flags.StringSliceVar(&f.selects, "select", nil, "judge only these rules: ids or patterns such as process/*")
	flags.StringSliceVar(&f.ignores, "ignore", nil, "leave these rules out: ids or patterns")
	flags.StringVarP(&f.config, "config", "c", "", "configuration instead of the nearest .onelayer.yaml")
	flags.StringArrayVar(&f.data, "data", nil, "more configuration, repeatable: later files win")
	flags.BoolVar(&f.strict, "strict", false, "keep severities where there is evidence of development")
	flags.BoolVar(&f.whole, "whole", false, "what is given is everything, so that what is missing in it is missing")
	flags.BoolVar(&f.admission, "admission", false, "judge each object as a cluster would when it is created, by the Images and objects given beside it")
	flags.StringVar(&f.stdinFilename, "stdin-filename", "", "name of the text on standard input; it decides how the text is read")
	flags.StringVar(&f.color, "color", "auto", "auto, always or never")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print findings and problems only")
	flags.IntVar(&f.jobs, "jobs", 0, "how many documents are judged at a time (default: one a processor)")
	completeCheck(cmd)
	return cmd
}

// check is one run of the command.
type check struct {
	env      *Env
	flags    *checkFlags
	paths    []string
	whole    *bool
	printer  *printer
	failOn   finding.Severity
	excerpts *excerpts
	stdin    *bytes.Buffer
}

func (c *check) run(ctx context.Context) error {
	if err := c.prepare(); err != nil {
		return err
	}
	library, err := loadLibrary()
	if err != nil {
		return err
	}
	if err := c.rulesExist(library); err != nil {
		return err
	}
	defer limitProcessors(c.flags.jobs)()
	c.printer.options.Rules = reportRules(library)
	r, recognised, err := c.judge(ctx, library)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r = failure(err)
		if machineOnly(c.printer.outputs) {
			_, _ = fmt.Fprintln(c.env.Stderr, "onelayer: "+oneLine(err.Error()))
		}
	}
	c.notices(r.Notices)
	if err := c.printer.print(r); err != nil {
		return err
	}
	if err == nil && !recognised && len(r.Errors) == 0 {
		return c.nothingRecognised()
	}
	return c.verdict(r)
}

// prepare checks the flags before anything is read.
func (c *check) prepare() error {
	outputs, err := parseOutputs(c.flags.outputs)
	if err != nil {
		return err
	}
	if err := oneOf("fail-on", c.flags.failOn, "error", "warning", "info", "never"); err != nil {
		return err
	}
	if c.flags.minSeverity != "" {
		if err := oneOf("min-severity", c.flags.minSeverity, "error", "warning", "info"); err != nil {
			return err
		}
	}
	if err := oneOf("color", c.flags.color, "auto", "always", "never"); err != nil {
		return err
	}
	if c.flags.jobs < 0 {
		return fmt.Errorf("--jobs must be 1 or more, not %d", c.flags.jobs)
	}
	if c.flags.failOn != "never" {
		c.failOn = finding.Severity(c.flags.failOn)
	}
	c.excerpts = newExcerpts()
	c.printer = &printer{env: c.env, outputs: outputs, color: c.flags.color, options: report.Options{
		Unicode: useUnicode(c.env.Getenv), Quiet: c.flags.quiet, MinSeverity: finding.Severity(c.flags.minSeverity),
		FailOn: c.failOn, Source: c.excerpts.lines, Mask: source.MaskLines,
		Tool: report.Tool{Name: "onelayer", Version: build().Version, URL: "https://github.com/onelayer/onelayer"},
	}}
	if len(c.paths) == 0 {
		c.paths = []string{"."}
	}
	return nil
}

// rulesExist checks the ids of --select and --ignore; patterns are left to the engine.
func (c *check) rulesExist(library *policy.Library) error {
	for _, id := range slices.Concat(c.flags.selects, c.flags.ignores) {
		if _, known := library.Rule(id); !known && !strings.ContainsAny(id, "*?[") {
			return unknownRule(library, id)
		}
	}
	return nil
}

// judge reads and evaluates. It also tells whether there was anything to judge.
func (c *check) judge(ctx context.Context, library *policy.Library) (*finding.Report, bool, error) {
	judge, tree, err := c.ready(ctx, library, snapshot.For(library))
	if err != nil {
		return nil, false, err
	}
	r, err := judge.Run(ctx, tree)
	return r, tree.Recognised > 0, err
}

// ready gives an engine by the configuration, and what it shall judge.
func (c *check) ready(ctx context.Context, library *policy.Library, compiled *snapshot.Library) (*engine.Engine, *source.Tree, error) {
	settings, err := config.Load(config.Options{File: c.flags.config, Data: c.flags.data, Getenv: c.env.Getenv})
	if err != nil {
		return nil, nil, err
	}
	if c.flags.strict {
		settings.Document["strict"] = true
	}
	value, err := ast.InterfaceToValue(settings.Document)
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	// The embedded library was checked when this binary was built and tested.
	options := engine.Options{
		Select: c.flags.selects, Ignore: c.flags.ignores, Workers: c.flags.jobs, Admission: c.flags.admission,
		Compiled: compiled, Verified: true,
	}
	judge, err := engine.New(library, value, options)
	if err != nil {
		return nil, nil, err
	}
	tree, err := c.load(ctx, settings)
	if err != nil {
		return nil, nil, err
	}
	if doc := settings.AsDocument(value); doc != nil {
		tree.Units = append(tree.Units, &source.Unit{Root: ".", Whole: true, Documents: []*source.Document{doc}})
	}
	return judge, tree, nil
}

func (c *check) load(ctx context.Context, settings *config.Config) (*source.Tree, error) {
	stdin := c.env.Stdin
	if slices.Contains(c.paths, "-") {
		c.stdin = &bytes.Buffer{}
		stdin = io.TeeReader(c.env.Stdin, c.stdin)
	}
	progress := newProgress(c.env, c.flags.quiet)
	defer progress.done()
	tree, err := source.Load(ctx, source.Options{
		Paths: c.paths, Stdin: stdin, StdinFilename: c.flags.stdinFilename, Whole: c.whole,
		Images: settings.Images(), Progress: progress.report,
	})
	if c.stdin != nil {
		c.excerpts.add(stdinName(c.flags.stdinFilename), c.stdin.Bytes())
	}
	return tree, err
}

// failure is the report of a run that could not judge anything.
func failure(err error) *finding.Report {
	var problem finding.Problem
	if !errors.As(err, &problem) {
		problem = finding.Problem{Msg: oneLine(err.Error())}
	}
	return &finding.Report{
		Schema: finding.SchemaReport, Findings: []finding.Finding{}, Waived: []finding.Waived{}, Errors: []finding.Problem{problem},
	}
}

func (c *check) notices(notices []string) {
	if c.flags.quiet {
		return
	}
	for _, notice := range notices {
		_, _ = fmt.Fprintln(c.env.Stderr, "note: "+oneLine(notice))
	}
}

func (c *check) nothingRecognised() error {
	return fmt.Errorf("nothing to check in %s: looked for Kubernetes manifests, kustomizations, Dockerfiles, compose files, package.json, "+
		"PM2 process files, entrypoint scripts, supervisord.conf and Procfiles", strings.Join(c.paths, ", "))
}

// verdict turns a report into an exit code. It counts what was found, whatever is shown.
func (c *check) verdict(r *finding.Report) error {
	if len(r.Errors) > 0 {
		return exitError(ExitError)
	}
	for i := range r.Findings {
		if c.failOn != "" && r.Findings[i].Severity.Rank() >= c.failOn.Rank() {
			return exitError(ExitFindings)
		}
	}
	return nil
}

// stdinName is the name that standard input goes by in findings.
func stdinName(given string) string {
	if given == "" {
		return "-"
	}
	return given
}

// limitProcessors bounds the work of a run; it gives back a function that lifts the bound.
func limitProcessors(jobs int) func() {
	if jobs <= 0 {
		return func() {}
	}
	before := runtime.GOMAXPROCS(jobs)
	return func() { runtime.GOMAXPROCS(before) }
}
