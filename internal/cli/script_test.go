package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
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
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "repeat": repeat, "grow": grow,
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
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

// repeat writes a text so many times to the end of a file, in place of its last newline: repeat COUNT TEXT FILE. TEXT may
// hold the escapes of Go.
func repeat(ts *testscript.TestScript, _ bool, args []string) {
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(args[1], `"`, `\"`) + `"`)
	ts.Check(err)
	before := ts.ReadFile(args[2])
	if count > 1 {
		before = strings.TrimSuffix(before, "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(before+strings.Repeat(text, count)), 0o600))
}

// grow makes a file so many bytes long without writing them: grow BYTES FILE.
func grow(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[1]), size))
}

func exitCode(err error) string {
	type coder interface{ ExitCode() int }
	if exit, ok := err.(coder); ok {
		return string(rune('0' + exit.ExitCode()))
	}
	return err.Error()
}
