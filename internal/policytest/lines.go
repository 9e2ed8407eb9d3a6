package policytest

import "strings"

func lines(texts []string) string { return strings.Join(texts, "\n") }
