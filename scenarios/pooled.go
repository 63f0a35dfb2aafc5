package scenarios

import (
	"context"
	"fmt"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

func init() {
	register(Scenario{
		Name:    "pooled",
		Doc:     "What does it cost to share a pool of connections?",
		Version: 1,
		Place:   8,
		Kinds:   setGetKinds,
		Load:    Load{Workers: 100, Conns: 10},
		Uses:    []Use{Workers, DataSize, Keyspace, Conns},
		Needs:   clients.Capabilities{Pool: true},
		Metrics: []Metric{
			poolWait: {
				Name: "pool wait", Unit: "ns", Better: "lower",
				Doc: "of each step, from asking for a connection to having it",
			},
			meanPoolWait: {
				Name: "mean pool wait", Unit: "ns", Better: "lower",
				Doc: "of a step, all its waits together, as the library adds them up, where it hands out no connection",
			},
		},
		Prepare: pool,
	})
}

// The metrics of pooled: a trial has one of them.
const (
	poolWait = iota
	meanPoolWait
)

func pool(_ context.Context, s Setup) (*Bound, error) {
	reporter, ok := s.Client.(clients.PoolReporter)
	if !ok {
		return &Bound{Bind: acquireEach}, nil
	}
	r := &reportedPool{reporter: reporter, mean: s.Sampler(meanPoolWait)}
	return &Bound{Bind: r.bind, Warmed: r.warmed, End: r.end}, nil
}

// acquireEach takes a connection for each op, and gives it back when the reply
// has been looked at.
func acquireEach(s clients.Session, d *Data) (engine.Step, error) {
	pooler, ok := s.(clients.Pooler)
	if !ok {
		return nil, fmt.Errorf("a pool of connections is not offered by %T", s)
	}
	reply := new(clients.Reply)
	return func(ctx context.Context) (kind, ops int, err error) {
		asked := engine.Now()
		conn, release, err := pooler.Acquire(ctx)
		if err != nil {
			return 0, 1, err
		}
		defer release()
		d.Worker.Sample(poolWait, engine.Now()-asked)
		return 0, 1, d.setGet(ctx, conn, reply)
	}, nil
}

// A reportedPool waits within each command, and only its library knows for how
// long.
type reportedPool struct {
	reporter clients.PoolReporter
	before   time.Duration // waited before the clock started
	mean     *engine.Sampler
	steps    []*stepCount // of each worker, since then
}

// A stepCount has a cache line of its own.
type stepCount struct {
	n int64
	_ [7]int64
}

func (r *reportedPool) bind(s clients.Session, d *Data) (engine.Step, error) {
	if _, ok := s.(clients.Pooler); ok {
		return acquireEach(s, d)
	}
	step, err := setGet(s, d)
	count := new(stepCount)
	r.steps = append(r.steps, count)
	return func(ctx context.Context) (kind, ops int, err error) {
		count.n++
		return step(ctx)
	}, err
}

// warmed leaves out what was waited until now: for connections to be dialled, too.
func (r *reportedPool) warmed() {
	_, r.before = r.reporter.PoolWaits()
	for _, count := range r.steps {
		count.n = 0
	}
}

func (r *reportedPool) end(context.Context) error {
	var steps int64
	for _, count := range r.steps {
		steps += count.n
	}
	if steps > 0 {
		_, waited := r.reporter.PoolWaits()
		r.mean.Sample(int64(waited-r.before) / steps)
	}
	return nil
}
