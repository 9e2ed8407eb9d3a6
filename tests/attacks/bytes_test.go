package attacks

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strings"
)

// resized states another size in the header of an entry without writing more.
func resized(entry []byte, size int64) string {
	header := []byte(entry)
	copy(header[124:136], fmt.Sprintf("%011o\x00", size))
	return checksummed(header)
}

// checksummed writes the true checksum into a header.
func checksummed(header []byte) string {
	copy(header[148:156], "        ")
	sum := 0
	for _, b := range header[:512] {
		sum += int(b)
	}
	copy(header[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return string(header)
}

// changed packs the attack with a change of its tar text; the signature is over the changed bytes.
func (k *kit) changed(p *parts, change func(text string) string) []byte {
	body := compress(k.t, []byte(change(string(k.tar(p)))))
	return append(body, k.tail(k.sign(p, body))...)
}

// flagged gives the last entry another type.
func (k *kit) flagged(p *parts, flag byte) *parts {
	last := len(p.entries) - 1
	size := 512 + (len(p.data[last])+511)/512*512
	p.body = func([]byte) []byte {
		text := k.tar(p)
		at := len(text) - size
		text[at+156] = flag
		return compress(k.t, []byte(string(text[:at])+checksummed(text[at:])))
	}
	return p
}

// retyped is flagged for a type that nobody knows.
func (k *kit) retyped(p *parts) *parts {
	listed := p.files()
	return k.flagged(p, 'Z').claim("files", listed[:len(listed)-1])
}

// unicode is the honest bundle with a name that is not ASCII.
func (k *kit) unicode(name string) []byte {
	p := k.honest().insert(name, "package lib.onelayer.policies.a\n")
	for i := range p.entries {
		if p.entries[i].Name == name {
			p.entries[i].Format = 0
		}
	}
	return k.pack(k.reseal(p))
}

// stored writes a gzip member of stored blocks.
func stored(text string) []byte {
	out := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}
	return append(blocks(out, text, 0xffff), trailer(text)...)
}

// split stores an honest tail in blocks of a hundred bytes.
func split(tail []byte) []byte {
	var text strings.Builder
	for rest := tail[10 : len(tail)-8]; len(rest) > 0; {
		size := int(binary.LittleEndian.Uint16(rest[1:]))
		text.Write(rest[5 : 5+size])
		rest = rest[5+size:]
	}
	return append(blocks(tail[:10:10], text.String(), 100), trailer(text.String())...)
}

func blocks(out []byte, text string, most int) []byte {
	for {
		block := text[:min(len(text), most)]
		text = text[len(block):]
		last := byte(0)
		if text == "" {
			last = 1
		}
		out = binary.LittleEndian.AppendUint16(append(out, last), uint16(len(block)))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(len(block)))
		out = append(out, block...)
		if last == 1 {
			return out
		}
	}
}

func trailer(text string) []byte {
	out := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text)))
	return binary.LittleEndian.AppendUint32(out, uint32(len(text)))
}

// noise is text that does not compress much, always the same for a size.
func noise(size int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	source := rand.New(rand.NewPCG(1, uint64(size)))
	text := make([]byte, size)
	for i := range text {
		text[i] = alphabet[source.IntN(len(alphabet))]
	}
	return string(text)
}
