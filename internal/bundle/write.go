package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"time"
)

// An archive is two gzip members (https://www.rfc-editor.org/rfc/rfc1952), which every reader sees as one stream. The first
// holds the manifest and the files, compressed. The second holds the signatures and the end of the archive, and is only
// stored, so that there is a single way to write it: the signatures name the hash of the first member, and with that no
// byte of a signed archive can change.

// gzip headers without name and time. The ninth byte says maximum compression, or nothing.
var (
	bodyHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff}
	tailHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}
)

// mode of every entry: who unpacks a bundle needs to read it, and nobody needs to run it.
const mode = 0o644

const (
	blockSize = 512
	// endSize are the two empty blocks that end a tar archive.
	endSize = 2 * blockSize
)

func packBody(entries []File, modified int64) ([]byte, error) {
	var out bytes.Buffer
	packer, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress archive: %w", err)
	}
	for _, entry := range entries {
		text, err := encodeEntry(entry, modified)
		if err != nil {
			return nil, err
		}
		if _, err := packer.Write(text); err != nil {
			return nil, fmt.Errorf("compress archive: %w", err)
		}
	}
	if err := packer.Close(); err != nil {
		return nil, fmt.Errorf("compress archive: %w", err)
	}
	return out.Bytes(), nil
}

func packTail(signatures []byte, modified int64) ([]byte, error) {
	var tail []byte
	if signatures != nil {
		text, err := encodeEntry(File{SignaturesFile, signatures}, modified)
		if err != nil {
			return nil, err
		}
		tail = text
	}
	return store(append(tail, make([]byte, endSize)...)), nil
}

// encodeEntry writes one entry, filled up to whole blocks.
func encodeEntry(entry File, modified int64) ([]byte, error) {
	header, err := encodeHeader(entry.Name, len(entry.Data), modified)
	if err != nil {
		return nil, err
	}
	return slices.Concat(header, entry.Data, make([]byte, padding(len(entry.Data)))), nil
}

// encodeHeader writes the header of an entry in the only form that is read back.
func encodeHeader(name string, size int, modified int64) ([]byte, error) {
	var out bytes.Buffer
	err := tar.NewWriter(&out).WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: int64(size), Mode: mode, ModTime: time.Unix(modified, 0), Format: tar.FormatUSTAR,
	})
	if err != nil {
		return nil, fmt.Errorf("write entry %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// padding is how many zero bytes fill the last block of an entry.
func padding(size int) int { return (blockSize - size%blockSize) % blockSize }

// store writes a gzip member of stored blocks (https://www.rfc-editor.org/rfc/rfc1951, section 3.2.4), each as long as
// there is something to store.
func store(text []byte) []byte {
	const most = 0xffff
	out := bytes.Clone(tailHeader)
	for rest := text; ; {
		block := rest[:min(len(rest), most)]
		rest = rest[len(block):]
		last := byte(0)
		if len(rest) == 0 {
			last = 1
		}
		out = append(out, last)
		out = binary.LittleEndian.AppendUint16(out, uint16(len(block)))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(len(block)))
		out = append(out, block...)
		if last == 1 {
			break
		}
	}
	return appendTrailer(out, crc32.ChecksumIEEE(text), len(text))
}

func appendTrailer(out []byte, sum uint32, size int) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(out, sum), uint32(size))
}
