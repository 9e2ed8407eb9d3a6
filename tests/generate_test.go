package tests

// What is published for Gatekeeper is generated from here, because go generate comes to this folder after the generators
// that write the library itself.
//
//go:generate go run ../cmd/onelayer gatekeeper --out ../bundles/gatekeeper
