package scenarios

import (
	"context"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/raw"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/servertest"
)

// A contest is a trial of a scenario with all its workers at once.
type contest struct {
	scenario string
	load     Load
	client   clients.Client
	cluster  bool
	wrap     func(clients.Session) clients.Session // of the scenario's and the workers' sessions; nil: as they are

	*Bound
	result  *engine.Result
	metrics []engine.Recording
}

// run makes so many steps, of all workers together, and as many to warm.
func (c *contest) run(t *testing.T, steps int64) {
	t.Helper()
	s, err := Named(c.scenario)
	if err != nil {
		t.Fatal(err)
	}
	c.load.DataSize, c.load.Keyspace = size, count
	e := engine.New(engine.Config{
		Workers: c.load.Workers, Kinds: len(s.KindsFor(c.load)), Metrics: len(s.Metrics), Classes: int(clients.Classes),
		Limit: engine.Limit{Steps: steps}, Warmup: engine.Warmup{Steps: steps},
		Classify: func(err error) int { return int(clients.Classify(err)) },
		Warmed:   c.warmed, Ended: func() {},
	})
	material := s.NewMaterial(run, c.load, dataSeed, 9)
	c.Bound, err = s.Prepare(t.Context(), Setup{
		Load: c.load, Material: material, Client: c.client, Cluster: c.cluster, Session: c.session, Sampler: e.Sampler,
	})
	if err != nil {
		t.Fatal(err)
	}
	var bound []engine.Step
	for _, w := range e.Workers() {
		session, err := c.session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		step, err := c.Bind(session, material.Worker(w))
		if err != nil {
			t.Fatal(err)
		}
		bound = append(bound, step)
	}
	if c.result, err = e.Run(t.Context(), bound); err != nil {
		t.Fatal(err)
	}
	c.finish(t)
	c.metrics = e.Metrics()
}

func (c *contest) warmed() error {
	if c.Warmed != nil {
		c.Warmed()
	}
	return nil
}

// session leaves closing to the client.
func (c *contest) session(ctx context.Context) (clients.Session, error) {
	s, err := c.client.Session(ctx)
	if err == nil && c.wrap != nil {
		s = c.wrap(s)
	}
	return s, err
}

func (c *contest) finish(t *testing.T) {
	t.Helper()
	if c.End != nil {
		if err := c.End(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if c.Close != nil {
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// ops wants all steps of the window to have succeeded, or else to have failed
// with a class of errors.
func (c *contest) ops(t *testing.T, want int64, failed ...clients.Class) {
	t.Helper()
	k := c.result.Kinds[0]
	if len(failed) == 0 && (k.Ops != want || k.Attempts != want) {
		t.Errorf("%d ops of %d tried, want %d; errors %v", k.Ops, k.Attempts, want, c.result.FirstErrs)
	}
	for _, class := range failed {
		if k.Ops != 0 || c.result.Errors[class] != want {
			t.Errorf("%d ops, errors %v, want %d of class %v", k.Ops, c.result.Errors, want, class)
		}
	}
}

// openOn opens a client of the server until the test ends.
func openOn(t *testing.T, v clients.Variant, mode string, addrs []string, workers, conns int) clients.Client {
	t.Helper()
	client, err := v.Open(t.Context(), clients.Target{
		Mode: mode, Addrs: addrs, Timeout: 10 * time.Second, ConnectTimeout: 10 * time.Second, Procs: 1,
		Workers: workers, Conns: conns, Dialer: clients.NewDialer("tcp", 10*time.Second, nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// openPoolOn is our own pool of connections to a server of its own.
func openPoolOn(t *testing.T, server *servertest.Server, workers, conns int) clients.Client {
	t.Helper()
	v, err := raw.Library.Find("pool")
	if err != nil {
		t.Fatal(err)
	}
	return openOn(t, v, clients.Standalone, []string{server.Addr}, workers, conns)
}
