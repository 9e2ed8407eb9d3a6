// Package attacks holds what somebody may try against signed bundles, as code. Every attack is refused with the reason that
// belongs to it. The same bytes go to OPA's own reader, set up as strictly as it can be: whatever OPA refuses is refused
// here, and what only onelayer refuses is listed by name. It owns the attacks and the tools to build them, nothing else.
package attacks
