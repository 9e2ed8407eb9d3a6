// Package child runs programs for a test: servers that must be gone when the test ends, and commands that must end.
//
// It owns processes, ports and waiting, each with a deadline. It must not know which programs it runs.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// grace is how long a server may take to end before it is killed.
const grace = 10 * time.Second

// Server is a running program.
type Server struct {
	name    string
	process *os.Process
	log     *Log
	done    chan struct{}
	err     error
}

// Command says what to run.
type Command struct {
	Name string
	Args []string
	// Dir is the working directory, Env is added to the environment, Stdin is what the program reads.
	Dir   string
	Env   []string
	Stdin string
}

// environment is that of the test, with PWD as a shell sets it, and what the command adds.
func (c Command) environment() []string {
	env := os.Environ()
	if c.Dir != "" {
		env = append(env, "PWD="+c.Dir)
	}
	return append(env, c.Env...)
}

// Start starts a server. Stop must be called.
func Start(command Command) (*Server, error) {
	run := exec.Command(command.Name, command.Args...)
	run.Dir, run.Env = command.Dir, command.environment()
	run.SysProcAttr = attributes()
	s := &Server{name: command.Name, log: &Log{}, done: make(chan struct{})}
	run.Stdout, run.Stderr = s.log, s.log
	if err := run.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", command.Name, err)
	}
	s.process = run.Process
	go func() {
		s.err = run.Wait()
		close(s.done)
	}()
	return s, nil
}

// Log returns what the server wrote so far.
func (s *Server) Log() string { return s.log.String() }

// Tail returns the end of what the server wrote.
func (s *Server) Tail() string { return s.log.Tail() }

// PID is the id of the server's process.
func (s *Server) PID() int { return s.process.Pid }

// Stop asks the server to end, and kills it if it does not.
func (s *Server) Stop() error {
	if err := s.process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", s.name, err)
	}
	select {
	case <-s.done:
		return nil
	case <-time.After(grace):
	}
	if err := s.process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", s.name, err)
	}
	<-s.done
	return nil
}

// Ready asks again and again until ready returns no error. It gives up when the server ends or the context does.
func (s *Server) Ready(ctx context.Context, ready func(context.Context) error) error {
	return Wait(ctx, func(ctx context.Context) error {
		select {
		case <-s.done:
			return Fatal(fmt.Errorf("%s ended: %w\n%s", s.name, errors.Join(s.err, errors.New("a server must stay")), s.log.Tail()))
		default:
		}
		if err := ready(ctx); err != nil {
			return fmt.Errorf("%s is not ready: %w\n%s", s.name, err, s.log.Tail())
		}
		return nil
	})
}

// Result is what a command wrote and how it ended.
type Result struct {
	Stdout, Stderr string
	Code           int
}

// Run runs a command to its end. A code other than 0 is no error; a command that cannot start or does not end in time is.
func Run(ctx context.Context, command Command) (Result, error) {
	run := exec.CommandContext(ctx, command.Name, command.Args...)
	run.Dir, run.Env = command.Dir, command.environment()
	run.SysProcAttr = attributes()
	run.WaitDelay = grace
	run.Stdin = bytes.NewBufferString(command.Stdin)
	var out, log bytes.Buffer
	run.Stdout, run.Stderr = &out, &log
	err := run.Run()
	result := Result{Stdout: out.String(), Stderr: log.String(), Code: run.ProcessState.ExitCode()}
	var exit *exec.ExitError
	if ctx.Err() != nil || (err != nil && !errors.As(err, &exit)) {
		return result, fmt.Errorf("run %s %q: %w\n%s", command.Name, command.Args, errors.Join(err, ctx.Err()), result.Stderr)
	}
	return result, nil
}

// Port picks a port on loopback that nothing listens on.
func Port() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("pick port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// fatal is an error that waiting does not mend.
type fatal struct{ error }

// Fatal marks an error as one after which Wait gives up at once.
func Fatal(err error) error { return fatal{err} }

// Wait tries until there is no error, and returns the last error when the context ends.
func Wait(ctx context.Context, try func(context.Context) error) error {
	if _, limited := ctx.Deadline(); !limited {
		return errors.New("wait: the context has no deadline")
	}
	var last error
	for {
		err := try(ctx)
		var stop fatal
		if err == nil || errors.As(err, &stop) {
			return err
		}
		// A try that the end of the context cut short says less than the one before.
		if last == nil || ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait: %w: %w", ctx.Err(), last)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Log collects what a program writes.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the log.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns the whole log.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Tail returns the end of the log.
func (l *Log) Tail() string {
	const most = 3000
	text := l.String()
	return text[max(0, len(text)-most):]
}
