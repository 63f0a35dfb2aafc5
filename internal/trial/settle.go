package trial

import (
	"context"
	"sync"
	"time"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

const (
	settleTries = 5
	settleWait  = 50 * time.Millisecond
)

// settle has every worker of a scenario that counts read its key once more,
// after the window: no later increment tells about the last ones. A worker
// that cannot read leaves it; nothing is waited for when ctx has ended.
func (x *execution) settle(ctx context.Context) {
	if !x.scenario.Counts {
		return
	}
	var workers sync.WaitGroup
	for i := range x.data {
		workers.Go(func() { x.settleWorker(ctx, i) })
	}
	workers.Wait()
}

// settleWorker tries until as much time has gone as one call may take: the
// owner waits for the record. Calls get the context that steps get.
func (x *execution) settleWorker(ctx context.Context, i int) {
	stepContext, release := contextOf(x.spec.Point.Settings.Context)
	defer release()
	began := time.Now()
	for range settleTries {
		if ctx.Err() != nil || time.Since(began) > x.spec.Point.Settings.Timeout {
			return
		}
		if x.data[i].Settle(stepContext, x.sessions[i]) == nil {
			return
		}
		time.Sleep(settleWait)
	}
}

// tally is what became of all workers' increments; nil if nothing was counted.
func (x *execution) tally() *results.Tally {
	if !x.scenario.Counts {
		return nil
	}
	var sum scenarios.Tally
	for _, d := range x.data {
		sum.Add(d.Tally())
	}
	return pointer(results.Tally(sum))
}
