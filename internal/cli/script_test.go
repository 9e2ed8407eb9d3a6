package cli

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/onelayer/onelayer/internal/signing"
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
			"exits": exits, "repeat": repeat, "grow": grow, "key": key, "flip": flip,
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

// key makes a key pair NAME.pem and NAME.pub, and sets id_NAME to the id of the key: key ES256|RS256|EdDSA NAME.
func key(ts *testscript.TestScript, _ bool, args []string) {
	var signer crypto.Signer
	var err error
	switch args[0] {
	case "ES256":
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "RS256":
		signer, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	}
	ts.Check(err)
	der, err := x509.MarshalPKCS8PrivateKey(signer)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]+".pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	public, err := signing.NewPublicKey(signer.Public())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]+".pub"), public.PEM(), 0o600))
	ts.Setenv("id_"+args[1], public.ID)
}

// flip changes one bit of a file: flip FILE BYTE.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	text := []byte(ts.ReadFile(args[0]))
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(text)
	}
	text[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

func exitCode(err error) string {
	type coder interface{ ExitCode() int }
	if exit, ok := err.(coder); ok {
		return string(rune('0' + exit.ExitCode()))
	}
	return err.Error()
}
