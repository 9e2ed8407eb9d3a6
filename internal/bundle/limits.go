package bundle

import (
	"fmt"
	"io"
	"os"

	"github.com/onelayer/onelayer/internal/refusal"
)

// Limits bound what reading an archive may cost, in bytes unless said otherwise. They hold before anything is parsed.
type Limits struct {
	// Packed is the size of the archive, Unpacked that of all its entries together with their headers.
	Packed, Unpacked int
	// File is the size of one entry, Entries how many there may be.
	File, Entries int
	// Ratio is how many times larger than its packed form the archive may become once it is over a MiB.
	Ratio int
}

// DefaultLimits are several times what the whole library needs; reading at the limits takes less than 64 MiB of memory.
func DefaultLimits() Limits {
	return Limits{Packed: 4 << 20, Unpacked: 16 << 20, File: 2 << 20, Entries: 4096, Ratio: 100}
}

// freeOfRatio is what an archive may unpack to, whatever its size.
const freeOfRatio = 1 << 20

// ReadFile reads an archive from a file, without unpacking it.
func ReadFile(name string, limits Limits) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	defer func() { _ = file.Close() }()
	return ReadAll(file, limits)
}

// ReadAll reads the bytes of an archive up to the limit, without unpacking them.
func ReadAll(from io.Reader, limits Limits) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, int64(limits.Packed)+1))
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	if len(text) > limits.Packed {
		return nil, refusal.New(refusal.TooLarge, "the archive is larger than %d bytes", limits.Packed)
	}
	return text, nil
}
