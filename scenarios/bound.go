package scenarios

import (
	"context"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// A Setup is what Prepare works with.
type Setup struct {
	Load     Load
	Material *Material
	Client   clients.Client
	Cluster  bool // keys of one command or transaction must be in one slot
	// Disturbed: the server is disturbed on purpose, so calls may fail.
	Disturbed bool
	// Session opens one of the scenario's own sessions, which is closed after
	// the trial.
	Session func(context.Context) (clients.Session, error)
	// Sampler is for a goroutine that is no worker; several may share one.
	Sampler func(metric int) *engine.Sampler
}

// A Bound is a scenario that is ready for one trial.
type Bound struct {
	// Bind makes the step of one worker.
	Bind func(clients.Session, *Data) (engine.Step, error)
	// Warmed is called when all workers have warmed and wait, right before the
	// clock starts. Nil: nothing to do.
	Warmed func()
	// End is called when the last step has returned, before any session is
	// closed. It waits for what is under way, and checks: its error fails the
	// trial. It samples what is one number a trial. Nil: nothing to do.
	End func(context.Context) error
	// Close is called in any case, after End: it stops goroutines and removes
	// keys of the scenario's own. Nil: nothing to do.
	Close func(context.Context) error
	// Sent counts commands that follow from no op, by their name in
	// commandstats, from Prepare to the end of End. Nil: there are none.
	Sent func() map[string]Sent
}

// Sent is how many commands were answered, and how many were sent.
type Sent struct{ Done, Tried int64 }
