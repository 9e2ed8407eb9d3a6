package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/onelayer/onelayer/internal/finding"
)

const twoContainers = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - {name: web, command: [pm2]}
`

const shiftedContainers = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - {name: proxy}
      - {name: web, command: [pm2]}
`

func mark(t *testing.T, id, file, text, path string, several bool) string {
	doc := document(t, file, 1, text)
	return fingerprint(id, doc, doc.Object, parseOrEmpty(path), several)
}

func TestFingerprintFollowsTheObject(t *testing.T) {
	first := mark(t, "a/b", "web.yaml", twoContainers, "spec.template.spec.containers[0].command[0]", false)
	cases := map[string]struct {
		got  string
		same bool
	}{
		"moved to another file":     {mark(t, "a/b", "x/y.yaml", twoContainers, "spec.template.spec.containers[0].command[0]", false), true},
		"container moved":           {mark(t, "a/b", "web.yaml", shiftedContainers, "spec.template.spec.containers[1].command[0]", false), true},
		"other container":           {mark(t, "a/b", "web.yaml", shiftedContainers, "spec.template.spec.containers[0].command[0]", false), false},
		"other rule":                {mark(t, "a/c", "web.yaml", twoContainers, "spec.template.spec.containers[0].command[0]", false), false},
		"other word":                {mark(t, "a/b", "web.yaml", twoContainers, "spec.template.spec.containers[0].command[1]", false), false},
		"object of several files":   {mark(t, "a/b", "web.yaml", twoContainers, "spec.template.spec.containers[0].command[0]", true), false},
		"the same in several files": {mark(t, "a/b", "web.yaml", twoContainers, "spec.template.spec.containers[0].command[0]", false), true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.same, first == c.got) })
	}
}

const imageText = `apiVersion: onelayer.dev/v1alpha1
kind: Image
metadata: {name: dockerfile-1}
spec:
  dockerfile:
  - {cmd: from, value: [node]}
  - {cmd: cmd, value: [pm2]}
  files:
    start.sh: {script: ["#!/bin/sh", "  pm2 start"]}
`

const editedImage = `apiVersion: onelayer.dev/v1alpha1
kind: Image
metadata: {name: dockerfile-1}
spec:
  dockerfile:
  - {cmd: from, value: [node]}
  - {cmd: run, value: [npm ci]}
  - {cmd: cmd, value: [pm2]}
  files:
    start.sh: {script: ["#!/bin/sh", "", "pm2 start"]}
`

func TestFingerprintOfAnImageFollowsItsFileAndText(t *testing.T) {
	instruction := mark(t, "a/b", "Dockerfile", imageText, "spec.dockerfile[1].value[0]", false)
	line := mark(t, "a/b", "Dockerfile", imageText, `spec.files["start.sh"].script[1]`, false)
	assert.Equal(t, instruction, mark(t, "a/b", "Dockerfile", editedImage, "spec.dockerfile[2].value[0]", false))
	assert.Equal(t, line, mark(t, "a/b", "Dockerfile", editedImage, `spec.files["start.sh"].script[2]`, false))
	assert.NotEqual(t, instruction, mark(t, "a/b", "api/Dockerfile", imageText, "spec.dockerfile[1].value[0]", false))
	assert.NotEqual(t, instruction, line)
}

func TestFingerprintsOfOverlaysDiffer(t *testing.T) {
	lib := library(t, always("process/one", `["spec"]`, "apps/Deployment"))
	input := tree(unit(document(t, "dev/web.yaml", 1, deployment)), unit(document(t, "prod/web.yaml", 1, deployment)))
	report := check(t, lib, "", Options{}, input)
	assert.NotEqual(t, report.Findings[0].Fingerprint, report.Findings[1].Fingerprint)
}

func TestFingerprintOfAMissingPathIsStable(t *testing.T) {
	assert.Equal(t,
		mark(t, "a/b", "a.yaml", twoContainers, "spec.none[3].x", false),
		mark(t, "a/b", "a.yaml", twoContainers, "spec.none[3].x", false))
	doc := document(t, "a.yaml", 1, service)
	assert.NotEqual(t,
		fingerprint("a/b", doc, finding.Object{Kind: "Service"}, nil, false),
		fingerprint("a/b", doc, finding.Object{Kind: "Pod", Name: "x"}, nil, false))
}
