// Package registry publishes bundles in real registries on loopback and takes them from there: with onelayer, and with the
// released opa, conftest and gator by the same digest. One registry lists referrers, the other asks for a password and does
// not. It owns the registries and what is tried on them; it must not know how bundles are made.
package registry
