// Package oracle compares the library with what knows better: its shell reader with mvdan.cc/sh, mesh membership with a
// plain model of the webhooks and injectors. It holds tests and what they need.
package oracle
