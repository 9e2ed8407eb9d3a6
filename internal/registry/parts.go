package registry

import (
	"fmt"

	"github.com/onelayer/onelayer/internal/strictjson"
)

// CheckParts refuses a list of parts, named as its user names it, that is no CycloneDX document: one says so in bomFormat
// (https://cyclonedx.org/docs/1.6/json/#bomFormat).
func CheckParts(name string, text []byte) error {
	var about struct {
		Format string `json:"bomFormat"`
	}
	if err := strictjson.Lenient(name, text, &about); err != nil {
		return err
	}
	if about.Format != "CycloneDX" {
		return fmt.Errorf("%s is no CycloneDX document: give what onelayer build --sbom wrote", name)
	}
	return nil
}
