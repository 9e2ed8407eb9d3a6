// Package e2e runs the released opa, conftest and gator on the fixtures, as a user would, and compares what they say with
// `onelayer check`.
//
// It owns the command lines of these programs. It must not import the tool: the released programs and the built binary
// are all that it knows.
package e2e
