package trial

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

// disturbedSlice is the length of the slices of a disturbed trial: a second
// would hide most of what happens.
const disturbedSlice = 100 * time.Millisecond

// A disturbance is what is done to the server during a trial, and what the
// client is not to blame for then.
type disturbance struct {
	any, restart, failover bool

	forgiven atomic.Int64 // mismatches that are the server's
}

// plan reads what a point says.
func (d *disturbance) plan(text string) error {
	if text == "" {
		return nil
	}
	planned, err := results.ParseDisturb(text)
	if err != nil {
		return err
	}
	d.any = true
	d.restart = slices.ContainsFunc(planned, named(results.Restart))
	d.failover = slices.ContainsFunc(planned, named(results.Failover))
	return nil
}

func named(name string) func(results.Planned) bool {
	return func(p results.Planned) bool { return p.Name == name }
}

func (d *disturbance) planned() bool { return d.any }

// forgives reports whether a wrong reply is the server's loss. A server that
// is restarted has lost its keys. A replica that takes over lacks the last
// writes, so a key is missing there or holds what it held before. A reply that
// was never written to its key is the client's fault whatever happens.
func (d *disturbance) forgives(err error) bool {
	m, ok := errors.AsType[*clients.Mismatch](err)
	return ok && (m.Miss && (d.restart || d.failover) || m.Stale && d.failover)
}

// classify is asked by all workers. Before the window nothing is done to the
// server.
func (x *execution) classify(err error) int {
	class := clients.Classify(err)
	if class == clients.Mismatched && x.begun.Load() && x.disturb.forgives(err) {
		x.disturb.forgiven.Add(1)
	}
	return int(class)
}
