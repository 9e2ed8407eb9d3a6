package decode_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/source/decode"
)

const manifest = `# licence
---
# about
apiVersion: apps/v1
metadata:
  name: "web"   # the name
  labels: {app: web, "tier": front}
  note: several words
    over two lines

spec:
  containers:
  - name: app
    command: ["sh", "-c"]
    args:
      - |
        echo hello
        # no comment

        exec node server.js

    ports:
    - containerPort: 8080
  -
    name: größe
    image: 'it''s'
  empty:
  8080: number
  yes: word
base: &base {a: 1, b: 2}
other:
  <<: *base
  b: 3
alias: *base
folded: >-
  one
  two
`

func at(line, column, end int) string { return fmt.Sprintf("%d:%d-%d", line, column, end) }

func TestPositionsLocate(t *testing.T) {
	docs, errs := decode.Documents([]byte("first: 1\n---\n"+manifest), decode.Limits{})
	require.Empty(t, errs)
	require.Len(t, docs, 2)
	p := docs[1].Positions()
	for _, tc := range []struct {
		path        []any
		value, key  string
		first, last int
		exists      bool
	}{
		{[]any{}, "6:1-0", "6:1-0", 6, 39, true},
		{[]any{"metadata", "name"}, "8:9-14", "8:3-7", 8, 8, true},
		{[]any{"metadata", "labels"}, "9:11-36", "9:3-9", 9, 9, true},
		{[]any{"metadata", "labels", "app"}, "9:17-20", "9:12-15", 9, 9, true},
		{[]any{"metadata", "labels", "tier"}, "9:30-35", "9:22-28", 9, 9, true},
		{[]any{"metadata", "labels", "absent", "deeper"}, "9:11-36", "9:3-9", 9, 9, false},
		{[]any{"metadata", "note"}, "10:9-0", "10:3-7", 10, 11, true},
		{[]any{"spec"}, "14:3-0", "13:1-5", 13, 31, true},
		{[]any{"spec", "containers"}, "15:3-0", "14:3-13", 14, 28, true},
		{[]any{"spec", "containers", 0}, "15:5-0", "15:5-0", 15, 25, true},
		{[]any{"spec", "containers", 0, "command"}, "16:14-26", "16:5-12", 16, 16, true},
		{[]any{"spec", "containers", 0, "command", 1}, "16:21-25", "16:21-25", 16, 16, true},
		{[]any{"spec", "containers", 0, "args", 0}, "18:9-0", "18:9-0", 18, 22, true},
		{[]any{"spec", "containers", 0, "ports", 0, "containerPort"}, "25:22-26", "25:7-20", 25, 25, true},
		{[]any{"spec", "containers", 1}, "27:5-0", "27:5-0", 26, 28, true},
		{[]any{"spec", "containers", 1, "name"}, "27:11-16", "27:5-9", 27, 27, true},
		{[]any{"spec", "containers", 1, "image"}, "28:12-19", "28:5-10", 28, 28, true},
		{[]any{"spec", "containers", 2}, "15:3-0", "14:3-13", 14, 28, false},
		{[]any{"spec", "empty"}, "29:9-0", "29:3-8", 29, 29, true},
		{[]any{"spec", "8080"}, "30:9-15", "30:3-7", 30, 30, true},
		{[]any{"spec", "true"}, "31:8-12", "31:3-6", 31, 31, true},
		{[]any{"other", "a"}, "32:17-18", "32:14-15", 32, 32, true},
		{[]any{"other", "b"}, "35:6-7", "35:3-4", 35, 35, true},
		{[]any{"alias"}, "36:8-13", "36:1-6", 36, 36, true},
		{[]any{"alias", "b"}, "32:23-24", "32:20-21", 32, 32, true},
		{[]any{"folded"}, "37:9-0", "37:1-7", 37, 39, true},
	} {
		t.Run(fmt.Sprint(tc.path...), func(t *testing.T) {
			assert.Equal(t, tc.value, at(p.Locate(tc.path)), "value")
			assert.Equal(t, tc.key, at(p.LocateKey(tc.path)), "key")
			first, last := p.Range(tc.path)
			assert.Equal(t, [2]int{tc.first, tc.last}, [2]int{first, last}, "range")
			assert.Equal(t, tc.exists, p.Exists(tc.path))
		})
	}
}

func TestPositionsOfJSON(t *testing.T) {
	docs, errs := decode.Documents([]byte("{\"a\": 1} {\"b\":\n\t[\"ü\\\"\", {\"c\\/d\": \"\\ud83d\\ude00\"}, null]}\n"), decode.Limits{})
	require.Empty(t, errs)
	require.Len(t, docs, 2)
	first, second := docs[0].Positions(), docs[1].Positions()
	assert.Equal(t, "1:7-8", at(first.Locate([]any{"a"})))
	assert.Equal(t, "1:10-0", at(second.Locate(nil)))
	assert.Equal(t, "1:11-14", at(second.LocateKey([]any{"b"})))
	assert.Equal(t, "2:2-41", at(second.Locate([]any{"b"})))
	assert.Equal(t, "2:3-8", at(second.Locate([]any{"b", 0})))
	assert.Equal(t, "2:19-33", at(second.Locate([]any{"b", 1, "c/d"})))
	assert.Equal(t, "2:36-40", at(second.Locate([]any{"b", 2})))
}

func TestPositionsWithOddLineBreaks(t *testing.T) {
	docs, errs := decode.Documents([]byte("a: 1\r\nb: \"x\u2028\u2028y\"\r\nc: [\r\n  2,\r\n  ü,  3]\r\n"), decode.Limits{})
	require.Empty(t, errs)
	p := docs[0].Positions()
	assert.Equal(t, "2:4-10", at(p.Locate([]any{"b"})))
	assert.Equal(t, "3:4-0", at(p.Locate([]any{"c"})))
	assert.Equal(t, "5:7-8", at(p.Locate([]any{"c", 2})))
	first, last := p.Range([]any{"c"})
	assert.Equal(t, [2]int{3, 5}, [2]int{first, last})
}

func TestPositionsOfNothing(t *testing.T) {
	var p decode.Positions
	assert.Equal(t, "1:1-0", at(p.Locate([]any{"a"})))
	assert.False(t, p.Exists(nil))
	broken := decode.Doc{Raw: []byte("a: [\n\n"), Line: 7}.Positions()
	assert.Equal(t, "7:1-0", at(broken.Locate([]any{"a", 0})))
	first, last := broken.Range(nil)
	assert.Equal(t, [2]int{7, 8}, [2]int{first, last})
}

func TestPositionsEndRecursion(t *testing.T) {
	p := decode.Doc{Raw: []byte("a: &x\n  <<: *x\n  b: *x\n"), Line: 1}.Positions()
	assert.False(t, p.Exists([]any{"a", "none"}))
	assert.True(t, p.Exists([]any{"a", "b", "b", "b"}))
}

func TestComments(t *testing.T) {
	text := `# onelayer:ignore whole -- before the marker
---
# onelayer:ignore whole until=2030-01-01 owner=me -- why
kind: x # onelayer:ignore line
spec: # onelayer:ignore all of spec
  # onelayer:ignore the list
  containers:
  # onelayer:ignore the item
  - name: a # onelayer:ignore the name
    script: | # onelayer:ignore the script
      echo # onelayer:ignore no comment
      # onelayer:ignore no comment
    # onelayer:ignore the list of args
    args: [x, # onelayer:ignore one item
      "y # onelayer:ignore no",
      z]   # onelayer:ignore last item
  - text: a#onelayer:ignore no
    url: 'x # onelayer:ignore no' # see: onelayer:ignore yes
    plain: words # onelayer:ignore plain
# onelayer:ignore the end
`
	docs, errs := decode.Documents([]byte(text), decode.Limits{})
	require.Empty(t, errs)
	var got []string
	for _, d := range docs {
		for _, c := range d.Comments() {
			got = append(got, fmt.Sprintf("%d %s %d-%d", c.Line, c.Text, c.From, c.To))
		}
	}
	assert.Equal(t, []string{
		"1 onelayer:ignore whole -- before the marker 1-19",
		"3 onelayer:ignore whole until=2030-01-01 owner=me -- why 3-19",
		"4 onelayer:ignore line 4-4",
		"5 onelayer:ignore all of spec 5-19",
		"6 onelayer:ignore the list 7-19",
		"8 onelayer:ignore the item 9-16",
		"9 onelayer:ignore the name 9-9",
		"10 onelayer:ignore the script 10-12",
		"13 onelayer:ignore the list of args 14-16",
		"14 onelayer:ignore one item 14-14",
		"16 onelayer:ignore last item 16-16",
		"18 onelayer:ignore yes 18-18",
		"19 onelayer:ignore plain 19-19",
		"20 onelayer:ignore the end 20-20",
	}, got)
	assert.Empty(t, decode.Doc{Raw: []byte("a: 1"), Line: 1}.Comments())
}

func TestPositionsThroughMergesAndOddKeys(t *testing.T) {
	docs, errs := decode.Documents([]byte("a: &a {x: 1}\nb: &b {x: 2, w: 3}\nc:\n  x: 0\n  <<: [*a, *b]\n1.50: z\n.inf: w\n0x10: v\n"), decode.Limits{})
	require.Empty(t, errs)
	assert.Equal(t, `{".inf": "w", "1.5": "z", "16": "v", "a": {"x": 1}, "b": {"w": 3, "x": 2}, "c": {"w": 3, "x": 1}}`, docs[0].Value.String())
	p := docs[0].Positions()
	assert.Equal(t, "1:11-12", at(p.Locate([]any{"c", "x"})), "a merge behind a key wins, and its first mapping")
	assert.Equal(t, "2:17-18", at(p.Locate([]any{"c", "w"})))
	assert.Equal(t, "6:7-8", at(p.Locate([]any{"1.5"})))
	assert.Equal(t, "7:7-8", at(p.Locate([]any{".inf"})))
	assert.Equal(t, "8:7-8", at(p.Locate([]any{"16"})))
	assert.Equal(t, "1:4-13", at(p.Locate([]any{"a", json.Number("0")})))
}
