package jsfile

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var stringMethods methods

func init() {
	stringMethods = methods{
		"toString": stringFunc(func(_ *interp, s string, _ []slot, _ span) value { return s }),
		"valueOf":  stringFunc(func(_ *interp, s string, _ []slot, _ span) value { return s }),
		"slice": stringFunc(func(in *interp, s string, args []slot, _ span) value {
			n := stringLength(s)
			from, to := in.index(arg(args, 0), n, 0), in.index(arg(args, 1), n, n)
			return substring(s, from, max(from, to))
		}),
		"substring": stringFunc(func(in *interp, s string, args []slot, _ span) value {
			n := stringLength(s)
			from, to := in.clamp(arg(args, 0), n, 0), in.clamp(arg(args, 1), n, n)
			return substring(s, min(from, to), max(from, to))
		}),
		"substr": stringFunc(func(in *interp, s string, args []slot, _ span) value {
			n := stringLength(s)
			from := in.index(arg(args, 0), n, 0)
			return substring(s, from, min(from+in.clamp(arg(args, 1), n, n), n))
		}),
		"charAt": stringFunc(func(in *interp, s string, args []slot, _ span) value {
			n, _ := in.toNumber(arg(args, 0))
			if !(n >= 0 && n < float64(stringLength(s))) && arg(args, 0) != value(undefined) || s == "" {
				return ""
			}
			i := in.clamp(arg(args, 0), stringLength(s)-1, 0)
			return substring(s, i, i+1)
		}),
		"charCodeAt": stringFunc(func(in *interp, s string, args []slot, at span) value {
			units := utf16.Encode([]rune(s))
			i := in.clamp(arg(args, 0), len(units), 0)
			if i >= len(units) || !in.charge(at, len(units)) {
				return in.unknown(at.text())
			}
			return float64(units[i])
		}),
		"split":  stringFunc(stringSplit),
		"repeat": stringFunc(stringRepeat),
		"concat": stringFunc(func(in *interp, s string, args []slot, at span) value {
			for _, a := range args {
				text, ok := in.toText(a.v)
				if !ok {
					return in.unknown(at.text())
				}
				if s += text; !in.charge(at, len(s)) {
					return undefined
				}
			}
			return in.text(at, s)
		}),
		"padStart": stringFunc(pad(func(s, fill string) string { return fill + s })),
		"padEnd":   stringFunc(pad(func(s, fill string) string { return s + fill })),
		"replace":  stringFunc(func(in *interp, s string, args []slot, at span) value { return in.replace(s, args, at, false) }),
		"replaceAll": stringFunc(func(in *interp, s string, args []slot, at span) value {
			return in.replace(s, args, at, true)
		}),
		"match":       stringFunc(stringMatch),
		"indexOf":     textFunc(func(s, part string) value { return unitIndex(s, strings.Index(s, part)) }),
		"lastIndexOf": textFunc(func(s, part string) value { return unitIndex(s, strings.LastIndex(s, part)) }),
		"includes":    textFunc(func(s, part string) value { return strings.Contains(s, part) }),
		"startsWith":  textFunc(func(s, part string) value { return strings.HasPrefix(s, part) }),
		"endsWith":    textFunc(func(s, part string) value { return strings.HasSuffix(s, part) }),
		"localeCompare": textFunc(func(s, part string) value {
			return float64(strings.Compare(s, part))
		}),
	}
	for name, f := range map[string]func(string) string{
		"trim": strings.TrimSpace, "toUpperCase": strings.ToUpper, "toLowerCase": strings.ToLower,
		"toLocaleUpperCase": strings.ToUpper, "toLocaleLowerCase": strings.ToLower,
		"trimStart": func(s string) string { return strings.TrimLeft(s, " \t\r\n\v\f\u00a0\ufeff") },
		"trimEnd":   func(s string) string { return strings.TrimRight(s, " \t\r\n\v\f\u00a0\ufeff") },
	} {
		stringMethods[name] = stringFunc(func(in *interp, s string, _ []slot, at span) value { return in.text(at, f(s)) })
	}
}

// stringFunc is a method of strings with known arguments.
func stringFunc(f func(in *interp, s string, args []slot, at span) value) callable {
	return strict(func(in *interp, this value, args []slot, at span) value {
		s, ok := this.(string)
		if !ok {
			return in.unknown(at.text())
		}
		if in.steps += len(s) / 64; !in.step(nil) || !in.charge(at, len(s)/8) {
			return undefined
		}
		return f(in, s, args, at)
	})
}

func textFunc(f func(s, part string) value) callable {
	return stringFunc(func(in *interp, s string, args []slot, at span) value {
		part, ok := in.toText(arg(args, 0))
		if o, isObject := asObject(arg(args, 0)); !ok || len(args) > 1 || isObject && o.class == classRegexp {
			return in.unknown(at.text())
		}
		return f(s, part)
	})
}

// clamp turns an index that is not relative into one between 0 and length.
func (in *interp) clamp(v value, length, missing int) int {
	if n, _ := in.toNumber(v); n < 0 {
		return 0
	}
	return in.index(v, length, missing)
}

// unitIndex turns a byte index into one of UTF-16 units.
func unitIndex(s string, i int) value {
	if i < 0 {
		return -1.0
	}
	return float64(stringLength(s[:i]))
}

func stringRepeat(in *interp, s string, args []slot, at span) value {
	n, _ := in.toNumber(arg(args, 0))
	if !(n >= 1) || s == "" {
		return ""
	}
	if n*float64(len(s)) > maxString {
		in.exceedAt(at, "a string is too long")
		return undefined
	}
	return in.text(at, strings.Repeat(s, int(n)))
}

func pad(put func(s, fill string) string) func(in *interp, s string, args []slot, at span) value {
	return func(in *interp, s string, args []slot, at span) value {
		n, _ := in.toNumber(arg(args, 0))
		fill := " "
		if len(args) > 1 {
			fill, _ = in.toText(args[1].v)
		}
		missing := n - float64(stringLength(s))
		if !(missing >= 1) || fill == "" {
			return s
		}
		if missing > maxString/4 {
			in.exceedAt(at, "a string is too long")
			return undefined
		}
		length := int(missing)
		fill = strings.Repeat(fill, length/stringLength(fill)+1)
		return in.text(at, put(s, substring(fill, 0, length)))
	}
}

func stringSplit(in *interp, s string, args []slot, at span) value {
	out := in.newArray(at)
	if len(args) == 0 || args[0].v == value(undefined) {
		in.grow(out, at, slot{v: s, at: at})
		return out
	}
	var parts []string
	if !in.charge(at, 16*len(s)) {
		return undefined
	}
	if o, ok := asObject(args[0].v); ok && o.class == classRegexp {
		if o.regexp.compiled == nil || o.regexp.compiled.NumSubexp() > 0 || len(s) > maxSubject {
			return in.unknown(at.text())
		}
		parts = o.regexp.compiled.Split(s, -1)
	} else {
		separator, ok := in.toText(args[0].v)
		if !ok {
			return in.unknown(at.text())
		}
		parts = strings.SplitN(s, separator, maxArray+1)
		if s == "" && separator == "" {
			parts = nil
		}
	}
	if len(args) > 1 {
		if n, _ := in.toNumber(args[1].v); n >= 0 && int(min(n, maxArray)) < len(parts) {
			parts = parts[:int(n)]
		}
	}
	for _, p := range parts {
		in.grow(out, at, slot{v: p, at: at})
	}
	return out
}

// replace is s.replace and s.replaceAll.
func (in *interp) replace(s string, args []slot, at span, all bool) value {
	pattern, replacement := arg(args, 0), arg(args, 1)
	var ranges [][]int
	if o, ok := asObject(pattern); ok && o.class == classRegexp {
		if o.regexp.compiled == nil || len(s) > maxSubject {
			return in.unknown(at.text())
		}
		count := 1
		if strings.Contains(o.regexp.flags, "g") {
			count = -1
		}
		ranges = o.regexp.compiled.FindAllStringSubmatchIndex(s, count)
	} else {
		text, ok := in.toText(pattern)
		if !ok {
			return in.unknown(at.text())
		}
		ranges = literalRanges(s, text, all)
	}
	var b strings.Builder
	pos := 0
	for _, r := range ranges {
		text, ok := in.replacement(s, r, replacement, at)
		if !ok {
			return in.unknown(at.text())
		}
		b.WriteString(s[pos:r[0]])
		b.WriteString(text)
		pos = r[1]
		if b.Len() > maxString || !in.step(nil) {
			break
		}
	}
	b.WriteString(s[pos:])
	return in.text(at, b.String())
}

func literalRanges(s, part string, all bool) [][]int {
	var ranges [][]int
	for pos := 0; pos <= len(s); {
		i := strings.Index(s[pos:], part)
		if i < 0 {
			break
		}
		ranges = append(ranges, []int{pos + i, pos + i + len(part)})
		if !all {
			break
		}
		pos += i + len(part)
		if part == "" {
			_, size := utf8.DecodeRuneInString(s[pos:])
			pos += max(size, 1)
		}
	}
	return ranges
}

// replacement is the text that one match is replaced by.
func (in *interp) replacement(s string, r []int, v value, at span) (string, bool) {
	groups := make([]string, len(r)/2)
	for i := range groups {
		if r[2*i] >= 0 {
			groups[i] = s[r[2*i]:r[2*i+1]]
		}
	}
	if f, ok := asObject(v); ok && f.call != nil {
		var args []slot
		for _, g := range groups {
			args = append(args, slot{v: g, at: at})
		}
		return in.toText(in.invoke(f, undefined, args, at))
	}
	text, ok := in.toText(v)
	if !ok || !strings.Contains(text, "$") {
		return text, ok
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '$' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		switch c := text[i+1]; {
		case c == '$':
			b.WriteByte('$')
		case c == '&':
			b.WriteString(groups[0])
		case c > '0' && c <= '9' && int(c-'0') < len(groups):
			b.WriteString(groups[c-'0'])
		default:
			b.WriteByte('$')
			continue
		}
		i++
		if b.Len() > maxString {
			break
		}
	}
	return b.String(), true
}
