// Package memory sets up the heap of a short run that allocates much. Importing it does so, before most other packages
// allocate; only a command imports it. It knows nothing of what the memory is for.
package memory

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
)

const (
	// mostAdvised is how much of the heap is backed by huge pages at most: the first touch of new memory then faults once
	// for two megabytes instead of once for four kilobytes (https://docs.kernel.org/admin-guide/mm/transhuge.html).
	mostAdvised = 1 << 30
	// first is how much memory is in use before the first collection: 10,000 documents need none, and of 50,000 it frees
	// half, which costs less than the first touch of as much. gcPercent and limit are for what comes after
	// (https://go.dev/doc/gc-guide).
	first     = 600 << 20
	gcPercent = 400
	limit     = 2 << 30
)

func init() {
	if staysUp(os.Args) {
		return
	}
	allowed := most()
	if size := available(allowed); size > 0 {
		reserve(size)
	}
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		delayCollection(allowed)
	}
}

// staysUp tells a server: it collects garbage as every server does, and its memory goes back to the system page by page.
func staysUp(args []string) bool { return len(args) > 1 && args[1] == "serve" }

// reserve takes as many bytes, has them advised and gives them back. Addresses are reserved, no more: what is not used stays
// untouched. The runtime hands freed memory out again, lowest address first, and the advice stays with the addresses.
func reserve(size int) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	advise(make([]byte, size))
	runtime.GC()
}

// delayCollection puts off the first garbage collection, in a process that may use as many bytes, 0 where nobody knows; what
// it sees of the dead sentinel sets the pace of the others. No percentage stands until then: by one, the runtime would give
// all that was reserved back to the system meanwhile.
func delayCollection(allowed uint64) {
	if allowed == 0 {
		allowed = math.MaxInt64
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(int64(min(allowed/2, first)))
	sentinel := new([16]byte)
	runtime.AddCleanup(sentinel, func(int) {
		debug.SetMemoryLimit(int64(min(allowed/4*3, limit)))
		debug.SetGCPercent(gcPercent)
	}, 0)
}
