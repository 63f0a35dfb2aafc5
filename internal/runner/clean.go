package runner

import (
	"context"
	"errors"
	"slices"
	"time"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/results"
)

const (
	// cleanupTime bounds removing keys, also after an interruption, beyond what
	// a takeover takes.
	cleanupTime = 15 * time.Second
	// cleanups is how often keys are removed at most where late commands of a
	// client that gave up may bring some back.
	cleanups  = 4
	lateAfter = 200 * time.Millisecond
)

// answers reports whether the server still talks: someone who interrupts a run
// does not wait for one that hangs, but for one that we have told to pause.
func (r *Runner) answers() bool {
	paused := max(0, time.Until(time.Unix(0, r.pausedUntil.Load())))
	ctx, cancel := context.WithTimeout(context.Background(), paused+stopGrace)
	defer cancel()
	for {
		_, err := r.admin.Stats(ctx)
		if err == nil || ctx.Err() != nil || paused == 0 {
			return err == nil
		}
		pause(ctx, pollEvery)
	}
}

// room is what the keys of the plan take at most, in bytes, about.
func (r *Runner) room() int64 {
	_, bytes := r.Plan.Keys()
	var own int64
	for _, p := range r.Plan.Points {
		if r.executor(p).Unchecked != nil {
			own = max(own, int64(p.Load.Keyspace)*int64(p.Load.DataSize+plan.KeyOverhead))
		}
	}
	return bytes + own
}

// clean removes every key that may be on the server, even when interrupted.
func (r *Runner) clean(ctx context.Context) (removed int64, err error) {
	if r.marked.IsZero() {
		return 0, nil
	}
	if ctx.Err() != nil && !r.hasReplicas() && !r.answers() {
		return 0, errors.New("the server does not answer")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime+r.takeover())
	defer cancel()
	if r.troubled {
		r.awaitQuiet(ctx)
	}
	if removed, err = r.unlinkAll(ctx); err != nil {
		return removed, err
	}
	r.written, r.marked = 0, time.Time{} // another side, of the same keys, has nothing left to remove
	_, err = r.admin.Delete(ctx, gen.AliveKey(r.Header.ID))
	return removed, err
}

// unlinkAll removes keys until none are left.
func (r *Runner) unlinkAll(ctx context.Context) (removed int64, err error) {
	for range cleanups {
		var last int64
		err := r.patiently(ctx, func() error {
			n, err := r.unlink(ctx)
			removed, last = removed+n, n
			return err
		})
		if err != nil || last == 0 || !r.troubled {
			return removed, err
		}
		pause(ctx, lateAfter)
	}
	return removed, nil
}

// unlink removes every set of keys once, and what a scenario has left of its
// own.
func (r *Runner) unlink(ctx context.Context) (removed int64, err error) {
	for _, d := range r.Plan.Datasets[:r.written] {
		keys := gen.NewKeys(d.Prefix(r.Header.ID), d.Count)
		n, failed := r.admin.Unlink(ctx, d.Count, keys.At)
		removed += n
		err = errors.Join(err, failed)
	}
	if !r.left || err != nil {
		return removed, err
	}
	n, err := r.unlinkLeft(ctx)
	return removed + n, err
}

// owns reports whether a trial of a point writes keys whose names only its
// process knows.
func (r *Runner) owns(p results.Point) bool {
	return r.Plan.Owns(p) || r.executor(p).Unchecked != nil
}

// unlinkLeft looks through the server's keys for those of the run, whose names
// only the process of a trial knew.
func (r *Runner) unlinkLeft(ctx context.Context) (removed int64, err error) {
	mark := gen.AliveKey(r.Header.ID)
	err = r.admin.Keys(ctx, gen.RunPrefix(r.Header.ID)+"*", func(keys []string) error {
		keys = slices.DeleteFunc(keys, func(key string) bool {
			run, ok := gen.RunOf(key)
			return !ok || run != r.Header.ID || key == mark
		})
		n, err := r.admin.Delete(ctx, keys...)
		removed += n
		return err
	})
	return removed, err
}
