package bundle

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/strictjson"
)

// Read unpacks an archive within limits. It refuses every archive that Pack and WithSignatures do not write, byte by byte
// but for how the first member is compressed. It verifies no signature, and reads none of the files but the manifest.
func Read(packed []byte, limits Limits) (*Archive, error) {
	if len(packed) > limits.Packed {
		return nil, refusal.New(refusal.TooLarge, "the archive has %d bytes, allowed are %d", len(packed), limits.Packed)
	}
	plain, rest, err := inflate(packed, limits)
	if err != nil {
		return nil, err
	}
	entries, modified, err := parseEntries(plain, limits)
	if err != nil {
		return nil, err
	}
	archive := &Archive{Modified: modified, body: packed[:len(packed)-len(rest)]}
	if archive.Signatures, err = parseTail(rest, modified, limits); err != nil {
		return nil, err
	}
	if err := checkEntries(entries, limits); err != nil {
		return nil, err
	}
	if err := archive.take(entries); err != nil {
		return nil, err
	}
	return archive, archive.check()
}

// take tells the manifest from the files.
func (a *Archive) take(entries []File) error {
	at := slices.IndexFunc(entries, func(file File) bool { return file.Name == ManifestFile })
	if at < 0 {
		return refusal.New(refusal.Manifest, "the bundle has no %s", ManifestFile)
	}
	a.manifest = entries[at].Data
	if len(a.manifest) > maxManifestBytes {
		return refusal.New(refusal.TooLarge, "%s has %d bytes, allowed are %d", ManifestFile, len(a.manifest), maxManifestBytes)
	}
	a.Files = slices.Delete(slices.Clone(entries), at, at+1)
	return strictjson.Unmarshal(ManifestFile, a.manifest, &a.Manifest)
}

// inflate unpacks the first gzip member and gives what stands behind it.
func inflate(packed []byte, limits Limits) (plain, rest []byte, err error) {
	if !bytes.HasPrefix(packed, bodyHeader) {
		return nil, nil, refuseHeader(packed)
	}
	source := bytes.NewReader(packed[len(bodyHeader):])
	plain, err = readBounded(source, limits)
	if err != nil {
		return nil, nil, err
	}
	end := len(packed) - source.Len()
	trailer := appendTrailer(nil, crc32.ChecksumIEEE(plain), len(plain))
	if !bytes.HasPrefix(packed[end:], trailer) {
		return nil, nil, refusal.New(refusal.Gzip, "the first gzip member ends with a wrong checksum or length")
	}
	return plain, packed[end+len(trailer):], nil
}

func refuseHeader(packed []byte) error {
	switch {
	case len(packed) == 0:
		return refusal.New(refusal.NotArchive, "there are no bytes")
	case !bytes.HasPrefix(packed, bodyHeader[:3]):
		return refusal.New(refusal.NotArchive, "the bytes do not start as gzip does")
	default:
		return refusal.New(refusal.Gzip, "the gzip header is not the one that onelayer build writes")
	}
}

// readBounded unpacks until a limit is reached, and keeps no more than that.
func readBounded(source *bytes.Reader, limits Limits) ([]byte, error) {
	const step = 256 << 10
	unpacker := flate.NewReader(source)
	size := source.Len()
	var chunks [][]byte
	for total := 0; ; {
		chunk := make([]byte, step)
		n, err := io.ReadFull(unpacker, chunk)
		chunks = append(chunks, chunk[:n])
		total += n
		used := size - source.Len()
		switch {
		case total > limits.Unpacked:
			return nil, refusal.New(refusal.TooLarge, "the archive unpacks to more than %d bytes", limits.Unpacked)
		case total > freeOfRatio && total > limits.Ratio*used:
			return nil, refusal.New(refusal.Ratio, "the archive unpacks to more than %d times its size", limits.Ratio)
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF) && ended(unpacker):
			return slices.Concat(chunks...), nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, refusal.New(refusal.Truncated, "the archive ends within its compressed part")
		default:
			return nil, refusal.New(refusal.Gzip, "the archive cannot be unpacked: %v", err)
		}
	}
}

// ended tells the end of a whole stream from one that was cut: io.ReadFull gives the same error for both.
func ended(unpacker io.Reader) bool {
	_, err := unpacker.Read(make([]byte, 1))
	return errors.Is(err, io.EOF)
}

// parseTail reads the second member: the signatures, if there are any, and the end of the archive.
func parseTail(tail []byte, modified int64, limits Limits) ([]byte, error) {
	switch {
	case len(tail) == 0:
		return nil, refusal.New(refusal.Truncated, "the archive ends after its first gzip member")
	case !bytes.HasPrefix(tail, tailHeader):
		return nil, refusal.New(refusal.Trailing, "what follows the first gzip member is not the member of signatures that onelayer writes")
	}
	plain, err := unstore(tail, limits)
	if err != nil {
		return nil, err
	}
	signatures, err := signaturesOf(plain, modified, limits)
	if err != nil {
		return nil, err
	}
	written, err := packTail(signatures, modified)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(written, tail) {
		if bytes.HasPrefix(tail, written) {
			return nil, refusal.New(refusal.Trailing, "%d bytes stand behind the end of the archive", len(tail)-len(written))
		}
		return nil, refusal.New(refusal.Gzip, "the second gzip member is not written as onelayer writes it")
	}
	return signatures, nil
}

// signaturesOf finds the signatures in the unpacked tail, which ends with the end of the archive.
func signaturesOf(plain []byte, modified int64, limits Limits) ([]byte, error) {
	if len(plain) == endSize {
		return nil, nil
	}
	if len(plain) < endSize {
		return nil, refusal.New(refusal.Truncated, "the archive has no end")
	}
	entries, stamp, err := parseEntries(plain[:len(plain)-endSize], limits)
	if err != nil {
		return nil, err
	}
	if len(entries) != 1 || entries[0].Name != SignaturesFile || stamp != modified {
		return nil, refusal.New(refusal.EntryOrder, "the member of signatures holds something else than one %s", SignaturesFile)
	}
	if len(entries[0].Data) == 0 {
		return nil, refusal.New(refusal.Empty, "%s is empty", SignaturesFile)
	}
	return entries[0].Data, nil
}

// unstore reads a gzip member of stored blocks; what it does not read is found by writing the member again.
func unstore(tail []byte, limits Limits) ([]byte, error) {
	reader := bufio.NewReader(bytes.NewReader(tail[len(tailHeader):]))
	var plain []byte
	for {
		var head [5]byte
		if _, err := io.ReadFull(reader, head[:]); err != nil {
			return nil, refusal.New(refusal.Truncated, "the archive ends within its member of signatures")
		}
		size := int(binary.LittleEndian.Uint16(head[1:]))
		if head[0] > 1 || len(plain)+size > limits.File {
			return nil, refusal.New(refusal.Gzip, "the second gzip member is not written as onelayer writes it")
		}
		block := make([]byte, size)
		if _, err := io.ReadFull(reader, block); err != nil {
			return nil, refusal.New(refusal.Truncated, "the archive ends within its member of signatures")
		}
		plain = append(plain, block...)
		if head[0] == 1 {
			return plain, nil
		}
	}
}
