package attacks

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/refusal"
)

// packingAttacks are about the two gzip members, and about what is no archive.
func packingAttacks() []attack {
	raw := func(text string) func(k *kit) []byte { return func(*kit) []byte { return []byte(text) } }
	body := func(change func(text []byte) []byte) func(k *kit) []byte {
		return func(k *kit) []byte {
			p := k.honest()
			p.body = change
			return k.pack(p)
		}
	}
	tail := func(change func(text []byte) []byte) func(k *kit) []byte {
		return func(k *kit) []byte {
			p := k.honest()
			p.tail = change
			return k.pack(p)
		}
	}
	return []attack{
		{name: "nothing", reason: refusal.NotArchive, build: raw("")},
		{name: "a page instead of a bundle", reason: refusal.NotArchive, build: raw("<html>503</html>")},
		{name: "tar without gzip", reason: refusal.NotArchive, build: func(k *kit) []byte { return k.tar(k.honest()) }},
		{name: "gzip without tar", reason: refusal.Truncated, build: func(k *kit) []byte {
			return append(compress(k.t, []byte("hello")), k.tail(nil)...)
		}},
		{name: "cut in the middle", reason: refusal.Truncated, build: func(k *kit) []byte {
			text := k.pack(k.honest())
			return text[:200]
		}},
		{name: "cut before the signatures", reason: refusal.Truncated, build: tail(func([]byte) []byte { return nil })},
		{name: "cut within the signatures", reason: refusal.Truncated, build: tail(func(text []byte) []byte { return text[:300] })},
		{name: "cut checksum at the end", reason: refusal.Gzip, opa: accepts, build: tail(func(text []byte) []byte { return text[:len(text)-8] })},
		{name: "wrong checksum of the first member", reason: refusal.Gzip,
			build: body(func(text []byte) []byte { text[len(text)-8] ^= 1; return text })},
		{name: "wrong length of the first member", reason: refusal.Gzip,
			build: body(func(text []byte) []byte { text[len(text)-1] ^= 1; return text })},
		{name: "text behind the archive", reason: refusal.Trailing, opa: accepts, build: tail(func(text []byte) []byte { return append(text, "hello"...) })},
		{name: "third member", reason: refusal.Trailing, opa: accepts, build: func(k *kit) []byte {
			other := k.honest()
			other.replace("policies/a/a.rego", "always", "never!")
			return append(k.pack(k.honest()), compress(k.t, k.tar(other))...)
		}},
		{name: "time in the gzip header", reason: refusal.Gzip, opa: accepts, build: body(func(text []byte) []byte { text[4] = 1; return text })},
		{name: "flags in the gzip header", reason: refusal.Gzip, opa: accepts, build: func(k *kit) []byte { return k.gzipHeader() }},
		{name: "signatures compressed", reason: refusal.Trailing, opa: accepts, build: func(k *kit) []byte {
			p := k.honest()
			p.tail = func(text []byte) []byte {
				reader, err := gzip.NewReader(bytes.NewReader(text))
				require.NoError(k.t, err)
				var plain bytes.Buffer
				_, err = plain.ReadFrom(reader)
				require.NoError(k.t, err)
				return compress(k.t, plain.Bytes())
			}
			return k.pack(p)
		}},
		{name: "signatures stored in more blocks than needed", reason: refusal.Gzip, opa: accepts, build: tail(split)},
		{name: "more behind the end of the archive", reason: refusal.EntryType, opa: accepts, build: func(k *kit) []byte {
			return k.longTail(strings.Repeat("\x00", 512))
		}},
		{name: "entry behind the signatures", reason: refusal.EntryOrder, build: func(k *kit) []byte {
			p := (&parts{}).add("policies/b.rego", "package lib.onelayer.policies.a\n")
			return k.longTail(string(k.tar(p)))
		}},
		{name: "file of signatures that is empty", reason: refusal.Empty, build: func(k *kit) []byte {
			p := k.honest()
			p.signatures = []byte{}
			return k.pack(p)
		}},
		{name: "bundle by opa build", reason: refusal.Gzip, opa: accepts, build: (*kit).foreign},
	}
}

// resourceAttacks cost memory or time. They are tried on onelayer's verifier only.
func resourceAttacks() []attack {
	return []attack{
		{name: "zeros that compress a thousand times", reason: refusal.Ratio, opa: untried, build: func(k *kit) []byte {
			return compress(k.t, make([]byte, 64<<20))
		}},
		{name: "many files under the limit", reason: refusal.Ratio, opa: untried, build: func(k *kit) []byte {
			p := k.honest()
			for i := range 100 {
				p.add(fmt.Sprintf("z/%04d.rego", i), strings.Repeat("#", 1<<20))
			}
			return k.pack(p)
		}},
		{name: "file over the limit", reason: refusal.TooLarge, opa: untried, build: func(k *kit) []byte {
			return k.pack(k.honest().add("z.rego", noise(3<<20)))
		}},
		{name: "sum over the limit", reason: refusal.TooLarge, opa: untried, build: func(k *kit) []byte {
			p := k.honest()
			for i := range 17 {
				p.add(fmt.Sprintf("z/%04d.rego", i), strings.Repeat(noise(32<<10), 32)[:1<<20])
			}
			return k.pack(p)
		}},
		{name: "size of a GiB in a header", reason: refusal.TooLarge, opa: untried, build: func(k *kit) []byte {
			short := parts{entries: []tar.Header{plain("policies/z.rego", 0)}, data: [][]byte{nil}}
			return k.changed(k.honest(), func(text string) string { return text + resized(k.tar(&short), 1<<30) })
		}},
		{name: "sparse file of GNU", reason: refusal.EntryType, opa: untried, build: func(k *kit) []byte {
			p := k.honest().add("z.rego", "")
			return k.pack(k.flagged(p, 'S'))
		}},
		{name: "sparse file of PAX", reason: refusal.EntryType, opa: untried, build: func(k *kit) []byte {
			p := k.honest().add("x", "30 GNU.sparse.size=3221225472\n")
			return k.pack(k.flagged(p, 'x'))
		}},
		{name: "huge extended header", reason: refusal.EntryType, opa: untried, build: func(k *kit) []byte {
			p := k.honest().add("x", noise(1<<20))
			return k.pack(k.flagged(p, 'x'))
		}},
		{name: "a hundred thousand entries", reason: refusal.TooMany, opa: untried, build: func(k *kit) []byte {
			p := &parts{unsigned: true}
			for i := range 5000 {
				p.add(fmt.Sprintf("z/%06d.rego", i), noise(64+i%400))
			}
			return k.pack(p)
		}},
		{name: "archive over the limit", reason: refusal.TooLarge, opa: untried, build: func(k *kit) []byte { return []byte(noise(5 << 20)) }},
		{name: "manifest of a MiB", reason: refusal.TooLarge, opa: untried, build: func(k *kit) []byte {
			p := k.honest()
			p.data[0] = []byte(`{"metadata":"` + noise(1<<20) + `"}`)
			p.entries[0].Size = int64(len(p.data[0]))
			return k.pack(p)
		}},
		{name: "thousands of roots", reason: refusal.Roots, opa: untried, build: func(k *kit) []byte {
			roots := make([]string, 2000)
			for i := range roots {
				roots[i] = fmt.Sprintf("r%05d", i)
			}
			return k.rooted(canonical(roots))
		}},
		{name: "deep JSON in the manifest", reason: refusal.JSONDepth, opa: untried, build: func(k *kit) []byte {
			return k.manifested(`{"metadata":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}`)
		}},
		{name: "number with a huge exponent", reason: refusal.JSONShape, opa: untried, build: func(k *kit) []byte {
			return k.manifested(`{"metadata":{"library":"","name":"","target":""},"rego_version":1e999999999,"revision":"","roots":[]}`)
		}},
		{name: "aliases of YAML", reason: refusal.JSONSyntax, opa: untried, build: func(k *kit) []byte {
			return k.manifested("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
		}},
		{name: "signatures of two MiB", reason: refusal.Gzip, opa: untried, build: func(k *kit) []byte {
			p := k.honest()
			p.signatures = []byte(`{"signatures":["` + noise(3<<20) + `"]}`)
			return k.pack(p)
		}},
		{name: "signatures over their limit", reason: refusal.TooLarge, opa: untried, build: func(k *kit) []byte {
			p := k.honest()
			p.signatures = []byte(`{"signatures":["` + noise(1<<20) + `"]}`)
			return k.pack(p)
		}},
	}
}

// foreign is what opa build and opa sign write: one member, other headers.
func (k *kit) foreign() []byte {
	p := k.honest()
	p.add(".signatures.json", string(k.sign(p, nil)))
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err := writer.Write(append(k.tar(p), make([]byte, 1024)...))
	require.NoError(k.t, err)
	require.NoError(k.t, writer.Close())
	return out.Bytes()
}

// gzipHeader is the honest archive with a comment in its header, signed over its new bytes.
func (k *kit) gzipHeader() []byte {
	p := k.honest()
	var out bytes.Buffer
	writer, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	require.NoError(k.t, err)
	writer.Comment = "hello"
	_, err = writer.Write(k.tar(p))
	require.NoError(k.t, err)
	require.NoError(k.t, writer.Close())
	return append(out.Bytes(), k.tail(k.sign(p, out.Bytes()))...)
}

// longTail puts more into the second member, behind the signatures.
func (k *kit) longTail(more string) []byte {
	p := k.honest()
	body := compress(k.t, k.tar(p))
	tail := (&parts{}).add(".signatures.json", string(k.sign(p, body)))
	return append(body, stored(string(k.tar(tail))+more+strings.Repeat("\x00", 1024))...)
}

// manifested is the honest bundle with any text for a manifest.
func (k *kit) manifested(text string) []byte {
	p := k.honest()
	k.setManifest(p, text)
	return k.pack(p)
}

func TestForeignBundleIsHonest(t *testing.T) {
	k := newKit(t, "ES256")
	require.NoError(t, k.opa(k.foreign(), k.strict()))
}
