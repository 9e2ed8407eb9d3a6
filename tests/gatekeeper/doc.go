// Package gatekeeper runs the generated templates in Gatekeeper's own driver, with the versions that Gatekeeper is built
// with. It is a module of its own, because these versions differ from those of the tool, which it only calls as a program.
package gatekeeper
