package policy_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onelayer/onelayer/internal/policy"
)

func TestHints(t *testing.T) {
	hints := policy.HintsFor("PM2", "unit:pm2-runtime", "configMap & unit:a", `\bnpm\b`, `\bnpm\b`, `unit:\bprom`, `sh\b`)
	assert.Equal(t, []string{"configmap", "pm2"}, hints.Plain, "in lower case, without what holds a shorter one, and the first of two")
	words := regexp.MustCompile(hints.Words())
	for text, want := range map[string]bool{
		`{"a": "npm"}`: true, "npm": true, `"\nnpm start"`: true, `"\u000bnpm"`: true, `"\x01npm"`: true, "pnpm": false, "npms": false,
		"prometheus": true, "aprom": false, "/bin/sh": true, "bash": true, "shell": false, "": false,
	} {
		assert.Equal(t, want, words.MatchString(text), text)
	}
	assert.Empty(t, policy.HintsFor("pm2").Words())
	assert.Equal(t, policy.HintsFor("a", `b\b`), policy.HintsOf(&policy.Rule{Needles: []string{"a"}}, &policy.Rule{Needles: []string{`b\b`}}))
}
