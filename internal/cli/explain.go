package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/docs"
)

// newExplainCmd prints the page of one rule, offline.
func newExplainCmd(env *Env) *cobra.Command {
	var format, color string
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "Explain a rule: what is wrong, why it hurts, what to do, how to waive it",
		Example: "  onelayer explain process/manager-entrypoint\n" +
			"  onelayer explain process/manager-entrypoint -o markdown",
		Args:              oneArgument("the id of a rule, such as process/manager-entrypoint"),
		ValidArgsFunction: completeRules,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("output", format, "text", "markdown"); err != nil {
				return err
			}
			if err := oneOf("color", color, "auto", "always", "never"); err != nil {
				return err
			}
			library, err := loadLibrary()
			if err != nil {
				return err
			}
			rule, known := library.Rule(args[0])
			if !known {
				return unknownRule(library, args[0])
			}
			page := docs.Rule(rule)
			if format == "text" {
				width := columns(env.Stdout, env.Getenv)
				page = plainPage(page, useColor(color, env.Stdout, env.Getenv), width)
			}
			_, err = fmt.Fprint(env.Stdout, page)
			return err
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "text", "text or markdown")
	cmd.Flags().StringVar(&color, "color", "auto", "auto, always or never")
	return cmd
}

// plainPage shows a page in a terminal: headings stand out, paragraphs are broken at the width, code is indented.
func plainPage(page string, color bool, width int) string {
	if width == 0 {
		width = 100
	}
	var b strings.Builder
	code := false
	for line := range strings.SplitSeq(strings.TrimRight(page, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			code = !code
		case code:
			b.WriteString("    " + line + "\n")
		case strings.HasPrefix(line, "#"):
			b.WriteString(emphasise(strings.TrimLeft(line, "# "), color) + "\n")
		default:
			b.WriteString(breakLine(strings.NewReplacer("**", "", "`", "").Replace(line), width) + "\n")
		}
	}
	return b.String()
}

func emphasise(text string, color bool) string {
	if !color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

// breakLine breaks a paragraph or a list item at the width.
func breakLine(line string, width int) string {
	hang := ""
	if strings.HasPrefix(line, "- ") {
		hang = "  "
	}
	var out []string
	current := ""
	for _, word := range strings.Fields(line) {
		if current != "" && len(current)+1+len(word) > width {
			out = append(out, current)
			current = hang + word
			continue
		}
		if current != "" {
			current += " "
		}
		current += word
	}
	return strings.Join(append(out, current), "\n")
}

// oneArgument wants exactly one argument and says what it is.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return fmt.Errorf("%s needs %s", cmd.CommandPath(), what)
		case len(args) > 1:
			return fmt.Errorf("%s takes one argument, not %d: it is %s", cmd.CommandPath(), len(args), what)
		default:
			return nil
		}
	}
}

// noArguments wants none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments: remove %q", cmd.CommandPath(), args[0])
	}
	return nil
}
