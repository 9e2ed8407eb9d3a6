package decode

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// kind is what a plain scalar resolves to.
type kind byte

const (
	kindString kind = iota
	kindNull
	kindBool
	kindInt
	kindUint
	kindFloat
)

// resolved is the value of a plain scalar; the field of its kind is set.
type resolved struct {
	kind  kind
	bool  bool
	int   int64
	uint  uint64
	float float64
}

// resolve tells what a plain scalar means in the YAML 1.1 of the authority, by the authority's own steps. Timestamps
// are strings.
func resolve(s string) resolved {
	if s == "" {
		return resolved{kind: kindNull}
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-':
		if mayBeNumber(s) {
			return resolveNumber(s)
		}
	case c == '.':
		return resolveDot(s)
	default:
		return resolveWord(s)
	}
	return resolved{}
}

// resolveWord resolves the words of YAML 1.1. None is longer than five letters.
func resolveWord(s string) resolved {
	if len(s) > 5 {
		return resolved{}
	}
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return resolved{kind: kindBool, bool: true}
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return resolved{kind: kindBool}
	case "~", "null", "Null", "NULL":
		return resolved{kind: kindNull}
	}
	return resolved{}
}

func resolveDot(s string) resolved {
	switch s {
	case ".nan", ".NaN", ".NAN":
		return resolved{kind: kindFloat, float: math.NaN()}
	case ".inf", ".Inf", ".INF":
		return resolved{kind: kindFloat, float: math.Inf(1)}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return resolved{kind: kindFloat, float: f}
	}
	return resolved{}
}

// mayBeNumber rules out, by its characters, most of what begins like a number and is none. A hexadecimal number may
// hold any of 0-9, a-f, x, o, b and _; a float may hold signs, a point and an exponent; infinity is spelt out.
func mayBeNumber(s string) bool {
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case s[i] >= '0' && s[i] <= '9', c >= 'a' && c <= 'f', c == 'x', c == 'o', c == 'i', c == 'n':
		case s[i] == '.', s[i] == '+', s[i] == '-', s[i] == '_':
		default:
			return false
		}
	}
	return true
}

func resolveNumber(s string) resolved {
	if i, ok := smallInt(s); ok {
		return resolved{kind: kindInt, int: i}
	}
	switch s {
	case "+.inf", "+.Inf", "+.INF":
		return resolved{kind: kindFloat, float: math.Inf(1)}
	case "-.inf", "-.Inf", "-.INF":
		return resolved{kind: kindFloat, float: math.Inf(-1)}
	}
	if isTimestamp(s) {
		return resolved{}
	}
	plain := strings.ReplaceAll(s, "_", "")
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return resolved{kind: kindInt, int: i}
	}
	if u, err := strconv.ParseUint(plain, 0, 64); err == nil {
		return resolved{kind: kindUint, uint: u}
	}
	if isFloat(plain) {
		if f, err := strconv.ParseFloat(plain, 64); err == nil {
			return resolved{kind: kindFloat, float: f}
		}
	}
	return resolveBinary(plain)
}

// resolveBinary resolves the binary numbers that Go does not read by itself: those with a sign after the prefix.
func resolveBinary(plain string) resolved {
	if digits, ok := strings.CutPrefix(plain, "0b"); ok {
		if i, err := strconv.ParseInt(digits, 2, 64); err == nil {
			return resolved{kind: kindInt, int: i}
		}
		if u, err := strconv.ParseUint(digits, 2, 64); err == nil {
			return resolved{kind: kindUint, uint: u}
		}
	} else if digits, ok := strings.CutPrefix(plain, "-0b"); ok {
		if i, err := strconv.ParseInt("-"+digits, 2, 64); err == nil {
			return resolved{kind: kindInt, int: i}
		}
	}
	return resolved{}
}

// smallInt reads the usual decimal integers.
func smallInt(s string) (int64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) == 0 || len(digits) > 18 || digits[0] == '0' && len(digits) > 1 {
		return 0, false
	}
	var n int64
	for i := range len(digits) {
		c := digits[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) < len(s) {
		n = -n
	}
	return n, true
}

// isFloat matches [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
func isFloat(s string) bool {
	s = trimSign(s)
	whole := digits(s)
	rest := s[whole:]
	if strings.HasPrefix(rest, ".") {
		fraction := digits(rest[1:])
		if whole+fraction == 0 {
			return false
		}
		rest = rest[1+fraction:]
	} else if whole == 0 {
		return false
	}
	if rest == "" {
		return true
	}
	if rest[0]|0x20 != 'e' {
		return false
	}
	exponent := trimSign(rest[1:])
	return exponent != "" && digits(exponent) == len(exponent)
}

func trimSign(s string) string {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:]
	}
	return s
}

// digits counts the digits at the start of s.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// timestamps are the formats that the authority knows.
var timestamps = [...]string{
	"2006-1-2T15:4:5.999999999Z07:00",
	"2006-1-2t15:4:5.999999999Z07:00",
	"2006-1-2 15:4:5.999999999",
	"2006-1-2",
}

func isTimestamp(s string) bool {
	if digits(s) != 4 || len(s) == 4 || s[4] != '-' {
		return false
	}
	for _, format := range timestamps {
		if _, err := time.Parse(format, s); err == nil {
			return true
		}
	}
	return false
}
