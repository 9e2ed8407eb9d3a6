package cli

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer"
	"github.com/onelayer/onelayer/internal/policytest"
)

// testFlags are the flags of test.
type testFlags struct {
	coverage, mutate, mutateLib, update, verbose bool
	run                                          string
}

// newTestCmd proves policies.
func newTestCmd(env *Env) *cobra.Command {
	f := &testFlags{}
	cmd := &cobra.Command{
		Use:   "test [POLICY-DIR ...]",
		Short: "Test policies: laws, unit tests, fixtures, coverage, mutation (default: the working directory)",
		Long: "Test the policies in folders that hold policies/ and tests/fixtures/, and lib/ for a whole library; without lib/ the\n" +
			"policies use the shared modules of this binary. Every policy must compile, keep the laws of the engines, pass its\n" +
			"Rego unit tests and give exactly the findings that its fixtures expect.",
		Example: "  onelayer test\n  onelayer test --coverage --mutate --run 'process/manager-entrypoint|manager_entrypoint'\n  onelayer test --update policies-of-ours",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			return runTests(cmd.Context(), env, f, args)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.coverage, "coverage", false, "demand that unit tests reach every line")
	flags.BoolVar(&f.mutate, "mutate", false, "drop one expression of a policy at a time and demand that a test notices")
	flags.BoolVar(&f.mutateLib, "mutate-lib", false, "the same with the shared modules; takes long, --run 'lib/image' narrows it to one")
	flags.BoolVar(&f.update, "update", false, "rewrite expected.yaml of fixtures that differ; read the difference before you commit it")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "list passed cases too")
	flags.StringVar(&f.run, "run", "", "try only cases whose name matches this regular expression")
	return cmd
}

func runTests(ctx context.Context, env *Env, f *testFlags, roots []string) error {
	var run *regexp.Regexp
	if f.run != "" {
		var err error
		if run, err = regexp.Compile(f.run); err != nil {
			return fmt.Errorf("--run is no regular expression: %w", err)
		}
	}
	failed := 0
	for _, root := range roots {
		result, err := policytest.Run(ctx, policytest.Options{
			Root: root, Base: onelayer.Library, Run: run, Coverage: f.coverage, Mutate: f.mutate, MutateLib: f.mutateLib,
			Update: f.update,
		})
		if err != nil {
			return fmt.Errorf("test %s: %w", root, err)
		}
		printTests(env.Stdout, result, f.verbose)
		if len(result.Cases) == 0 {
			return fmt.Errorf("test %s: no case matches --run %q", root, f.run)
		}
		failed += result.Failed()
	}
	if failed > 0 {
		return exitError(ExitFindings)
	}
	return nil
}

// printTests lists the failed cases, all cases if asked to, and one line of figures.
func printTests(w io.Writer, result *policytest.Result, verbose bool) {
	counts := map[string]int{}
	for _, c := range result.Cases {
		counts[c.Kind]++
		switch {
		case c.Status == policytest.Fail:
			_, _ = fmt.Fprintf(w, "FAIL %s %s\n     %s\n", c.Kind, c.Name, strings.ReplaceAll(strings.TrimSpace(c.Detail), "\n", "\n     "))
		case verbose:
			_, _ = fmt.Fprintf(w, "ok   %s %s\n", c.Kind, c.Name)
		}
	}
	var parts []string
	for _, kind := range []struct{ name, label string }{
		{"compile", "modules that do not compile"}, {"law", "modules held against the laws"}, {"unit", "unit tests"},
		{"fixture", "fixtures"}, {"coverage", "modules measured"},
	} {
		if counts[kind.name] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[kind.name], kind.label))
		}
	}
	if counts["coverage"] > 0 {
		parts = append(parts, fmt.Sprintf("coverage %.1f %%", result.Covered))
	}
	for _, score := range result.Scores {
		parts = append(parts, scoreText(score))
	}
	passed := len(result.Cases) - result.Failed()
	_, _ = fmt.Fprintf(w, "%d passed, %d failed: %s\n", passed, result.Failed(), strings.Join(parts, ", "))
}

func scoreText(score policytest.Score) string {
	text := fmt.Sprintf("%d of %d mutants of %s noticed", score.Killed, score.Mutants, score.Name)
	if score.Explained > 0 {
		text += fmt.Sprintf(" and %d explained", score.Explained)
	}
	return text
}
