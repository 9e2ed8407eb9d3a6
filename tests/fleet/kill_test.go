package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKill kills the server at every moment of a publication: the next process serves a whole release, and none that is
// older than what was served before.
func TestKill(t *testing.T) {
	w := newWorkshop(t)
	const versions = 12
	hashes := map[string]int{}
	for version := 1; version <= versions; version++ {
		text := w.read(w.release(version) + "/onelayer-opa.tar.gz")
		sum := sha256.Sum256([]byte(text))
		hashes[hex.EncodeToString(sum[:])+fmt.Sprintf("-%d", version)] = version
	}
	w.publish("v1")
	served := 0
	for version := 2; version <= versions; version++ {
		s := w.serve()
		found := w.served(s, hashes)
		assert.GreaterOrEqual(t, found, served, "the server went back")
		served = found
		w.publish(fmt.Sprintf("v%d", version))
		time.Sleep(time.Duration(version) * 12 * time.Millisecond) // somewhere in the 100 ms up to the next look
		require.NoError(t, syscall.Kill(s.PID(), syscall.SIGKILL))
	}
	s := w.serve()
	w.wait(s.Server, func(ctx context.Context) error {
		if v, err := s.view(ctx); err != nil || v.Bundles[0].Version != versions {
			return fmt.Errorf("the newest release is not served: %w", err)
		}
		return nil
	})

	// A publisher that dies in the middle of a file leaves something that is not served.
	require.NoError(t, os.Mkdir(w.path("half"), 0o755))
	for _, name := range []string{"onelayer-opa.release.json", "onelayer-opa.timestamp.json"} {
		w.write("half/"+name, w.read("v12/"+name))
	}
	whole := w.read("v12/onelayer-opa.tar.gz")
	w.write("half/onelayer-opa.tar.gz", whole[:len(whole)/2])
	w.publish("half")
	w.wait(s.Server, func(ctx context.Context) error {
		if v, err := s.view(ctx); err != nil || !strings.Contains(v.Bundles[0].Refused, "refused (bytes-differ)") {
			return fmt.Errorf("half a bundle is not refused: %w", err)
		}
		return nil
	})
	assert.Equal(t, versions, w.served(s, hashes))
}

// served waits for a bundle, and gives the version whose bytes it has.
func (w *workshop) served(s *service, hashes map[string]int) (version int) {
	w.t.Helper()
	w.wait(s.Server, func(ctx context.Context) error {
		response, text, err := get(ctx, http.DefaultClient, "http://"+s.agents+"/bundles/onelayer")
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s", response.Status)
		}
		tag := strings.Trim(response.Header.Get("ETag"), `"`)
		sum := sha256.Sum256(text)
		assert.True(w.t, strings.HasPrefix(tag, hex.EncodeToString(sum[:])), "the tag is that of other bytes")
		found, known := hashes[tag]
		assert.True(w.t, known, "nobody published %s", tag)
		version = found
		return nil
	})
	return version
}
