package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onelayer/onelayer/internal/finding"
)

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: LoadBalancer
`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
      - name: web
        image: shop/web:1
        command: [pm2, start]
`

func TestRunReportsFindingsWithPlaceAndRemedy(t *testing.T) {
	lib := library(t, always("process/one", `["spec", "type"]`, "/Service"))
	report := check(t, lib, "", Options{}, tree(unit(document(t, "k8s/web.yaml", 10, service))))

	require.Len(t, report.Findings, 1)
	got := report.Findings[0]
	assert.Len(t, got.Fingerprint, 64)
	got.Fingerprint = ""
	assert.Equal(t, finding.Finding{
		ID: "process/one", Severity: finding.Error, Msg: "process/one: found", File: "k8s/web.yaml", Line: 16, Column: 1,
		Object: finding.Object{APIVersion: "v1", Kind: "Service", Namespace: "shop", Name: "web"},
		Path:   "spec.type", Evidence: []finding.Evidence{}, Related: []finding.Related{}, Remediation: "Do it right.",
		Docs: "https://github.com/onelayer/onelayer/blob/main/docs/rules/process/one.md",
	}, got)
	assert.Equal(t, finding.Summary{Documents: 1, Error: 1}, report.Summary)
	assert.Equal(t, finding.SchemaReport, report.Schema)
	assert.Empty(t, report.Errors)
	assert.NotNil(t, report.Errors)
	assert.NotNil(t, report.Waived)
}
