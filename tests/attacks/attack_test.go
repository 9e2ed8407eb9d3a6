package attacks

import (
	"slices"
	"testing"

	opabundle "github.com/open-policy-agent/opa/v1/bundle"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/refusal"
	"github.com/onelayer/onelayer/internal/signing"
)

// verdict is what OPA's own reader says to an attack.
type verdict int

const (
	refuses verdict = iota
	accepts
	// untried attacks are about onelayer's verifier alone, and say nothing about other software.
	untried
)

// attack is one archive that must be refused.
type attack struct {
	name   string
	reason refusal.Reason
	opa    verdict
	build  func(k *kit) []byte
	// config sets OPA up in a way that people do; nil is as strictly as it can be.
	config func(k *kit) *opabundle.VerificationConfig
	// algorithm is that of the key, ES256 if empty.
	algorithm signing.Algorithm
}

// attacks are all of them.
func attacks() []attack {
	return slices.Concat(signatureAttacks(), claimAttacks(), contentAttacks(), nameAttacks(), entryAttacks(), packingAttacks(), resourceAttacks(), jsonAttacks())
}

func TestAttacks(t *testing.T) {
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			k := a.kit(t)
			packed := a.build(k)
			err := k.verify(packed)
			reason, _ := refusal.Of(err)
			assert.Equal(t, a.reason, reason, "%v", err)
			if a.opa == untried {
				return
			}
			config := k.strict()
			if a.config != nil {
				config = a.config(k)
			}
			err = k.opa(packed, config)
			assert.Equal(t, a.opa == accepts, err == nil, "OPA says: %v", err)
		})
	}
}

func (a attack) kit(t testing.TB) *kit {
	algorithm := a.algorithm
	if algorithm == "" {
		algorithm = signing.ES256
	}
	return newKit(t, algorithm)
}

// TestHonestBundle is what makes the attacks mean something: without the attack both readers accept.
func TestHonestBundle(t *testing.T) {
	for _, algorithm := range []signing.Algorithm{signing.ES256, signing.RS256} {
		k := newKit(t, algorithm)
		packed := k.pack(k.honest())
		require.NoError(t, k.verify(packed))
		require.NoError(t, k.opa(packed, k.strict()))
	}
}

func TestNamesOfAttacksAreDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range attacks() {
		assert.False(t, seen[a.name], a.name)
		seen[a.name] = true
	}
	assert.Greater(t, len(seen), 100)
}
