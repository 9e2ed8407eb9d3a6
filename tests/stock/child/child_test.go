package child

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	result, err := Run(ctx, Command{Name: "sh", Args: []string{"-c", "cat; echo $WORD >&2; exit 3"}, Env: []string{"WORD=two"}, Stdin: "one"})
	if err != nil || result.Stdout != "one" || result.Stderr != "two\n" || result.Code != 3 {
		t.Fatalf("%+v, %v", result, err)
	}
	if _, err := Run(ctx, Command{Name: "./no-such-program"}); err == nil {
		t.Fatal("a program that cannot start is no error")
	}
	short, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	if _, err := Run(short, Command{Name: "sleep", Args: []string{"60"}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a command outlives its deadline: %v", err)
	}
}

func TestServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server, err := Start(Command{Name: "sh", Args: []string{"-c", "echo up; exec sleep 60"}})
	if err != nil {
		t.Fatal(err)
	}
	err = server.Ready(ctx, func(context.Context) error {
		if !strings.Contains(server.Log(), "up") {
			return errors.New("silent")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatalf("stopping twice: %v", err)
	}
}

func TestServerThatEnds(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server, err := Start(Command{Name: "sh", Args: []string{"-c", "echo broken configuration; exit 1"}})
	if err != nil {
		t.Fatal(err)
	}
	err = server.Ready(ctx, func(context.Context) error { return errors.New("refused") })
	if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "broken configuration") {
		t.Fatalf("want the server's log at once, got %v", err)
	}
}

func TestWait(t *testing.T) {
	if err := Wait(context.Background(), func(context.Context) error { return nil }); err == nil {
		t.Fatal("a wait without a deadline is accepted")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 120*time.Millisecond)
	defer cancel()
	last := errors.New("not yet")
	if err := Wait(ctx, func(context.Context) error { return last }); !errors.Is(err, last) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
}
