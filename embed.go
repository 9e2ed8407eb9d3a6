// Package onelayer embeds the policy library: policies and shared Rego modules, without their tests.
//
// It owns nothing but the files. Package internal/policy reads them.
package onelayer

import "embed"

// Library holds policies/ and lib/ as they stand in the repository. Test modules are embedded with them and skipped by
// the reader, because an embed pattern cannot leave them out.
//
//go:embed policies lib
var Library embed.FS
