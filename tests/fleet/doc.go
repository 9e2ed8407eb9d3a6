// Package fleet runs onelayer serve with the released opa on loopback: what agents load, when, and what the view of the
// fleet says about it; what is left when the server is killed; and how many clients one server holds. It owns the servers
// and what is tried on them; it must not know how bundles are made.
package fleet
