package trial

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/results"
)

const (
	beatEvery = 250 * time.Millisecond
	// refusedFor is how long a server may refuse every attempt.
	refusedFor = 3 * time.Second
)

// watch beats, stops the engine when ctx ends or when nothing succeeds any
// more although nothing is done to the server, and returns what ends the watch itself.
func (x *execution) watch(ctx context.Context, e *engine.Engine) (stop func()) {
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		interrupted := ctx.Done()
		for {
			select {
			case <-done:
				return
			case <-interrupted:
				e.Stop()
				interrupted = nil
			case <-tick.C:
				x.look(e)
			}
		}
	})
	return func() {
		close(done)
		watching.Wait()
	}
}

func (x *execution) look(e *engine.Engine) {
	c := e.Counts()
	if c.SinceOK < 2*beatEvery || c.Errors < x.served.Errors {
		x.served = c
	}
	x.hooks.Beat(results.Event{Event: results.EventBeat, Ops: c.Ops, Attempts: c.Attempts, Errors: c.Errors, Ends: x.newEnds()})
	if x.disturb.planned() && x.begun.Load() {
		return // how long nothing succeeds is what is measured
	}
	limit := 2 * x.spec.Point.Settings.Timeout
	if x.refused(c) {
		limit = min(limit, refusedFor)
	}
	limit += x.apart()
	if x.failure == "" && c.Errors > 0 && c.SinceOK > limit {
		x.failure = fmt.Sprintf("nothing succeeded for %v", limit)
		e.Stop()
	}
}

// apart is how long nothing may be due in an open loop.
func (x *execution) apart() time.Duration {
	const most = 20 // times the mean, of random times hardly ever
	if rate := x.pace().Rate; rate > 0 {
		return time.Duration(most * float64(time.Second) / rate)
	}
	return 0
}

// refused reports whether the server has turned every attempt away since the
// last success: what was under way when it ended was reset.
func (x *execution) refused(c engine.Counts) bool {
	since := func(class clients.Class) int64 {
		n := c.ByClass[class]
		if x.served.ByClass != nil {
			n -= x.served.ByClass[class]
		}
		return n
	}
	refused := since(clients.Refused)
	return refused > 0 && refused+since(clients.Reset) == c.Errors-x.served.Errors
}

// newEnds are the connections' addresses where their owner is going to close
// them, if there are others than those that it knows.
func (x *execution) newEnds() map[string]string {
	if !strings.Contains(x.spec.Point.Disturb, results.KillClients) {
		return nil
	}
	ends := x.dialer.Ends()
	if maps.Equal(ends, x.endsTold) {
		return nil
	}
	x.endsTold = ends
	return ends
}
