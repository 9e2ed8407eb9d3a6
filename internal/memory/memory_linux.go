package memory

import (
	"bytes"
	"math/bits"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// available is how many bytes may be reserved of as many as this process may use: none where addresses are few or counted,
// because the runtime dies of a reservation that is refused (https://docs.kernel.org/mm/overcommit-accounting.html).
func available(most uint64) int {
	if bits.UintSize < 64 || counted() {
		return 0
	}
	return int(min(most/4, mostAdvised)) &^ (hugePage - 1)
}

// most is how many bytes this process may use: those of the machine, or what its control group allows
// (https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files); 0 where nobody says.
func most() uint64 {
	var machine syscall.Sysinfo_t
	if syscall.Sysinfo(&machine) != nil {
		return 0
	}
	found := uint64(machine.Totalram) * uint64(machine.Unit)
	groups, _ := os.ReadFile("/proc/self/cgroup")
	for _, file := range limits(string(groups)) {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if allowed, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
			found = min(found, allowed)
		}
	}
	return found
}

// limits lists the files that may limit the memory of a process in these control groups, version 2 and 1. In a container
// the group is the root of what is mounted.
func limits(groups string) []string {
	files := []string{controlGroups + "/memory.max", controlGroups + "/memory/memory.limit_in_bytes"}
	for line := range strings.Lines(groups) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		switch {
		case fields[0] == "0":
			files = append(files, path.Join(controlGroups, fields[2], "memory.max"))
		case slices.Contains(strings.Split(fields[1], ","), "memory"):
			files = append(files, path.Join(controlGroups, "memory", fields[2], "memory.limit_in_bytes"))
		}
	}
	return files
}

const controlGroups = "/sys/fs/cgroup"

const hugePage = 2 << 20

// counted tells that the shell limits the addresses of this process, or the kernel all that is reserved.
func counted() bool {
	var addresses syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &addresses) != nil || addresses.Cur < 1<<40 {
		return true
	}
	policy, err := os.ReadFile("/proc/sys/vm/overcommit_memory")
	return err != nil || bytes.HasPrefix(policy, []byte("2"))
}

// advise asks for huge pages. A kernel that has none refuses, which changes nothing.
func advise(memory []byte) { _ = syscall.Madvise(memory, syscall.MADV_HUGEPAGE) }
