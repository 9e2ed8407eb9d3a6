package bundle

import (
	"fmt"
	"maps"
	"slices"

	"github.com/onelayer/onelayer/internal/entry"
	"github.com/onelayer/onelayer/internal/policy"
)

// CheckEntries refuses a library, given with its sources, that lacks what the generated entries ask it for. No module of
// it need miss that.
func CheckEntries(library *policy.Library, sources []policy.Source) error {
	entries, err := entry.Files(library)
	if err != nil {
		return err
	}
	all := slices.Clone(sources)
	for _, file := range slices.Sorted(maps.Keys(entries)) {
		all = append(all, policy.Source{File: file, Text: entries[file]})
	}
	broken := policy.Compile(all)
	if len(broken) == 0 {
		return nil
	}
	first := broken[0]
	return fmt.Errorf("%s:%d: %s (%d in all): this file is generated, and asks lib/ for that: define it there, or remove lib/ to build on that of onelayer",
		first.File, first.Line, first.Msg, len(broken))
}
