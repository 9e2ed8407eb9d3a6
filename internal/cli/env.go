package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/onelayer/onelayer/internal/config"
)

// envName is the environment variable of a flag: --fail-on is ONELAYER_FAIL_ON.
func envName(flag string) string {
	return "ONELAYER_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// bindEnv gives the flags that are not on the command line their values from the environment.
func bindEnv(cmd *cobra.Command, getenv func(string) string) error {
	var failed error
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		text := getenv(envName(flag.Name))
		if failed != nil || flag.Changed || text == "" || flag.Name == "help" {
			return
		}
		if err := setFlag(flag, text); err != nil {
			failed = fmt.Errorf("environment variable %s: invalid value %q: %w", envName(flag.Name), text, err)
			return
		}
		flag.Changed = true
	})
	return failed
}

// setFlag sets a flag; one that may be repeated takes words between commas.
func setFlag(flag *pflag.Flag, text string) error {
	list, ok := flag.Value.(pflag.SliceValue)
	if !ok {
		return flag.Value.Set(text)
	}
	var words []string
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return list.Replace(words)
}

func nearestFlag(cmd *cobra.Command, word string) string {
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	word, _, _ = strings.Cut(word, "=")
	return config.Nearest(word, names)
}

// didYouMean suggests the nearest candidate, or lists them all.
func didYouMean(word string, candidates []string) string {
	if near := config.Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of " + strings.Join(candidates, ", ")
}

// oneOf checks a flag that takes one of a few words.
func oneOf(flag, value string, words ...string) error {
	for _, word := range words {
		if value == word {
			return nil
		}
	}
	return fmt.Errorf("unknown value %q for --%s: %s", value, flag, didYouMean(value, words))
}
