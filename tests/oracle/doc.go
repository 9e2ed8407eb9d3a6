// Package oracle compares the shell reader of the library with mvdan.cc/sh. It holds tests and what they need.
package oracle
