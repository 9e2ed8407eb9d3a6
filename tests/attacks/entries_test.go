package attacks

import (
	"archive/tar"
	"strings"
	"time"

	"github.com/onelayer/onelayer/internal/refusal"
)

// entryAttacks are entries that are no plain files, or not written plainly. Everything is truly signed.
func entryAttacks() []attack {
	typed := func(flag byte, link string) func(k *kit) []byte {
		return func(k *kit) []byte { return k.pack(k.typed("policies/z.rego", flag, link)) }
	}
	headed := func(change func(h *tar.Header)) func(k *kit) []byte {
		return func(k *kit) []byte {
			p := k.honest()
			change(&p.entries[1])
			return k.pack(p)
		}
	}
	return []attack{
		{name: "symbolic link", reason: refusal.EntryType, opa: accepts, build: typed(tar.TypeSymlink, "/etc/passwd")},
		{name: "hard link", reason: refusal.EntryType, opa: accepts, build: typed(tar.TypeLink, "policies/a/a.rego")},
		{name: "device of characters", reason: refusal.EntryType, opa: accepts, build: typed(tar.TypeChar, "")},
		{name: "device of blocks", reason: refusal.EntryType, opa: accepts, build: typed(tar.TypeBlock, "")},
		{name: "pipe", reason: refusal.EntryType, opa: accepts, build: typed(tar.TypeFifo, "")},
		{name: "folder", reason: refusal.EntryType, opa: accepts, build: typed(tar.TypeDir, "")},
		{name: "unknown type of entry", reason: refusal.EntryType, opa: accepts, build: typed('Z', "")},
		{name: "file through a symbolic link", reason: refusal.EntryType, opa: accepts, build: func(k *kit) []byte {
			p := k.typed("policies/z", tar.TypeSymlink, "/tmp")
			k.reseal(p.add("policies/z/x.rego", "package lib.onelayer.policies.a\n"))
			return k.pack(p)
		}},
		{name: "extended header", reason: refusal.EntryType, opa: accepts,
			build: headed(func(h *tar.Header) { h.Format, h.PAXRecords = tar.FormatPAX, map[string]string{"VENDOR.x": "y"} })},
		{name: "long name of GNU", reason: refusal.EntryType, opa: accepts, build: func(k *kit) []byte {
			p := k.honest().add("policies/"+strings.Repeat("z", 120)+".rego", "package lib.onelayer.policies.a\n")
			p.entries[len(p.entries)-1].Format = tar.FormatGNU
			return k.pack(k.reseal(p))
		}},
		{name: "entry twice, the same", reason: refusal.DuplicateEntry, build: func(k *kit) []byte {
			p := k.honest()
			return k.pack(p.insert("policies/a/a.rego", string(p.data[len(p.data)-1])))
		}},
		{name: "entry twice, the first one evil", reason: refusal.DuplicateEntry, build: func(k *kit) []byte {
			p := k.honest()
			listed := p.files()
			return k.pack(p.insert("policies/a/a.rego", "package lib.onelayer.policies.a\n").claim("files", listed))
		}},
		{name: "entry twice, the last one evil", reason: refusal.DuplicateEntry, build: func(k *kit) []byte {
			p := k.honest()
			listed := p.files()
			return k.pack(p.add("policies/a/a.rego", "package lib.onelayer.policies.a\n").claim("files", listed))
		}},
		{name: "entries in another order", reason: refusal.EntryOrder, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			p.entries[1], p.entries[2], p.data[1], p.data[2] = p.entries[2], p.entries[1], p.data[2], p.data[1]
			return k.pack(p)
		}},
		{name: "signatures among the files", reason: refusal.EntryOrder, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			signatures := k.sign(p, compress(k.t, k.tar(p)))
			p.unsigned = true
			return k.pack(p.insert(".signatures.json", string(signatures)))
		}},
		{name: "program", reason: refusal.EntryHeader, opa: accepts, build: headed(func(h *tar.Header) { h.Mode = 0o755 })},
		{name: "setuid", reason: refusal.EntryHeader, opa: accepts, build: headed(func(h *tar.Header) { h.Mode = 0o4755 })},
		{name: "owner", reason: refusal.EntryHeader, opa: accepts, build: headed(func(h *tar.Header) { h.Uname = "root" })},
		{name: "owner by number", reason: refusal.EntryHeader, opa: accepts, build: headed(func(h *tar.Header) { h.Uid = 1000 })},
		{name: "target of a link on a plain file", reason: refusal.EntryHeader, opa: accepts, build: headed(func(h *tar.Header) { h.Linkname = "x" })},
		{name: "times that differ", reason: refusal.EntryHeader, opa: accepts, build: headed(func(h *tar.Header) { h.ModTime = time.Unix(5, 0) })},
		{name: "wrong checksum of a header", reason: refusal.EntryHeader, build: func(k *kit) []byte {
			return k.changed(k.honest(), func(text string) string { return text[:148] + "7" + text[149:] })
		}},
		{name: "text behind the end of a file", reason: refusal.EntryHeader, opa: accepts, build: func(k *kit) []byte {
			return k.changed(k.honest(), func(text string) string { return text[:len(text)-1] + "x" })
		}},
		{name: "half a block", reason: refusal.Truncated, build: func(k *kit) []byte {
			return k.changed(k.honest(), func(text string) string { return text + "x" })
		}},
		{name: "empty block between entries", reason: refusal.EntryType, build: func(k *kit) []byte {
			return k.changed(k.honest(), func(text string) string { return text + strings.Repeat("\x00", 512) + text[:1024] })
		}},
		{name: "size that the archive does not hold", reason: refusal.Truncated, build: func(k *kit) []byte {
			p := k.honest()
			return k.changed(p, func(text string) string {
				short := parts{entries: []tar.Header{plain("policies/z.rego", 0)}, data: [][]byte{nil}}
				return text + resized(k.tar(&short), 100_000)
			})
		}},
	}
}

// typed is the honest bundle with one more entry that is no plain file.
func (k *kit) typed(name string, flag byte, link string) *parts {
	p := k.honest()
	header := plain(name, 0)
	header.Typeflag, header.Linkname = flag, link
	if flag == 'Z' {
		header.Typeflag = tar.TypeReg
	}
	p.entries, p.data = append(p.entries, header), append(p.data, nil)
	if flag == 'Z' {
		return k.retyped(p)
	}
	return p
}
