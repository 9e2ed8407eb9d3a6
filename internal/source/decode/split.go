package decode

import "bytes"

// chunk is the text of one document of a stream.
type chunk struct {
	raw    []byte
	line   int // 1-based line on which raw begins
	offset int
}

// splitter cuts a YAML stream at its document markers, as kubectl does, and leaves out chunks without content.
//
// A line "---", alone or with a comment, separates. A line "--- text" begins a document and belongs to it. A line "..."
// ends one. Comments and directives in front of the first marker, or after "...", belong to the document that follows.
type splitter struct {
	data   []byte
	offset int // of the next line to read
	line   int // 1-based number of the next line to read
	chunk  chunk
}

func newSplitter(data []byte) *splitter {
	s := &splitter{data: data, line: 1}
	if bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) {
		s.offset = 3
	}
	return s
}

// next finds the next document that has content.
func (s *splitter) next() bool {
	for s.offset < len(s.data) {
		if s.scan() {
			return true
		}
	}
	return false
}

// scan reads one chunk and tells whether it has content.
func (s *splitter) scan() bool {
	start, line := s.offset, s.line
	content, opened := false, false
	for s.offset < len(s.data) {
		text := s.peek()
		switch marker(text) {
		case markerNone:
			content = content || hasContent(text)
		case markerEnd:
			return s.cut(start, line, s.advance(text), content)
		case markerStart:
			if content || opened {
				return s.cut(start, line, s.offset, content)
			}
			opened = true
			inline := bytes.TrimSpace(text[len("---"):])
			content = len(inline) > 0 && inline[0] != '#'
			if dropped(text, inline, s.data[start:s.offset]) {
				s.advance(text)
				start, line = s.offset, s.line
				continue
			}
		}
		s.advance(text)
	}
	return s.cut(start, line, s.offset, content)
}

// cut sets the chunk to what lies between start and end.
func (s *splitter) cut(start, line, end int, content bool) bool {
	s.chunk = chunk{raw: s.data[start:end:end], line: line, offset: start}
	return content
}

// peek gives the next line, with its line break.
func (s *splitter) peek() []byte {
	rest := s.data[s.offset:]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		return rest[:end+1]
	}
	return rest
}

// advance consumes a line and gives the offset at which it began.
func (s *splitter) advance(text []byte) int {
	at := s.offset
	s.offset += len(text)
	s.line++
	return at
}

const (
	markerNone = iota
	markerStart
	markerEnd
)

// marker classifies a line.
func marker(text []byte) int {
	if len(text) < 3 || text[0] != '-' && text[0] != '.' {
		return markerNone
	}
	blank := len(text) == 3 || text[3] == ' ' || text[3] == '\t' || text[3] == '\r' || text[3] == '\n'
	switch {
	case string(text[:3]) == "---" && (blank || text[3] == '#'):
		return markerStart
	case string(text[:3]) == "..." && blank:
		return markerEnd
	}
	return markerNone
}

// dropped tells that the document begins after its marker line: nothing stands on or before it, or it is one like
// "---#", which only kubectl takes for a marker.
func dropped(text, inline, before []byte) bool {
	return len(inline) == 0 && len(bytes.TrimSpace(before)) == 0 || bytes.HasPrefix(text, []byte("---#"))
}

// hasContent tells whether a line holds more than blanks, a comment or a directive.
func hasContent(text []byte) bool {
	for i, c := range text {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '#':
			return false
		case '%':
			return i > 0
		}
		return true
	}
	return false
}
