package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/claims"
	"github.com/onelayer/onelayer/internal/claims/document"
	"github.com/onelayer/onelayer/internal/report/mapview"
	"github.com/onelayer/onelayer/internal/snapshot"
	"github.com/onelayer/onelayer/internal/source"
)

// newMapCmd shows who owns what.
func newMapCmd(env *Env) *cobra.Command {
	f := &checkFlags{}
	m := &mapping{}
	cmd := &cobra.Command{
		Use:   "map [PATH|- ...]",
		Short: "Show which layer owns which concern of each workload",
		Long: "Show the responsibility map: for each workload and concern, what the container, Kubernetes and the mesh do about it,\n" +
			"whether that makes one owner, two or none, and the lines that say so.\n\n" +
			"Exit codes: 0 the map is complete; 2 wrong usage or configuration, or an input that cannot be read.",
		Example: "  onelayer map .\n" +
			"  onelayer map -o pretty -o html=map.html k8s/ services/\n" +
			"  onelayer map -o json . | jq '.workloads[].concerns[] | select(.verdict == \"two\")'",
		RunE: func(cmd *cobra.Command, args []string) error {
			m.check = check{env: env, flags: f, paths: args}
			if cmd.Flags().Changed("whole") {
				m.whole = &f.whole
			}
			return m.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "FORMAT[=FILE], repeatable: "+strings.Join(mapview.Formats(), ", ")+" (default pretty)")
	flags.StringVarP(&f.config, "config", "c", "", "configuration instead of the nearest .onelayer.yaml")
	flags.StringArrayVar(&f.data, "data", nil, "more configuration, repeatable: later files win")
	flags.BoolVar(&f.whole, "whole", false, "what is given is everything, so that what is missing in it is missing")
	flags.StringVar(&f.stdinFilename, "stdin-filename", "", "name of the text on standard input; it decides how the text is read")
	flags.StringVar(&f.color, "color", "auto", "auto, always or never")
	flags.BoolVar(&m.brief, "brief", false, "leave out the evidence: the table and the tries per call only")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print the map and problems only")
	flags.IntVar(&f.jobs, "jobs", 0, "how many documents are judged at a time (default: one a processor)")
	completeMap(cmd)
	return cmd
}

// mapping is one run of the command.
type mapping struct {
	check
	outputs []output
	brief   bool
}

func (m *mapping) run(ctx context.Context) error {
	if err := m.prepare(); err != nil {
		return err
	}
	defer limitProcessors(m.flags.jobs)()
	shown, recognised, err := m.make(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		shown = document.New()
		shown.Errors = append(shown.Errors, failure(err).Errors...)
		if machineOnly(m.outputs) {
			_, _ = fmt.Fprintln(m.env.Stderr, "onelayer: "+oneLine(err.Error()))
		}
	}
	m.notices(shown.Notices)
	if err := m.print(shown); err != nil {
		return err
	}
	if err == nil && !recognised && len(shown.Errors) == 0 {
		return m.nothingRecognised()
	}
	if len(shown.Errors) > 0 {
		return exitError(ExitError)
	}
	if len(shown.Workloads) == 0 && !m.flags.quiet {
		_, _ = fmt.Fprintln(m.env.Stderr, "note: there is no workload of Kubernetes in "+strings.Join(m.paths, ", "))
	}
	return nil
}

// prepare checks the flags before anything is read.
func (m *mapping) prepare() error {
	outputs, err := parseFormats(m.flags.outputs, mapview.Formats())
	if err != nil {
		return err
	}
	m.outputs = outputs
	if err := oneOf("color", m.flags.color, "auto", "always", "never"); err != nil {
		return err
	}
	if m.flags.jobs < 0 {
		return fmt.Errorf("--jobs must be 1 or more, not %d", m.flags.jobs)
	}
	m.excerpts = newExcerpts()
	if len(m.paths) == 0 {
		m.paths = []string{"."}
	}
	return nil
}

// make reads and asks. It also tells whether there was anything to ask about.
func (m *mapping) make(ctx context.Context) (*document.Map, bool, error) {
	library, err := loadLibrary()
	if err != nil {
		return nil, false, err
	}
	judge, tree, err := m.ready(ctx, library, snapshot.Whole(library))
	if err != nil {
		return nil, false, err
	}
	made, err := claims.Of(ctx, judge, tree)
	return made, tree.Recognised > 0, err
}

// print writes every output; one that fails does not keep the others from being written.
func (m *mapping) print(shown *document.Map) error {
	var failed []error
	for _, o := range m.outputs {
		if err := m.write(o, shown); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (m *mapping) write(o output, shown *document.Map) error {
	write, err := mapview.For(o.format)
	if err != nil {
		return err
	}
	opts := mapview.Options{
		Unicode: useUnicode(m.env.Getenv), Quiet: m.flags.quiet, Brief: m.brief, Mask: source.MaskLines, Docs: docsRoot, Version: build().Version,
	}
	if o.file != "" {
		opts.Color = m.flags.color == "always"
		return writeFile(o.file, func(w io.Writer) error { return write(w, shown, opts) })
	}
	opts.Color = useColor(m.flags.color, m.env.Stdout, m.env.Getenv)
	opts.Width = columns(m.env.Stdout, m.env.Getenv)
	return write(m.env.Stdout, shown, opts)
}

// completeMap teaches the shell the values of map's flags.
func completeMap(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("output", completeWords(mapview.Formats()...))
	_ = cmd.RegisterFlagCompletionFunc("color", completeWords("auto", "always", "never"))
}
