package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	opa "github.com/open-policy-agent/opa/v1/version"
	"github.com/spf13/cobra"
)

// version is set by the release build.
var version = ""

// buildInfo is what the tool knows about itself.
type buildInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Date     string `json:"date"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	OPA      string `json:"opa"`
	// Library is the digest of the policies that the tool came with.
	Library string `json:"library"`
	Rules   int    `json:"rules"`
}

// newVersionCmd prints the version.
func newVersionCmd(env *Env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("output", format, "text", "json"); err != nil {
				return err
			}
			info := build()
			if format == "text" {
				_, err := fmt.Fprintf(env.Stdout, "onelayer %s (%s, %s, OPA %s)\n", info.Version, info.Go, info.Platform, info.OPA)
				return err
			}
			library, err := loadLibrary()
			if err != nil {
				return err
			}
			info.Library, info.Rules = "sha256:"+library.Digest, len(library.Rules())
			return writeJSON(env.Stdout, info)
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return cmd
}

// build reads what the Go toolchain stamped into the binary.
func build() buildInfo {
	info := buildInfo{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, OPA: opa.Version}
	if stamped, ok := debug.ReadBuildInfo(); ok {
		if info.Version == "" && stamped.Main.Version != "(devel)" {
			info.Version = stamped.Main.Version
		}
		for _, setting := range stamped.Settings {
			switch setting.Key {
			case "vcs.revision":
				info.Commit = setting.Value
			case "vcs.time":
				info.Date = setting.Value
			}
		}
	}
	if info.Version == "" {
		info.Version = "v0.0.0-dev"
	}
	return info
}
