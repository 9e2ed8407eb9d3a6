package attacks

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onelayer/onelayer/internal/refusal"
)

// most is how much may be allocated, all together, to refuse an archive of up to 4 MiB.
const most = 64 << 20

// TestMemory counts what is allocated in refusing archives that try to use memory up. What is allocated in all is more than
// what is in use at any time, and does not depend on how fast the machine is.
func TestMemory(t *testing.T) {
	for _, a := range append(resourceAttacks(), signedBombs()...) {
		t.Run(a.name, func(t *testing.T) {
			k := a.kit(t)
			packed := a.build(k)
			used, err := allocated(func() error { return k.verify(packed) })
			reason, _ := refusal.Of(err)
			assert.Equal(t, a.reason, reason, "%v", err)
			assert.Less(t, used, uint64(most), "%d bytes packed", len(packed))
			t.Logf("%d bytes packed, %.1f MiB allocated", len(packed), float64(used)/(1<<20))
		})
	}
}

// allocated gives how many bytes a function allocates.
func allocated(run func() error) (uint64, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	err := run()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, err
}

// signedBombs go as near to every limit as they can, with valid packing.
func signedBombs() []attack {
	return []attack{
		{name: "sixteen MiB that pass the limits", reason: refusal.NotSigned, build: func(k *kit) []byte {
			p := k.honest()
			for i := range 7 {
				p.add(fmt.Sprintf("policies/z%d.rego", i), strings.Repeat(noise(32<<10), 64))
			}
			p.unsigned = true
			return k.pack(k.reseal(p))
		}},
		{name: "as many entries as there may be", reason: refusal.NotSigned, build: func(k *kit) []byte {
			p := k.honest()
			for i := range 4000 {
				p.add(fmt.Sprintf("z/%06d.rego", i), noise(64+i%400))
			}
			p.unsigned = true
			return k.pack(k.reseal(p))
		}},
		{name: "signatures of many keys", reason: refusal.JSONShape, build: func(k *kit) []byte {
			p := k.honest()
			var text strings.Builder
			for i := range 45_000 {
				fmt.Fprintf(&text, `,"%05d":1`, i)
			}
			p.signatures = []byte(`{"signatures":[]` + text.String() + `}`)
			return k.pack(p)
		}},
		{name: "signatures of many empty lists", reason: refusal.JSONShape, build: func(k *kit) []byte {
			p := k.honest()
			p.signatures = []byte(`{"signatures":[` + strings.Repeat("[],", 150_000) + `[]]}`)
			return k.pack(p)
		}},
	}
}
