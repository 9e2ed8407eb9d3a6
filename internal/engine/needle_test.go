package engine

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestScannerFindsTheRulesOfAllNeedles(t *testing.T) {
	s := newScanner(map[int][]string{0: {"pm2"}, 1: {"pm2-runtime", "forever"}, 2: {"ever"}, 3: {"onelayer.dev/ignore"}}, 4)
	cases := map[string][]int{
		"":                          nil,
		"pm":                        nil,
		"command: [pm2]":            {0},
		"PM2":                       {0},
		"pm2-runtime":               {0, 1},
		"ppm2-runtimpm2":            {0},
		"forever":                   {1, 2},
		"onelayer.dev/ignore: x":    {3},
		`"onelayer.dev\/ignore"`:    {4},
		"\"pm\\\n2\"":               {4},
		`"\x70m2"`:                  {4},
		`"\U00000070m2"`:            {4},
		"a: !!binary cG0y":          {4},
		"%TAG ! tag:yaml.org,2002:": {4},
		"p\x00m\x002\x00":           {4},
		"run: echo \\n":             nil,
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			var found ruleSet
			s.scan([]byte(text), &found)
			assert.Equal(t, setOf(want...), found)
		})
	}
}

func TestScannerAsksForTheEndsOfWords(t *testing.T) {
	s := newScanner(map[int][]string{0: {`sh\b`}, 1: {`\bnpm\b`}, 2: {`\bnpm`}, 3: {"npm"}, 4: {`\bsh`}}, 5)
	for text, want := range map[string][]int{
		"sh":        {0, 4},
		"bash -c":   {0},
		"shop":      {4},
		"a/SH":      {0, 4},
		"sh_1":      {0, 4},
		"pushes":    nil,
		"npm start": {1, 2, 3},
		"npmrc":     {2, 3},
		"pnpm":      {3},
		"pnpm npm":  {1, 2, 3},
		"éshé":      {0, 4},
	} {
		var found ruleSet
		s.scan([]byte(text), &found)
		assert.Equal(t, setOf(want...), found, text)
	}
	assert.True(t, usable(`\bnpm\b`))
	assert.False(t, usable(`\b12\b`))
	assert.False(t, usable(`\b`))
}

func setOf(rules ...int) ruleSet {
	var set ruleSet
	for _, rule := range rules {
		set.add(rule)
	}
	return set
}

func TestScannerAgreesWithSearchingEachNeedle(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func(most int) []byte {
		text := make([]byte, 1+random.IntN(most))
		for i := range text {
			text[i] = "abcA"[random.IntN(4)]
		}
		return text
	}
	for range 300 {
		needles := map[int][]string{}
		for rule := range 12 {
			needles[rule] = []string{string(word(4)), string(word(7))}
		}
		s := newScanner(needles, 12)
		text := word(60)
		var found, want ruleSet
		s.scan(text, &found)
		for rule, literals := range needles {
			for _, literal := range literals {
				if bytes.Contains(bytes.ToLower(text), bytes.ToLower([]byte(literal))) {
					want.add(rule)
				}
			}
		}
		assert.Equal(t, want, found, "%s in %s", needles, text)
	}
}

func TestOnlyLiteralsThatStandInTheTextAsInTheValueGate(t *testing.T) {
	for _, needle := range []string{"pm2", "node_modules/.bin", "onelayer.dev/ignore", "--no-daemon", "e1x"} {
		assert.True(t, usable(needle), needle)
	}
	for _, needle := range []string{"", "a b", "a\tb", `a"b`, "a'b", `a\c`, "ü", "8080", "1e3", "0x1F", "true", "Null", "false", "inf"} {
		assert.False(t, usable(needle), needle)
	}
}
