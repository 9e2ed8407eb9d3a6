package pm2

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	patience = 60 * time.Second
	pause    = 200 * time.Millisecond
)

// installation is a folder of PM2's programs.
type installation struct {
	bin  string
	cpus int
}

// trial is one use of PM2 with a home and a work folder of its own.
type trial struct {
	installation
	home, work string
}

func findInstallation(t *testing.T) installation {
	t.Helper()
	folder := os.Getenv("ONELAYER_PM2")
	if folder == "" {
		t.Skip("ONELAYER_PM2 names no folder with an installed pm2")
	}
	bin, err := filepath.Abs(filepath.Join(folder, "node_modules", ".bin"))
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(bin, "pm2"))
	output, err := exec.CommandContext(t.Context(), "node", "-p", "os.cpus().length").Output()
	require.NoError(t, err)
	cpus, err := strconv.Atoi(strings.TrimSpace(string(output)))
	require.NoError(t, err)
	return installation{bin: bin, cpus: cpus}
}

// prepare lays out the scripts and the process file, and ends whatever PM2 left when the test is over.
func (i installation) prepare(t *testing.T, file any) trial {
	t.Helper()
	run := trial{installation: i, home: t.TempDir(), work: t.TempDir()}
	value, err := json.Marshal(file)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"app.js":      "setInterval(() => {}, 1000)\n",
		"e.js":        "setInterval(() => {}, 1000)\n",
		"run.sh":      "sleep 1000\n",
		"e.config.js": "module.exports = " + string(value) + "\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(run.work, name), []byte(text), 0o600))
	}
	t.Cleanup(func() { run.end(t) })
	return run
}

func (r trial) command(ctx context.Context, argv ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, filepath.Join(r.bin, argv[0]), argv[1:]...)
	command.Dir = r.work
	command.Env = append(os.Environ(), "PM2_HOME="+r.home, "PM2_DISCRETE_MODE=true")
	command.WaitDelay = patience
	return command
}

// observe starts PM2 as told and reports what runs then.
func (r trial) observe(t *testing.T, argv []string) map[string]started {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if argv[0] == "pm2" {
		output, err := r.command(ctx, argv...).CombinedOutput()
		t.Logf("%v: %v\n%s", argv, err, output)
		current, err := r.list(ctx)
		require.NoError(t, err)
		return current
	}
	runtime := r.command(ctx, argv...)
	runtime.Cancel = func() error { return runtime.Process.Signal(syscall.SIGTERM) }
	require.NoError(t, runtime.Start())
	defer func() {
		cancel()
		_ = runtime.Wait()
	}()
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(r.home, "rpc.sock"))
		return err == nil
	}, patience, pause)
	return r.settled(ctx, t)
}

// settled lists until two lists in a row are the same and not empty.
func (r trial) settled(ctx context.Context, t *testing.T) map[string]started {
	t.Helper()
	var last map[string]started
	require.Eventually(t, func() bool {
		current, err := r.list(ctx)
		same := err == nil && len(current) > 0 && maps.Equal(current, last)
		last = current
		return same
	}, patience, pause)
	return last
}

// list asks PM2 what runs.
func (r trial) list(ctx context.Context) (map[string]started, error) {
	output, err := r.command(ctx, "pm2", "jlist").Output()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var processes []struct {
		Name   string
		PM2Env struct {
			ExecMode string `json:"exec_mode"`
		} `json:"pm2_env"`
	}
	if err := json.Unmarshal(output[bytes.LastIndex(output, []byte("\n["))+1:], &processes); err != nil {
		return nil, fmt.Errorf("read list of processes: %w", err)
	}
	result := map[string]started{}
	for _, process := range processes {
		mode := strings.TrimSuffix(process.PM2Env.ExecMode, "_mode")
		result[process.Name] = started{Mode: mode, Count: result[process.Name].Count + 1}
	}
	return result, nil
}

// end stops the daemon of the trial, by its process id if it does not obey.
func (r trial) end(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(r.home, "pm2.pid"))
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.command(ctx, "pm2", "kill").Run(); err == nil {
		return
	}
	id, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Logf("read process id of PM2's daemon: %v", err)
		return
	}
	if daemon, err := os.FindProcess(id); err == nil {
		_ = daemon.Kill()
	}
}
