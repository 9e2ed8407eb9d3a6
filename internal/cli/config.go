package cli

import (
	"github.com/spf13/cobra"

	"github.com/onelayer/onelayer/internal/config"
)

// newConfigCmd groups what concerns the configuration document.
func newConfigCmd(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Work with the configuration document",
		Args:  unknownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON schema of .onelayer.yaml",
		Example: "  onelayer config schema > onelayer.schema.json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := env.Stdout.Write(config.Schema())
			return err
		},
	})
	return cmd
}
