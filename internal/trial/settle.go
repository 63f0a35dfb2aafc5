package trial

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

const (
	settleTries = 5
	settleWait  = 50 * time.Millisecond
)

// settle has every worker of a scenario that counts read its key once more,
// after the window: no later increment tells about the last ones. It returns
// what became of all workers' increments; nil if nothing was counted, or if that
// is not known because a worker could not read. Nothing is waited for when ctx
// has ended.
func (x *execution) settle(ctx context.Context) *results.Tally {
	if !x.scenario.Counts {
		return nil
	}
	var workers sync.WaitGroup
	var unread atomic.Bool
	for i := range x.data {
		workers.Go(func() {
			if !x.settleWorker(ctx, i) {
				unread.Store(true)
			}
		})
	}
	workers.Wait()
	if unread.Load() {
		return nil
	}
	var sum scenarios.Tally
	for _, d := range x.data {
		sum.Add(d.Tally())
	}
	return pointer(results.Tally(sum))
}

// settleWorker reports whether it could read. It tries until as much time has
// gone as one call may take: the owner waits for the record. Calls get the
// context that steps get.
func (x *execution) settleWorker(ctx context.Context, i int) (settled bool) {
	stepContext, release := contextOf(x.spec.Point.Settings.Context)
	defer release()
	began := time.Now()
	for range settleTries {
		if ctx.Err() != nil {
			return false
		}
		if x.data[i].Settle(stepContext, x.sessions[i]) == nil {
			return true
		}
		if time.Since(began) > x.spec.Point.Settings.Timeout {
			return false
		}
		time.Sleep(settleWait)
	}
	return false
}
