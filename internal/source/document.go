// Package source turns files into documents that policies can judge: Kubernetes objects, Images, Compose projects and
// the configuration, each with exact positions, grouped into units.
//
// It owns reading, limits, joins and positions. It must not know any rule: it moves data and makes no verdict.
package source

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/onelayer/onelayer/internal/finding"
)

// APIVersion is the group and version of onelayer's own kinds.
const APIVersion = "onelayer.dev/v1alpha1"

// AnnotationSource names the file that one of onelayer's own kinds was made from, relative to the working directory.
const AnnotationSource = "onelayer.dev/source"

// Position is a place in a file. Line and Column are 1-based; EndColumn is the column after the value when the value
// ends on the same line, else 0.
type Position struct {
	File      string
	Line      int
	Column    int
	EndColumn int
}

// Path addresses a node in a document: a string for a key of a mapping, an int for an index of a sequence.
type Path []any

// Locator finds nodes of a document in the files that the document was made from.
type Locator interface {
	// Locate gives the position of the node at path, or of its nearest existing ancestor. It always answers: the
	// shortest answer is the start of the document.
	Locate(path Path) Position
}

// Document is one thing that a policy can judge.
type Document struct {
	// Value is what kubectl would see; nil only when the file could not be read.
	Value ast.Value
	// GroupKind is group/Kind: "apps/Deployment", "/Service", "onelayer.dev/Image".
	GroupKind string
	Object    finding.Object
	// File is the path of the file as the user would write it: relative to the working directory, with slashes.
	File string
	// Raw is the text of the document, for literal searches and excerpts; nil for documents made from several files.
	Raw []byte
	// Patch tells that the document is a patch of a kustomization, so that what is missing in it proves nothing.
	Patch bool
	Locator
}

// Comment is a comment line that holds a waiver, with the lines that it covers.
type Comment struct {
	File string
	Line int
	// Text is the comment from "onelayer:ignore" on.
	Text string
	// From and To are the first and last line that the comment speaks for: its own line, or the node or instruction
	// below it.
	From, To int
}

// Unit is a set of documents that belong together: a kustomization, a compose project, or the folder given.
type Unit struct {
	// Root is the folder of the unit, relative to the working directory.
	Root string
	// Whole tells that the unit was given completely, so that what is missing in it is missing.
	Whole     bool
	Documents []*Document
	// Context are documents of other units that look-ups may see and that are not judged here: for an inner unit the
	// Images of the unit around it, for an outer one what runs its Images in the units inside.
	Context []*Document
}

// Tree is everything that was read.
type Tree struct {
	Units    []*Unit
	Comments []Comment
	Problems []finding.Problem
	// Notices tell what was left out on purpose.
	Notices []string
	// Charts are the folders of Helm charts, whose templates were not read.
	Charts []string
	// Recognised counts the files that held something to judge.
	Recognised int
}
