package decode

import (
	"bytes"
	"sort"
	"strings"

	node "go.yaml.in/yaml/v3"
)

// Waiver is the word that makes a comment one of ours.
const Waiver = "onelayer:ignore"

// Comment is a comment that holds the word of a waiver.
type Comment struct {
	// Line is the 1-based line of the comment in the file.
	Line int
	// Text is the comment from the word on.
	Text string
	// From and To are the first and last line that the comment covers.
	From, To int
}

// Comments gives the comments of a document that hold a waiver. A comment behind something covers what begins on its
// line. A comment of its own covers the entry or item that follows; in front of the first one, the whole document.
func (d Doc) Comments() []Comment {
	if d.JSON || !bytes.Contains(d.Raw, []byte(Waiver)) {
		return nil
	}
	c := commenter{positions: d.Positions()}
	c.index()
	var comments []Comment
	raw := d.Raw
	for at := 0; ; {
		next := bytes.Index(raw[at:], []byte(Waiver))
		if next < 0 {
			return comments
		}
		word := at + next
		at = word + len(Waiver)
		if hash := c.hash(word); hash >= 0 {
			at = c.positions.text.lineEnd(word)
			comments = append(comments, c.comment(hash, word, at))
		}
	}
}

// span is a stretch of the text.
type span struct{ from, to int }

type commenter struct {
	positions *Positions
	scalars   []span // where a "#" is no comment, in order
	entries   []span // of entries and items, in the order of the text, outer ones first
}

// index notes where scalars, entries and items stand.
func (c *commenter) index() {
	p := c.positions
	if p.root == nil {
		return
	}
	c.scalar(p.root)
	walk(p.root, func(f finding) {
		if f.key != nil {
			c.scalar(f.key)
		}
		c.scalar(f.value)
		c.entries = append(c.entries, span{p.start(f), p.end(f.value)})
	})
	sort.Slice(c.scalars, func(i, j int) bool { return c.scalars[i].from < c.scalars[j].from })
	sort.SliceStable(c.entries, func(i, j int) bool { return c.entries[i].from < c.entries[j].from })
}

func (c *commenter) scalar(n *node.Node) {
	if n.Kind != node.ScalarNode {
		return
	}
	t := c.positions.text
	from := t.skipProperties(t.offset(n))
	if n.Style&blockScalar != 0 {
		from = min(t.lineEnd(from)+1, len(t.raw))
	}
	if to := t.end(n); to > from {
		c.scalars = append(c.scalars, span{from, to})
	}
}

// hash gives the offset of the "#" that begins the comment around a word, or -1 if the word stands in a value.
func (c *commenter) hash(word int) int {
	raw := c.positions.text.raw
	start := bytes.LastIndexByte(raw[:word], '\n') + 1
	for at := start; at < word; at++ {
		if raw[at] != '#' || at > start && raw[at-1] != ' ' && raw[at-1] != '\t' {
			continue
		}
		if !c.inScalar(at) {
			return at
		}
	}
	return -1
}

func (c *commenter) inScalar(at int) bool {
	i := sort.Search(len(c.scalars), func(i int) bool { return c.scalars[i].from > at })
	return i > 0 && at < c.scalars[i-1].to
}

func (c *commenter) comment(hash, word, end int) Comment {
	p := c.positions
	line, _ := p.absolute(hash)
	comment := Comment{Line: line, Text: strings.TrimSpace(string(p.text.raw[word:end])), From: line, To: line}
	before := bytes.TrimSpace(p.text.raw[bytes.LastIndexByte(p.text.raw[:hash], '\n')+1 : hash])
	if len(before) == 0 || string(before) == "---" {
		c.coverNext(&comment, hash)
	} else {
		c.coverLine(&comment, hash)
	}
	return comment
}

// coverNext lets a comment cover the entry or item that follows, or the whole document in front of the first one.
func (c *commenter) coverNext(comment *Comment, hash int) {
	next := sort.Search(len(c.entries), func(i int) bool { return c.entries[i].from > hash })
	switch {
	case next == len(c.entries):
	case next == 0:
		comment.From, comment.To = c.positions.Range(nil)
		comment.From = min(comment.From, comment.Line)
	default:
		comment.From, comment.To = c.lines(c.entries[next])
	}
}

// coverLine lets a comment cover the innermost entry or item that begins on its line.
func (c *commenter) coverLine(comment *Comment, hash int) {
	next := sort.Search(len(c.entries), func(i int) bool { return c.entries[i].from > hash })
	if next == 0 {
		return
	}
	if from, to := c.lines(c.entries[next-1]); from == comment.Line {
		comment.To = max(comment.Line, to)
	}
}

func (c *commenter) lines(s span) (from, to int) {
	from, _ = c.positions.absolute(s.from)
	to, _ = c.positions.absolute(max(s.from, s.to-1))
	return from, to
}
