package cli

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"onelayer": func() { os.Exit(Run(context.Background(), System(), os.Args[1:])) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C.UTF-8")
			// Scripts are repositories of their own, so that no configuration around them counts.
			return os.Mkdir(env.WorkDir+"/.git", 0o755)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
	})
}

// exits runs the tool and checks its exit code: exits CODE ARGS.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE [ARG ...]")
	}
	err := ts.Exec("onelayer", args[1:]...)
	code := "0"
	if err != nil {
		code = exitCode(err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s: %v", code, args[0], err)
	}
}

func exitCode(err error) string {
	type coder interface{ ExitCode() int }
	if exit, ok := err.(coder); ok {
		return string(rune('0' + exit.ExitCode()))
	}
	return err.Error()
}
