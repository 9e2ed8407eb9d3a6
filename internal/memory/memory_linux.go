package memory

import (
	"bytes"
	"math/bits"
	"os"
	"syscall"
)

// available is how many bytes may be reserved: none where addresses are few or counted, because the runtime dies of a
// reservation that is refused, and a quarter of a small machine
// (https://docs.kernel.org/mm/overcommit-accounting.html).
func available() int {
	var machine syscall.Sysinfo_t
	if bits.UintSize < 64 || counted() || syscall.Sysinfo(&machine) != nil {
		return 0
	}
	quarter := uint64(machine.Totalram) * uint64(machine.Unit) / 4
	return int(min(quarter, mostAdvised)) &^ (hugePage - 1)
}

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
