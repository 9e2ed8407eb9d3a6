// Package refusal names why a bundle, a signature or a statement about one is not accepted.
//
// It owns the list of reasons, each with what to do about it, so that every refusal has an error of its own that people
// can read and programs can tell apart. It must not know how anything is verified.
package refusal

import (
	"errors"
	"fmt"
)

// Reason is why something is refused. Its text is stable.
type Reason string

// Error is one refusal. Its message ends with what to do.
type Error struct {
	Reason Reason
	// Detail says what was found, and where.
	Detail string
}

// New makes a refusal; the format says what was found.
func New(reason Reason, format string, arguments ...any) error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, arguments...)}
}

// Error gives the reason, what was found, and the mend.
func (e *Error) Error() string {
	return fmt.Sprintf("refused (%s): %s: %s", e.Reason, e.Detail, mends[e.Reason])
}

// Of gives the reason of an error, and none if it is no refusal.
func Of(err error) (Reason, bool) {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Reason, true
	}
	return "", false
}

// Is tells whether an error is a refusal for this reason.
func Is(err error, reason Reason) bool {
	found, ok := Of(err)
	return ok && found == reason
}
