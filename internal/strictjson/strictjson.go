// Package strictjson reads JSON that somebody signs: one text has one meaning, and one meaning has one text.
//
// It owns the canonical form and refuses every other one, so that what is verified is what is read. It must not know what
// the documents are about.
//
// The canonical form is what Marshal writes: keys in the order of their bytes, no space, no escape that is not needed, no
// text behind the value. https://www.rfc-editor.org/rfc/rfc8785 is stricter about numbers; here a number is written as
// encoding/json writes the type that it is read into.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/onelayer/onelayer/internal/refusal"
)

// MaxDepth is how deep arrays and objects may stand in each other.
const MaxDepth = 32

// Marshal writes a value in its canonical form.
func Marshal(value any) ([]byte, error) {
	text, err := encode(value)
	if err != nil {
		return nil, err
	}
	// Fields of a struct come in their own order; a map is written sorted.
	var free any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&free); err != nil {
		return nil, fmt.Errorf("read JSON back: %w", err)
	}
	return encode(free)
}

func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Unmarshal reads canonical JSON into a value; what names the document in errors. It refuses fields that the type of the
// value does not have.
func Unmarshal(what string, text []byte, value any) error {
	if err := walk(what, text); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(value); err != nil {
		return refusal.New(refusal.JSONShape, "%s: %s", what, problem(err))
	}
	canonical, err := Marshal(value)
	if err != nil {
		return err
	}
	if !bytes.Equal(canonical, text) {
		return refusal.New(refusal.JSONNotCanonical, "%s differs from its canonical form at byte %d", what, difference(canonical, text))
	}
	return nil
}

// Lenient reads JSON of others, which needs no canonical form and may have fields that the type of the value does not have:
// it refuses duplicate keys, depth, and what stands behind the document. Give it bytes whose signature is verified, or whose
// meaning a signature decides.
func Lenient(what string, text []byte, value any) error {
	if err := walk(what, text); err != nil {
		return err
	}
	if err := json.Unmarshal(text, value); err != nil {
		return refusal.New(refusal.JSONShape, "%s: %s", what, problem(err))
	}
	return nil
}

func difference(a, b []byte) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	return same
}

// walk reads every token once: it knows duplicate keys, depth and what stands behind the value, and keeps nothing.
func walk(what string, text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	w := &walker{decoder: decoder, what: what}
	if err := w.value(0); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return refusal.New(refusal.JSONTrailing, "%s: something stands behind the document at byte %d", what, decoder.InputOffset())
	}
	return nil
}

type walker struct {
	decoder *json.Decoder
	what    string
}

func (w *walker) value(depth int) error {
	token, err := w.token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	if depth >= MaxDepth {
		return refusal.New(refusal.JSONDepth, "%s is nested more than %d deep at byte %d", w.what, MaxDepth, w.decoder.InputOffset())
	}
	keys := map[string]bool{}
	for w.decoder.More() {
		if delim == '{' {
			if err := w.key(keys); err != nil {
				return err
			}
		}
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	_, err = w.token()
	return err
}

func (w *walker) key(seen map[string]bool) error {
	token, err := w.token()
	if err != nil {
		return err
	}
	key, ok := token.(string)
	if !ok {
		return refusal.New(refusal.JSONSyntax, "%s: a key is no string at byte %d", w.what, w.decoder.InputOffset())
	}
	if seen[key] {
		return refusal.New(refusal.JSONDuplicateKey, "%s: key %s stands twice, the second time at byte %d", w.what, short(key), w.decoder.InputOffset())
	}
	seen[key] = true
	return nil
}

func (w *walker) token() (json.Token, error) {
	token, err := w.decoder.Token()
	if err != nil {
		return nil, refusal.New(refusal.JSONSyntax, "%s is no JSON at byte %d: %s", w.what, w.decoder.InputOffset(), problem(err))
	}
	return token, nil
}

// problem keeps a message short, whatever text it quotes.
func problem(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return clip(err.Error())
}

// short quotes a text that may be hostile.
func short(text string) string { return strconv.QuoteToASCII(clip(text)) }

func clip(text string) string {
	const most = 120
	if len(text) > most {
		return text[:most] + ".."
	}
	return text
}
