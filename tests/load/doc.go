// Package load measures how many clients one onelayer serve holds, and how soon they have a new bundle. Client and server
// are two processes on loopback; it ends by itself. It owns the clients and the figures; docs/benchmarks.md says what came
// out.
package load
