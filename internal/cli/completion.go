package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/report"
)

// newCompletionCmd prints the completion script of a shell.
func newCompletionCmd(env *Env) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Print the completion script for bash, zsh, fish or powershell",
		Example:   "  source <(onelayer completion bash)",
		Args:      oneArgument("the name of a shell: " + strings.Join(shells, ", ")),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(env.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(env.Stdout)
			case "fish":
				return root.GenFishCompletion(env.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(env.Stdout)
			default:
				return fmt.Errorf("unknown shell %q: %s", args[0], didYouMean(args[0], shells))
			}
		},
	}
}

// completeRules offers the ids of all rules with their titles.
func completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	library, err := loadLibrary()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var ids []string
	for _, rule := range library.Rules() {
		ids = append(ids, rule.ID+"\t"+rule.Title)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// completeWords offers a fixed list.
func completeWords(words ...string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeCheck teaches the shell the values of check's flags.
func completeCheck(cmd *cobra.Command) {
	severities := []string{"error", "warning", "info"}
	for flag, complete := range map[string]func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective){
		"output":       completeWords(report.Formats()...),
		"fail-on":      completeWords(append(severities, "never")...),
		"min-severity": completeWords(severities...),
		"color":        completeWords("auto", "always", "never"),
		"select":       completeRules,
		"ignore":       completeRules,
	} {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			// The flag does not exist: only a mistake in this file can cause that, and its test finds it.
			continue
		}
	}
}
