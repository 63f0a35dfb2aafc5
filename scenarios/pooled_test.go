package scenarios

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/fake"
	"respbench.dev/respbench/internal/servertest"
)

const pooledWorkers, pooledSteps = 10, 2000

func TestPooled(t *testing.T) {
	server := servertest.Start(t, servertest.Options{})
	c := contest{scenario: "pooled", load: Load{Workers: pooledWorkers, Conns: 2}}
	c.client = openPoolOn(t, server, pooledWorkers, 2)
	c.run(t, pooledSteps)
	c.ops(t, pooledSteps)
	wait, mean := c.metrics[poolWait], c.metrics[meanPoolWait]
	if wait.Count != pooledSteps || mean.Count != 0 {
		t.Errorf("%d waits and %d means for %d steps", wait.Count, mean.Count, pooledSteps)
	}
	// Of ten workers eight wait while two are served.
	if service := c.result.Kinds[0].Service.Sum; wait.Sum < service/2 || wait.Sum > service {
		t.Errorf("waited %d ns of %d", wait.Sum, service)
	}
	if n := serverCounts(t, server); n["SET"] != 2*pooledSteps || n["GET"] != 2*pooledSteps {
		t.Errorf("the server counted %v", n)
	}
	if n := len(server.Clients(t)); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

// A pool of one hands out a session and counts who has it.
type poolOfOne struct {
	clients.Session
	held atomic.Int64
	err  error // of Acquire
	set  error
}

func (p *poolOfOne) Acquire(context.Context) (clients.Session, func(), error) {
	if p.err != nil {
		return nil, nil, p.err
	}
	p.held.Add(1)
	return p, func() { p.held.Add(-1) }, nil
}

func (p *poolOfOne) Set(ctx context.Context, key string, v clients.Value) error {
	if p.set != nil {
		return p.set
	}
	return p.Session.Set(ctx, key, v)
}

// Whatever happens, the connection is given back.
func TestPooledReleases(t *testing.T) {
	broken := errors.New("OOM command not allowed")
	for name, test := range map[string]struct {
		acquire, set error
		client       clients.Client
		class        []clients.Class
		waits        int64
	}{
		"well":                     {client: fake.New(nil), waits: 3},
		"no connection":            {client: fake.New(nil), acquire: broken, class: []clients.Class{clients.OOM}},
		"an error":                 {client: fake.New(nil), set: broken, class: []clients.Class{clients.OOM}, waits: 3},
		"a reply that was not set": {client: forgetful{fake.New(nil)}, class: []clients.Class{clients.Mismatched}, waits: 3},
	} {
		t.Run(name, func(t *testing.T) {
			p := &poolOfOne{err: test.acquire, set: test.set}
			c := contest{scenario: "pooled", load: Load{Workers: 1, Conns: 1}, client: test.client}
			c.wrap = func(s clients.Session) clients.Session {
				p.Session = s
				return p
			}
			c.run(t, 3)
			c.ops(t, 3, test.class...)
			if p.held.Load() != 0 || c.metrics[poolWait].Count != test.waits {
				t.Errorf("%d connections are held after %d waits", p.held.Load(), c.metrics[poolWait].Count)
			}
		})
	}
}

// A reporting client has waited for a second before the trial, for another with
// the first command, and a microsecond for each.
type reporting struct {
	clients.Client
	commands atomic.Int64
}

func (r *reporting) PoolWaits() (count int64, waited time.Duration) {
	n := r.commands.Load()
	return n, time.Second + time.Duration(min(n, 1))*time.Second + time.Duration(n)*time.Microsecond
}

// A counting session is no Pooler.
type counting struct {
	clients.Session
	commands *atomic.Int64
}

func (c counting) Set(ctx context.Context, key string, v clients.Value) error {
	c.commands.Add(1)
	return c.Session.Set(ctx, key, v)
}

func (c counting) Get(ctx context.Context, key string, into *clients.Reply) error {
	c.commands.Add(1)
	return c.Session.Get(ctx, key, into)
}

func TestPooledAsReported(t *testing.T) {
	r := &reporting{Client: fake.New(nil)}
	c := contest{scenario: "pooled", load: Load{Workers: 3, Conns: 1}, client: r}
	c.wrap = func(s clients.Session) clients.Session { return counting{s, &r.commands} }
	c.run(t, 100)
	c.ops(t, 100)
	wait, mean := c.metrics[poolWait], c.metrics[meanPoolWait]
	if wait.Count != 0 || mean.Count != 1 || mean.Sum != 2000 {
		t.Errorf("%d waits, %d means of %d ns, want one mean of 2000", wait.Count, mean.Count, mean.Sum)
	}
}

func TestPooledNeedsAPool(t *testing.T) {
	if _, err := acquireEach(forgetfulSession{}, nil); err == nil {
		t.Error("no error")
	}
}
