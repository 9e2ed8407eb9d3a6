package engine

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLateAlarmDoesNotHitTheNextEvaluation(t *testing.T) {
	b := &budget{}
	assert.False(t, b.Cancelled())
	b.start(time.Hour)
	b.Cancel()
	assert.True(t, b.Cancelled())
	b.start(time.Hour)
	assert.False(t, b.Cancelled())
}

func TestWatchdogFiresAtTheDeadline(t *testing.T) {
	b, other := &budget{}, &budget{}
	done := make(chan struct{})
	defer close(done)
	b.start(time.Millisecond)
	other.start(time.Hour)
	go watch(t.Context(), []*budget{b, other}, done)
	assert.Eventually(t, b.Cancelled, 5*time.Second, time.Millisecond)
	assert.False(t, other.Cancelled())
}

func TestWatchdogStopsEverythingWithTheContext(t *testing.T) {
	b := &budget{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go watch(ctx, []*budget{b}, done)
	cancel()
	assert.Eventually(t, b.Cancelled, 5*time.Second, time.Millisecond)
	b.start(time.Hour)
	assert.True(t, b.Cancelled(), "nothing may start any more")
}

func TestPanicBecomesAnError(t *testing.T) {
	fail := func() (err error) {
		defer recovered(&err)
		panic("boom")
	}
	assert.EqualError(t, fail(), "internal error: boom")
	assert.Equal(t, errBudget, tooLong(errBudget))
	assert.EqualError(t, tooLong(errors.New("x")), "x")
}
