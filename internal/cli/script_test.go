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
	"io"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/onelayer/onelayer/internal/signing"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"onelayer": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			os.Exit(Run(ctx, System(), os.Args[1:]))
		},
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
			"logged": logged, "address": address, "fetch": fetch,
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

// logged waits until a server wrote what matches into the file of its log: logged FILE PATTERN.
func logged(ts *testscript.TestScript, _ bool, args []string) { waitFor(ts, args[0], args[1]) }

// address sets a variable to an address that a server logged: address FILE FIELD VARIABLE.
func address(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[2], waitFor(ts, args[0], `"`+args[1]+`":"(127\.0\.0\.1:[0-9]+)"`))
}

// waitFor waits until a file matches a pattern, and gives what its last group matches.
func waitFor(ts *testscript.TestScript, file, pattern string) string {
	form := regexp.MustCompile(pattern)
	var text []byte
	for range 3000 {
		text, _ = os.ReadFile(ts.MkAbs(file)) // it may not be there yet
		if found := form.FindSubmatch(text); found != nil {
			return string(found[len(found)-1])
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not match %s:\n%s", file, pattern, text)
	return ""
}

// fetch writes the body of an answer to a file: fetch CODE URL FILE [HEADER ...].
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	request, err := http.NewRequest(http.MethodGet, args[1], nil)
	ts.Check(err)
	for _, header := range args[3:] {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Add(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	ts.Check(err)
	if strconv.Itoa(response.StatusCode) != args[0] {
		ts.Fatalf("%s: %s, want %s: %s", args[1], response.Status, args[0], text)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), text, 0o600))
}

func exitCode(err error) string {
	type coder interface{ ExitCode() int }
	if exit, ok := err.(coder); ok {
		return string(rune('0' + exit.ExitCode()))
	}
	return err.Error()
}
