package server

import (
	"strconv"
	"strings"
	"time"
)

// noneMatch tells whether a tag is among those of If-None-Match headers: a list, tags that are weak, or * for any
// (RFC 9110, 13.1.2). OPA sends lists: its current tag and those that it had before.
func noneMatch(headers []string, etag string) bool {
	for _, header := range headers {
		if strings.TrimSpace(header) == "*" {
			return true
		}
		for rest := header; rest != ""; {
			var tag string
			if tag, rest = nextTag(rest); tag == etag {
				return true
			}
		}
	}
	return false
}

// nextTag cuts the first tag off a list; a tag may hold commas. What is no tag is left out up to the next comma.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimLeft(list, ", \t")
	list = strings.TrimPrefix(list, "W/")
	if !strings.HasPrefix(list, `"`) {
		_, rest, _ = strings.Cut(list, ",")
		return "", rest
	}
	end := strings.IndexByte(list[1:], '"')
	if end < 0 {
		return "", ""
	}
	return list[:end+2], list[end+2:]
}

// preferredWait reads how long a client wants to wait for something new, from Prefer headers (RFC 7240). OPA writes wait
// as a parameter of another preference, "modes=snapshot,delta;wait=30". The first one counts; one that makes no sense is none.
func preferredWait(headers []string, most time.Duration) time.Duration {
	for _, header := range headers {
		for word := range strings.FieldsFuncSeq(header, func(r rune) bool { return r == ',' || r == ';' }) {
			name, value, found := strings.Cut(word, "=")
			if !found || !strings.EqualFold(strings.TrimSpace(name), "wait") {
				continue
			}
			seconds, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(value), `"`), 10, 31)
			if err != nil {
				return 0
			}
			return min(time.Duration(seconds)*time.Second, most)
		}
	}
	return 0
}
