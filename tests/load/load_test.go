package load

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	clients = flag.Int("clients", 300, "how many clients wait; 10000 need ulimit -n 11000")
	size    = flag.Int("bytes", 48_000, "about how many bytes the bundle has")
	withTLS = flag.Bool("tls", false, "whether the clients speak TLS")
)

const (
	// loadWithin bounds everything that a client does.
	loadWithin = 3 * time.Minute
	// mostPerClient is what a waiting client may cost the server, in bytes.
	mostPerClient = 20 << 10
	// enoughToMeasure is how many clients make the rest of the server's memory small beside theirs.
	enoughToMeasure = 5000
)

// TestLoad lets many clients wait for a bundle, and publishes it: every client must get every byte. It says how long that
// took and what a client cost.
func TestLoad(t *testing.T) {
	p := newPublisher(t)
	p.make("v1", 1, *size)
	body := p.make("v2", 2, *size)
	p.publish("v1")
	s := start(t, p)
	crowd := newCrowd(t, s)
	idle := s.memory("VmRSS")

	connections := crowd.connect()
	s.waits(*clients)
	waiting := s.memory("VmRSS")
	took, lost := crowd.receive(connections, body, func() { p.publish("v2") })
	require.Empty(t, lost)
	require.Len(t, took, *clients)
	slices.Sort(took)
	perClient := (waiting - idle) / *clients
	t.Logf("%d clients, %d bytes each, TLS %t: half of them within %s, 99 %% within %s, the last within %s of publishing; none lost", *clients, len(body), *withTLS,
		round(took[len(took)/2]), round(took[len(took)*99/100]), round(took[len(took)-1]))
	t.Logf("memory of the server: %d KiB idle, %d KiB with all waiting (%.1f KiB a client), %d KiB at most", idle>>10, waiting>>10, float64(perClient)/1024, s.memory("VmHWM")>>10)
	if *clients >= enoughToMeasure && !*withTLS {
		assert.LessOrEqual(t, perClient, mostPerClient)
	}
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// server is a running onelayer serve.
type server struct {
	t             *testing.T
	process       *os.Process
	agents, admin string
	log           *log
}

// log collects what the server writes.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var addresses = regexp.MustCompile(`"bundles":"([^"]+)","admin":"([^"]+)"`)

// start builds the tool and runs it; it ends with the test.
func start(t *testing.T, p *publisher) *server {
	t.Helper()
	program := filepath.Join(t.TempDir(), "onelayer")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/onelayer").CombinedOutput()
	require.NoError(t, err, string(out))
	s := &server{t: t, log: &log{}}
	args := []string{"serve", "current", "--keyring", "keyring.json", "--channel", "stable", "--state", "state", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}
	if *withTLS {
		args = append(args, "--tls-cert", "server.crt", "--tls-key", "server.key")
	}
	command := exec.Command(program, args...)
	command.Dir, command.Stderr = p.dir, s.log
	require.NoError(t, command.Start())
	s.process = command.Process
	t.Cleanup(func() {
		_ = s.process.Signal(syscall.SIGTERM) // it may have ended
		assert.NoError(t, command.Wait(), s.log.String())
	})
	require.Eventually(t, func() bool {
		found := addresses.FindStringSubmatch(s.log.String())
		if found != nil {
			s.agents, s.admin = found[1], found[2]
		}
		return found != nil && strings.Contains(s.log.String(), `"version":1`)
	}, time.Minute, 10*time.Millisecond)
	return s
}

// waits waits until so many clients wait.
func (s *server) waits(count int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return s.waiters() == count }, loadWithin, 100*time.Millisecond)
}

var waiters = regexp.MustCompile(`(?m)^onelayer_bundle_waiters\{bundle="onelayer"\} ([0-9]+)$`)

func (s *server) waiters() int {
	found := waiters.FindStringSubmatch(get(s.t, "http://"+s.admin+"/metrics"))
	if found == nil {
		return -1
	}
	count, err := strconv.Atoi(found[1])
	require.NoError(s.t, err)
	return count
}

// memory reads a line of /proc/PID/status (proc_pid_status(5)), in bytes.
func (s *server) memory(line string) int {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Pid))
	if errors.Is(err, os.ErrNotExist) {
		s.t.Skip("only Linux says how much memory another process has")
	}
	require.NoError(s.t, err)
	_, rest, found := strings.Cut(string(text), line+":")
	require.True(s.t, found, line)
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(s.t, err)
	return kib << 10
}
