// Package cli is the command line of onelayer: flags, environment, files, exit codes. One file a command.
//
// It owns how the tool is called and wires the other packages together. It makes no verdict and formats no finding;
// nobody may import it but the main package.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes, the same for every command and format.
const (
	// ExitOK: nothing at or above --fail-on.
	ExitOK = 0
	// ExitFindings: findings at or above --fail-on.
	ExitFindings = 1
	// ExitError: wrong usage or configuration, an input that cannot be read, or an internal error.
	ExitError = 2
)

// Env is what a command gets from the outside.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(name string) string
}

// System is the environment of the process.
func System() Env {
	return Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
}

// Run executes a command line and gives its exit code. Errors are printed, one line each.
func Run(ctx context.Context, env Env, args []string) int {
	root := newRoot(&env)
	root.SetArgs(args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	var exit exitError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &exit):
		return int(exit)
	case ctx.Err() != nil:
		_, _ = fmt.Fprintln(env.Stderr, "onelayer: interrupted")
		return ExitError
	default:
		_, _ = fmt.Fprintln(env.Stderr, "onelayer: "+oneLine(err.Error()))
		return ExitError
	}
}

// exitError ends a command with an exit code, all being said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// oneLine puts a message on one line.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}

func newRoot(env *Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "onelayer",
		Short: "Find the places where a container does the work of Kubernetes or of the mesh",
		Long: "onelayer finds the places where two layers own the same concern: a process manager inside a pod, an\n" +
			"in-container cluster beside replicas, retries stacked on retries - and says who should own it.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return bindEnv(cmd, env.Getenv)
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		newCheckCmd(env),
		newMapCmd(env),
		newRulesCmd(env),
		newExplainCmd(env),
		newTestCmd(env),
		newNewCmd(env),
		newGatekeeperCmd(env),
		newBuildCmd(env),
		newSignCmd(env),
		newVerifyCmd(env),
		newPushCmd(env),
		newPullCmd(env),
		newServeCmd(env),
		newConfigCmd(env),
		newVersionCmd(env),
		newCompletionCmd(env),
	)
	return root
}

// unknownCommand answers a first word that is no command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := args[0]
	if _, err := os.Stat(word); err == nil {
		return fmt.Errorf("unknown command %q: did you mean onelayer check %s?", word, word)
	}
	var names []string
	for _, known := range cmd.Commands() {
		if !known.Hidden {
			names = append(names, known.Name())
		}
	}
	return fmt.Errorf("unknown command %q: %s", word, didYouMean(word, names))
}

// flagError adds the mend to an error of the flag parser.
func flagError(cmd *cobra.Command, err error) error {
	hint := "see " + cmd.CommandPath() + " --help"
	if word, found := strings.CutPrefix(err.Error(), "unknown flag: --"); found {
		if near := nearestFlag(cmd, word); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return fmt.Errorf("%w: %s", err, hint)
}
