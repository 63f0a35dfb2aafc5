package runner

import (
	"cmp"
	"context"
	"time"

	"respbench.dev/respbench/results"
)

const (
	// recoverTime bounds how long a server may take to be whole again after it
	// was disturbed.
	recoverTime = time.Minute
	// takeoverTime bounds how long we wait for a replica to take over from a
	// master that has gone by itself.
	takeoverTime = 30 * time.Second
	// quietTime bounds waiting for the connections of a client that has gone:
	// what they sent is then done and counted.
	quietTime = 2 * time.Second
	pollEvery = 20 * time.Millisecond
)

// aftermath notes what a trial has left behind.
func (r *Runner) aftermath(record *results.Trial) {
	r.disturbed = record.Point.Disturb != ""
	r.shaken = r.disturbed || record.Measured == nil || len(record.Errors)+len(record.Warm.Errors) > 0
	r.troubled = r.troubled || r.shaken
	r.left = r.left || r.owns(record.Point)
}

// recover brings the server back to what a trial expects: whole, rid of the
// last client, marked as in use, and with the keys.
func (r *Runner) recover(ctx context.Context) error {
	if r.disturbed {
		if err := r.settle(ctx); err != nil {
			return err
		}
	}
	if r.shaken {
		r.awaitQuiet(ctx)
	}
	return r.patiently(ctx, func() error {
		if err := r.keepAlive(ctx); err != nil || !r.shaken {
			return err
		}
		if err := r.restoreKeys(ctx); err != nil {
			return err
		}
		r.disturbed, r.shaken = false, false
		return nil
	})
}

// settle waits until a server that was disturbed can be used and disturbed
// again, or has ended.
func (r *Runner) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, recoverTime)
	defer cancel()
	go func() {
		select {
		case <-r.Server.Exited():
			cancel()
		case <-ctx.Done():
		}
	}()
	return r.admin.Settle(ctx)
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

// patiently does what may fail because a master has gone. Where another server
// can take over, that is given time.
func (r *Runner) patiently(ctx context.Context, do func() error) error {
	until := time.Now().Add(r.takeover())
	for {
		err := do()
		if err == nil || !r.hasReplicas() || ctx.Err() != nil || time.Now().After(until) {
			return err
		}
		pause(ctx, lateAfter)
	}
}

func (r *Runner) takeover() time.Duration { return cmp.Or(r.Takeover, takeoverTime) }

// hasReplicas reports whether another server could take over.
func (r *Runner) hasReplicas() bool { return r.access.Mode != results.Standalone }

// restoreKeys loads the keys again where another process serves now than the
// one that got them: it lacks what was not saved or not replicated.
func (r *Runner) restoreKeys(ctx context.Context) error {
	s, err := r.admin.Stats(ctx)
	if err != nil || s.Process == r.process {
		return err
	}
	loaded, err := r.writeKeys(ctx)
	for _, l := range loaded {
		r.sets += int64(l.Count) // which the record of the next trial states
	}
	return err
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
