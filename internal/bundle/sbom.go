package bundle

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"

	"github.com/onelayer/onelayer/internal/policy"
)

// sbomVersion is the version of CycloneDX that the list of parts is written in (https://cyclonedx.org/docs/1.6/json/).
const sbomVersion = cyclonedx.SpecVersion1_6

// SBOM lists the parts of a bundle as CycloneDX JSON: each file with its SHA-256, and what each rule is about. The same
// bundle, signed or not, gives the same text. Tool is the version of onelayer that writes it; a zero time is left out.
func (a *Archive) SBOM(library *policy.Library, tool string, created time.Time) ([]byte, error) {
	bom := cyclonedx.NewBOM()
	bom.SpecVersion = sbomVersion
	bom.JSONSchema = "http://cyclonedx.org/schema/bom-1.6.schema.json"
	bom.SerialNumber = serial(a.Manifest.Revision)
	bom.Metadata = &cyclonedx.Metadata{
		Tools: &cyclonedx.ToolsChoice{Components: &[]cyclonedx.Component{
			{Type: cyclonedx.ComponentTypeApplication, Name: "onelayer", Version: tool},
		}},
		Component: &cyclonedx.Component{
			BOMRef: "bundle", Type: cyclonedx.ComponentTypeLibrary, Name: a.Manifest.Metadata.Name, Version: a.Manifest.Revision,
			Properties: properties("target", string(a.Manifest.Metadata.Target), "library", a.Manifest.Metadata.Library),
		},
	}
	if !created.IsZero() {
		bom.Metadata.Timestamp = created.UTC().Format(time.RFC3339)
	}
	byFile := map[string]*policy.Rule{}
	for _, rule := range library.Rules() {
		byFile[rule.File] = rule
	}
	components := []cyclonedx.Component{}
	for _, file := range a.entries() {
		components = append(components, component(file, byFile[file.Name]))
	}
	bom.Components = &components
	var out bytes.Buffer
	encoder := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := encoder.EncodeVersion(bom, sbomVersion); err != nil {
		return nil, fmt.Errorf("write SBOM: %w", err)
	}
	return out.Bytes(), nil
}

// component is one file; rule is nil for what is no rule.
func component(file File, rule *policy.Rule) cyclonedx.Component {
	part := cyclonedx.Component{
		BOMRef: "file:" + file.Name, Type: cyclonedx.ComponentTypeFile, Name: file.Name,
		Hashes: &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: digest(file.Data)}},
	}
	if rule != nil {
		part.Description = rule.Title
		part.Properties = properties("rule", rule.ID, "severity", string(rule.Severity), "concerns", strings.Join(rule.Concerns, ","), "since", rule.Since)
	}
	return part
}

// properties makes properties of names and values in turn.
func properties(pairs ...string) *[]cyclonedx.Property {
	list := []cyclonedx.Property{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, cyclonedx.Property{Name: "onelayer:" + pairs[i], Value: pairs[i+1]})
		}
	}
	return &list
}

// serial makes a UUID of a revision, so that it is the same for the same content (RFC 9562, version 8).
func serial(revision string) string {
	id := []byte(revision[:32])
	id[12] = '8'
	id[16] = "89ab"[hexValue(id[16])&3]
	return fmt.Sprintf("urn:uuid:%s-%s-%s-%s-%s", id[:8], id[8:12], id[12:16], id[16:20], id[20:])
}

func hexValue(digit byte) byte {
	if digit >= 'a' {
		return digit - 'a' + 10
	}
	return digit - '0'
}
