package signing

import (
	"encoding/asn1"
	"fmt"
	"math/big"
)

// parseECDSA reads the two numbers of a signature as crypto/ecdsa writes it (https://www.rfc-editor.org/rfc/rfc3279, section 2.2.3).
func parseECDSA(der []byte) (r, s *big.Int, err error) {
	var numbers struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &numbers); err != nil {
		return nil, nil, fmt.Errorf("read ECDSA signature: %w", err)
	}
	return numbers.R, numbers.S, nil
}
