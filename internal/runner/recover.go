package runner

import (
	"context"
	"time"

	"respbench.dev/respbench/results"
)

const (
	// recoverTime bounds how long a server may take to be whole again after it
	// was disturbed.
	recoverTime = time.Minute
	// quietTime bounds waiting for the connections of a client that has gone:
	// what they sent is then done and counted.
	quietTime = 2 * time.Second
	pollEvery = 20 * time.Millisecond
)

// aftermath notes what a trial has left behind.
func (r *Runner) aftermath(record *results.Trial, w *window) {
	r.disturbed = record.Point.Disturb != ""
	r.shaken = r.disturbed || record.Measured == nil || len(record.Errors)+len(record.Warm.Errors) > 0
	r.troubled = r.troubled || r.shaken
	r.keysLost = r.keysLost || w.restarted()
}

// recover brings the server back to what a trial expects: whole, rid of the
// last client, and with the keys. It does nothing after a trial without errors.
func (r *Runner) recover(ctx context.Context) error {
	if r.disturbed {
		if err := r.settle(ctx); err != nil {
			return err
		}
	}
	if r.shaken {
		r.awaitQuiet(ctx)
	}
	r.disturbed, r.shaken = false, false
	if !r.keysLost {
		return nil
	}
	r.keysLost = false
	_, err := r.writeKeys(ctx)
	return err
}

// settle waits until a server that was disturbed can be used and disturbed
// again.
func (r *Runner) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, recoverTime)
	defer cancel()
	for {
		err := r.admin.Settle(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		pause(ctx, pollEvery)
	}
}

// awaitQuiet waits until nobody but us is connected, for a while: others may
// be, and stay.
func (r *Runner) awaitQuiet(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, quietTime)
	defer cancel()
	for ctx.Err() == nil {
		s, err := r.admin.Stats(ctx)
		if err != nil || s.Others == nil || *s.Others == 0 {
			return
		}
		pause(ctx, pollEvery)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
