package bundle

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/onelayer/onelayer/internal/refusal"
)

// parseEntries reads entries from the unpacked bytes, without copying them. An entry that encodeEntry would not write for
// its name, size and time is refused, whatever it is: a link, a device, a sparse file, an extended header.
func parseEntries(plain []byte, limits Limits) (entries []File, modified int64, err error) {
	if len(plain)%blockSize != 0 {
		return nil, 0, refusal.New(refusal.Truncated, "the archive is not made of whole blocks")
	}
	for len(plain) > 0 {
		if len(entries) >= limits.Entries {
			return nil, 0, refusal.New(refusal.TooMany, "the archive holds more than %d entries", limits.Entries)
		}
		entry, stamp, size, err := parseEntry(plain, limits)
		if err != nil {
			return nil, 0, err
		}
		if len(entries) == 0 {
			modified = stamp
		}
		if stamp != modified {
			return nil, 0, refusal.New(refusal.EntryHeader, "entry %q has another time than the first one", entry.Name)
		}
		entries = append(entries, entry)
		plain = plain[size:]
	}
	return entries, modified, nil
}

// The parts of a header (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, ustar interchange format).
const (
	nameEnd, sizeFrom, sizeEnd, timeEnd, typeAt = 100, 124, 136, 148, 156
	prefixFrom, prefixEnd                       = 345, 500
)

func parseEntry(plain []byte, limits Limits) (entry File, modified int64, size int, err error) {
	header := plain[:blockSize]
	if err := checkType(header); err != nil {
		return File{}, 0, 0, err
	}
	name := text(header[:nameEnd])
	if prefix := text(header[prefixFrom:prefixEnd]); prefix != "" {
		name = prefix + "/" + name
	}
	if err := checkName(name); err != nil {
		return File{}, 0, 0, err
	}
	length, ok := octal(header[sizeFrom:sizeEnd])
	modified, known := octal(header[sizeEnd:timeEnd])
	if !ok || !known {
		return File{}, 0, 0, refusal.New(refusal.EntryHeader, "entry %q states its size or time in another form than onelayer build", name)
	}
	if length > int64(limits.File) {
		return File{}, 0, 0, refusal.New(refusal.TooLarge, "entry %q states %d bytes, allowed are %d", name, length, limits.File)
	}
	size = blockSize + int(length) + padding(int(length))
	if size > len(plain) {
		return File{}, 0, 0, refusal.New(refusal.Truncated, "entry %q states %d bytes, which the archive does not hold", name, length)
	}
	end := blockSize + int(length)
	entry = File{Name: name, Data: plain[blockSize:end:end]}
	written, err := encodeHeader(name, int(length), modified)
	if err != nil || !bytes.Equal(written, header) || bytes.Trim(plain[end:size], "\x00") != nil {
		return File{}, 0, 0, refusal.New(refusal.EntryHeader, "entry %q is not written as onelayer build writes it", name)
	}
	return entry, modified, size, nil
}

// kinds name the entries that are no plain files.
var kinds = map[byte]string{
	0: "an empty block or a file of an old form", '1': "a hard link", '2': "a symbolic link", '3': "a device", '4': "a device", '5': "a folder",
	'6': "a pipe", 'S': "a sparse file", 'x': "an extended header (PAX)", 'g': "a global extended header (PAX)",
	'L': "a long name (GNU)", 'K': "a long link (GNU)",
}

func checkType(header []byte) error {
	flag := header[typeAt]
	if flag == '0' {
		return nil
	}
	kind, known := kinds[flag]
	if !known {
		kind = "of the unknown type " + strconv.QuoteRuneToASCII(rune(flag))
	}
	return refusal.New(refusal.EntryType, "entry %q is %s", text(header[:nameEnd]), kind)
}

// text is what stands before the first zero byte.
func text(field []byte) string {
	before, _, _ := bytes.Cut(field, []byte{0})
	return string(before)
}

// octal reads a number of octal digits and one zero byte.
func octal(field []byte) (int64, bool) {
	digits, found := strings.CutSuffix(string(field), "\x00")
	value, err := strconv.ParseInt(digits, 8, 64)
	return value, found && err == nil && value >= 0
}

// checkEntries refuses names that stand twice, that only differ in case, or that are out of order, and files over the
// limits.
func checkEntries(entries []File, limits Limits) error {
	if len(entries) > limits.Entries {
		return refusal.New(refusal.TooMany, "the archive holds more than %d entries", limits.Entries)
	}
	folded := map[string]string{}
	for i, entry := range entries {
		if err := checkName(entry.Name); err != nil {
			return err
		}
		lower := strings.ToLower(entry.Name)
		other, taken := folded[lower]
		switch {
		case taken && other == entry.Name:
			return refusal.New(refusal.DuplicateEntry, "entry %q stands twice in the archive", entry.Name)
		case taken:
			return refusal.New(refusal.DuplicateEntry, "entries %q and %q differ in nothing but case", other, entry.Name)
		case entry.Name == SignaturesFile:
			return refusal.New(refusal.EntryOrder, "%s stands among the files that it should sign", SignaturesFile)
		case i > 0 && entry.Name < entries[i-1].Name:
			return refusal.New(refusal.EntryOrder, "entry %q stands after %q", entry.Name, entries[i-1].Name)
		case len(entry.Data) > limits.File:
			return refusal.New(refusal.TooLarge, "entry %q has %d bytes, allowed are %d", entry.Name, len(entry.Data), limits.File)
		}
		folded[lower] = entry.Name
	}
	for lower, name := range folded {
		if parent := parentAmong(folded, lower); parent != "" {
			return refusal.New(refusal.DuplicateEntry, "entry %q lies in %q, which is a file", name, parent)
		}
	}
	return nil
}

// CheckNames refuses files whose names could not be those of a bundle: no plain paths, twice, or out of order.
func CheckNames(files []File) error { return checkEntries(files, DefaultLimits()) }

// parentAmong gives the file that a name would have to be a folder for.
func parentAmong(files map[string]string, name string) string {
	for at, r := range name {
		if r == '/' && files[name[:at]] != "" {
			return files[name[:at]]
		}
	}
	return ""
}
