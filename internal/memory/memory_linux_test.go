package memory

import (
	"os"
	"regexp"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHeapIsAdvised looks for what init did to this process: much is advised (hg, https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html)
// and little of it is in memory.
func TestHeapIsAdvised(t *testing.T) {
	size := available(most())
	if size == 0 {
		t.Skip("this system counts what is reserved")
	}
	maps, err := os.ReadFile("/proc/self/smaps")
	require.NoError(t, err)
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("this kernel has no huge pages to ask for")
	}
	total := 0
	for _, found := range regexp.MustCompile(`(?ms)^Size: +(\d+) kB$(?:.*?)^Rss: +(\d+) kB$(?:.*?)^VmFlags:(.*?)$`).FindAllSubmatch(maps, -1) {
		if !regexp.MustCompile(`\bhg\b`).Match(found[3]) {
			continue
		}
		kilobytes, err := strconv.Atoi(string(found[1]))
		require.NoError(t, err)
		resident, err := strconv.Atoi(string(found[2]))
		require.NoError(t, err)
		total += kilobytes
		assert.Less(t, resident, size>>10/4, "what is reserved stays untouched")
	}
	assert.GreaterOrEqual(t, total, size>>10)
}

func TestWhatIsCountedIsNotReserved(t *testing.T) {
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_AS, &before))
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 64 << 30, Max: before.Max}))
	defer func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_AS, &before)) }()
	assert.Zero(t, available(most()))
}

func TestMemoryIsThatOfTheControlGroup(t *testing.T) {
	assert.Positive(t, most())
	assert.Equal(t, []string{
		"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
		"/sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes", "/sys/fs/cgroup/user.slice/run-1.scope/memory.max",
	}, limits("9:name=systemd:/\n4:cpu,memory:/docker/1f\n0::/user.slice/run-1.scope\nodd\n"))
}
