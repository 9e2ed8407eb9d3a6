package cluster

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testLoopback reads from the kernel where the programs listen: nothing but this machine may reach them.
func testLoopback(t *testing.T, c *Cluster) {
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		t.Skip("only Linux tells which process listens where")
	}
	for _, server := range c.servers {
		addresses := listeners(t, server.PID())
		assert.NotEmpty(t, addresses, "process %d", server.PID())
		for _, address := range addresses {
			assert.True(t, address.IsLoopback(), "process %d listens on %s", server.PID(), address)
		}
	}
}

// listeners are the addresses on which a process listens for TCP.
func listeners(t *testing.T, pid int) []net.IP {
	t.Helper()
	descriptors, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	require.NoError(t, err)
	var sockets []string
	for _, descriptor := range descriptors {
		if target, err := os.Readlink(descriptor); err == nil {
			sockets = append(sockets, target)
		}
	}
	var all []net.IP
	for _, table := range []string{"tcp", "tcp6"} {
		file, err := os.Open(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		require.NoError(t, err)
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			// sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
			const local, state, inode, listening = 1, 3, 9, "0A"
			fields := strings.Fields(lines.Text())
			if fields[state] == listening && slices.Contains(sockets, "socket:["+fields[inode]+"]") {
				all = append(all, address(t, fields[local]))
			}
		}
	}
	return all
}

// address reads an address as the kernel writes it: words of four bytes, each with the lowest byte first.
func address(t *testing.T, text string) net.IP {
	t.Helper()
	host, _, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	require.NoError(t, err)
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	return net.IP(raw)
}
