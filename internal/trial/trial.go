// Package trial executes one spec in this process and returns its record. It
// runs in a child of respbench's own, started for this one trial, or, with
// --isolate none, in respbench itself.
package trial

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// Hooks are what an executor tells its owner while it runs.
type Hooks struct {
	// Ready is called when all workers have warmed; the clock starts when it
	// returns, and does not start if it returns an error.
	Ready   func() error
	Started func()
	Ended   func()
	Beat    func(results.Event)
}

// An execution is one trial under way.
type execution struct {
	spec     results.Spec
	scenario scenarios.Scenario
	client   clients.Client
	sessions []clients.Session
	kinds    []scenarios.Kind
	data     []*scenarios.Data // of each worker
	bound    *scenarios.Bound  // of a scenario that prepares; else nil
	sentWarm map[string]scenarios.Sent
	dialer   *clients.Dialer
	dialled  int64 // up to the end of the window
	hooks    Hooks
	disturb  disturbance
	opened   time.Time   // when opening the client began
	begun    atomic.Bool // the window
	cost     *meter
	failure  string            // set by the watch
	endsTold map[string]string // of the connections, in the last event that told them
	served   engine.Counts     // when something last succeeded, for the watch
	access   results.Access
	shares   bool
}

// Execute runs one trial. The end of ctx asks it to stop early. An error means
// that nothing could be measured; a trial that went wrong is a record.
func Execute(ctx context.Context, libraries []clients.Library, spec results.Spec, access results.Access, hooks Hooks) (*results.Measured, error) {
	if n := spec.Point.Placement.Procs; n > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	}
	stepContext, release := contextOf(spec.Point.Settings.Context)
	defer release()
	x := &execution{spec: spec, hooks: hooks, access: access}
	if err := x.disturb.plan(spec.Point.Disturb); err != nil {
		return nil, err
	}
	material, err := x.material()
	if err != nil {
		return nil, err
	}
	if err := x.open(stepContext, libraries); err != nil {
		return nil, err
	}
	defer x.close()
	e := engine.New(x.config())
	steps, err := x.bind(stepContext, e, material)
	if err != nil {
		return nil, err
	}
	stopWatch := x.watch(ctx, e)
	before := time.Since(x.opened)
	result, err := e.Run(stepContext, steps)
	stopWatch()
	if err != nil {
		return nil, err
	}
	if err := x.end(stepContext); err != nil {
		x.failure = cmp.Or(x.failure, storable(x.access, err))
	}
	x.hooks.Ended()              // the server's counts have all that the scenario has counted
	result.Metrics = e.Metrics() // with what was sampled since the last step
	m := x.record(result, before)
	m.Tally = x.settle(ctx)
	m.Failure = x.failed(m, result)
	return m, nil
}

// contextOf returns the context that every call gets. A kind other than
// background changes what some libraries do, so it is part of the settings.
func contextOf(kind string) (context.Context, context.CancelFunc) {
	switch kind {
	case "deadline":
		return context.WithTimeout(context.Background(), 24*time.Hour)
	case "cancel":
		return context.WithCancel(context.Background())
	default:
		return context.Background(), func() {}
	}
}

func (x *execution) material() (*scenarios.Material, error) {
	p := x.spec.Point
	scenario, err := scenarios.Named(p.Scenario)
	if err != nil {
		return nil, err
	}
	if scenario.Version != p.Version {
		return nil, fmt.Errorf("scenario %s has version %d here, version %d was asked for", p.Scenario, scenario.Version, p.Version)
	}
	if err := scenarios.Load(p.Load).Check(); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", p.Scenario, err)
	}
	x.scenario, x.kinds = scenario, scenario.KindsFor(scenarios.Load(p.Load))
	material := scenario.NewMaterial(x.spec.Run, scenarios.Load(p.Load), x.spec.DataSeed, x.spec.Seed)
	material.Earlier = x.spec.Earlier
	return material, nil
}

func (x *execution) open(ctx context.Context, libraries []clients.Library) error {
	p := x.spec.Point
	variant, err := clients.Find(libraries, p.Library, p.Variant)
	if err != nil {
		return err
	}
	x.shares = variant.Shares
	secure, err := x.access.TLS.Config()
	if err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	target := Target(p, x.access, secure)
	target.Transacts = x.scenario.Needs.Transaction
	if x.scenario.Sessions != nil {
		target.Workers += x.scenario.Sessions(scenarios.Load(p.Load))
	}
	x.dialer = target.Dialer
	x.opened = time.Now()
	if x.client, err = variant.Open(ctx, target); err != nil {
		return fmt.Errorf("open %s: %w", p.Library, err)
	}
	beaten := x.opened
	for i := range p.Load.Workers {
		if time.Since(beaten) > beatEvery {
			beaten = time.Now()
			x.hooks.Beat(results.Event{Event: results.EventBeat, Opened: i})
		}
		if _, err := x.session(ctx); err != nil {
			x.close()
			return err
		}
	}
	return nil
}

// session opens one, which is closed with the trial.
func (x *execution) session(ctx context.Context) (clients.Session, error) {
	s, err := x.client.Session(ctx)
	if err != nil {
		return nil, fmt.Errorf("open a session of %s: %w", x.spec.Point.Library, err)
	}
	x.sessions = append(x.sessions, s)
	return s, nil
}

// Target is what a client is opened for at a point; secure is the access's TLS,
// nil for a plain connection.
func Target(p results.Point, access results.Access, secure *tls.Config) clients.Target {
	return clients.Target{
		Mode: access.Mode, Addrs: access.Addrs, Master: access.Master, SentinelAuth: access.SentinelAuth,
		Username: access.Username, Password: access.Password, DB: access.DB,
		RESP: p.Settings.RESP, OldRESP: access.OldRESP, Timeout: p.Settings.Timeout, ConnectTimeout: p.Settings.ConnectTimeout,
		Workers: p.Load.Workers, Depth: p.Load.Depth, Conns: p.Load.Conns, Procs: p.Placement.Procs,
		Dialer: clients.NewDialer(access.Network, p.Settings.ConnectTimeout, secure),
	}
}

func (x *execution) close() {
	x.unbind()
	for _, s := range x.sessions {
		_ = s.Close() // whatever was measured is measured
	}
	_ = x.client.Close()
}

func (x *execution) config() engine.Config {
	c := engine.Config{
		Workers:  x.spec.Point.Load.Workers,
		Kinds:    len(x.kinds),
		Metrics:  len(x.scenario.Metrics),
		Pace:     x.pace(),
		Seed:     x.spec.Seed,
		Limit:    engine.Limit(x.spec.Limit),
		Warmup:   engine.Warmup(x.spec.Warmup),
		Classify: x.classify,
		Classes:  int(clients.Classes),
		Warmed:   x.warmed,
		Ended:    x.ended,
	}
	if x.disturb.planned() {
		c.Slice, c.Outages = disturbedSlice, results.OutageFrom
	}
	return c
}

// warmed brings the heap to its size, waits for go and reads the meters last.
func (x *execution) warmed() error {
	x.cost = newMeter(x.spec.Point.Settings.Heap)
	if err := x.hooks.Ready(); err != nil {
		return err
	}
	x.boundWarmed()
	x.begun.Store(true)
	x.hooks.Started()
	x.cost.start()
	return nil
}

func (x *execution) ended() {
	if x.cost != nil {
		x.cost.stop()
	}
	x.dialled = x.dialer.Dials()
}
