package all_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/internal/faultproxy"
)

// shares has callers who wait for each reply, which comes late: a command that
// comes sooner over the same connection is another caller's.
func (s subject) shares(t *testing.T) cell {
	const callers, latency = 32, 200 * time.Millisecond
	p := faultproxy.Start(t, s.server.Plain)
	c := clientstest.Open(t, s.variant, clientstest.Target(p.Addr, callers))
	m := watch(t, s.server)
	var warm sync.WaitGroup
	warm.Add(callers)
	late := make(chan struct{})
	go func() {
		defer close(late)
		warm.Wait()
		p.Down.Set(faultproxy.Fault{Latency: latency})
	}()
	clientstest.InParallel(t, c, callers, func(ctx context.Context, caller int, session clients.Session) error {
		err := clientstest.SetGet(ctx, session, fmt.Sprint("warm-", caller), sixteenBytes)
		warm.Done()
		if <-late; err != nil {
			return err
		}
		return clientstest.SetGet(ctx, session, fmt.Sprint("late-", caller), sixteenBytes)
	})
	return yesIf(overlap(m.since(t), latency))
}

// overlap reports whether a connection has brought two commands within half
// the time that a reply takes.
func overlap(commands []executed, latency time.Duration) bool {
	last := map[string]time.Duration{}
	for _, c := range commands {
		if !strings.HasPrefix(c.key, "late-") {
			continue
		}
		if before, ok := last[c.conn]; ok && c.at-before < latency/2 {
			return true
		}
		last[c.conn] = c.at
	}
	return false
}

// pipelines holds back all replies to one flush: all its commands come at once,
// or never.
func (s subject) pipelines(t *testing.T) cell {
	p := faultproxy.Start(t, s.server.Plain)
	to := clientstest.Target(p.Addr, 1)
	to.Depth = depth
	session := clientstest.Session(t, clientstest.Open(t, s.variant, to))
	pipeliner, ok := session.(clients.Pipeliner)
	if !ok {
		return no
	}
	dialAll(t, func(ctx context.Context) error { return pipeliner.Pipeline(ctx, clientstest.Pairs("warm", depth)) })
	m := watch(t, s.server)
	p.Down.Set(faultproxy.Fault{Hold: true})
	flushed := make(chan error, 1)
	go func() { flushed <- pipeliner.Pipeline(context.Background(), clientstest.Pairs("held", depth)) }()
	arrived := m.await(t, 2*depth)
	p.Down.Clear()
	if err := <-flushed; err != nil {
		t.Fatal(err)
	}
	return yesIf(arrived == 2*depth)
}

// dialAll calls so often that even a library which takes one of its connections
// at random has used each: greetings must not be held back.
func dialAll(t *testing.T, call func(context.Context) error) {
	t.Helper()
	const enough = 40
	for range enough {
		if err := call(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// await returns when so many commands were executed, or else how many within a
// while.
func (m *monitor) await(t *testing.T, commands int) (arrived int) {
	t.Helper()
	const while = 2 * time.Second // less than the time-out of a call
	for end := time.Now().Add(while); arrived < commands && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		arrived += len(m.since(t))
	}
	return arrived
}

// caches reads until the server is not asked, and then has another write.
func (s subject) caches(t *testing.T) cell {
	const key = "cached"
	session := clientstest.Session(t, clientstest.Open(t, s.variant, clientstest.Target(s.server.Plain, 1)))
	if _, ok := session.(clients.Cacher); !ok {
		return no
	}
	s.server.Do(t, "SET", key, "first")
	m := watch(t, s.server)
	if !hits(t, m, session, key, "first") {
		return no
	}
	s.server.Do(t, "SET", key, "second")
	clientstest.MustSee(t, session, key, "second")
	return yes
}

// hits allows for some misses: a library may begin to keep what it has read a
// little later.
func hits(t *testing.T, m *monitor, session clients.Session, key, want string) bool {
	t.Helper()
	const reads = 5
	for range reads {
		if _, err := clientstest.GetCached(session, key, want); err != nil {
			t.Fatal(err)
		}
		if len(m.since(t)) == 0 {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}
