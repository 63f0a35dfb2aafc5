package clientstest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/faultproxy"
	"respbench.dev/respbench/internal/servertest"
)

// openPool returns a client that was asked for so many connections.
func (s subject) openPool(t *testing.T, addr string, workers, conns int) clients.Client {
	t.Helper()
	to := Target(addr, workers)
	to.Conns = conns
	return s.open(t, to)
}

// lends reports whether sessions are Poolers: of a pool that only reports waits
// there is nothing to acquire.
func (s subject) lends(t *testing.T) bool {
	if !s.variant.Has.Pool {
		return false
	}
	_, ok := s.alone(t, Target(s.server.addr, 1)).(clients.Pooler)
	return ok
}

func acquire(t *testing.T, s clients.Session) (clients.Session, func()) {
	t.Helper()
	return mustAcquire(t, s.(clients.Pooler))
}

// checkPoolSize has more workers than connections: all of those are used at
// once, and no other.
func checkPoolSize(t *testing.T, s subject) {
	if !s.lends(t) {
		return
	}
	const workers, conns = 8, 3
	c := s.openPool(t, s.server.addr, workers, conns)
	var held, most atomic.Int64
	InParallel(t, c, workers, func(ctx context.Context, worker int, session clients.Session) error {
		for i := range 20 {
			own, release, err := session.(clients.Pooler).Acquire(ctx)
			if err != nil {
				return err
			}
			now := held.Add(1)
			for before := most.Load(); now > before && !most.CompareAndSwap(before, now); before = most.Load() {
			}
			err = SetGet(ctx, own, fmt.Sprint("pool ", worker), text(fmt.Sprint(i)))
			time.Sleep(time.Millisecond) // long enough for others to want it
			held.Add(-1)
			release()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if most.Load() != conns {
		t.Errorf("%d connections were out at once, want %d", most.Load(), conns)
	}
}

// checkPoolWait has one wait for the only connection.
func checkPoolWait(t *testing.T, s subject) {
	if !s.lends(t) {
		return
	}
	c := s.openPool(t, s.server.addr, 2, 1)
	holder, waiter := Session(t, c), Session(t, c)
	for i := range 3 {
		first, release := acquire(t, holder)
		mustSetGet(t, first, "pool wait", text(fmt.Sprint(i)))
		got := make(chan error, 1)
		go func() {
			second, releaseSecond, err := waiter.(clients.Pooler).Acquire(context.Background())
			if err == nil {
				err = SetGet(context.Background(), second, "pool waited", text("v"))
				releaseSecond()
			}
			got <- err
		}()
		time.Sleep(50 * time.Millisecond)
		if len(got) > 0 {
			t.Fatalf("two have the only connection, or the waiter has %v", <-got)
		}
		mustSetGet(t, first, "pool wait", text("still"))
		release()
		if err := ends(t, func() error { return <-got }); err != nil {
			t.Fatalf("after the release: %v", err)
		}
	}
	mustSetGet(t, holder, "pool wait", text("beside"))
}

// checkPoolSessions uses several at once that one session has acquired: each
// has a connection of its own, and keeps it.
func checkPoolSessions(t *testing.T, s subject) {
	if !s.lends(t) || !s.variant.Has.Command {
		return
	}
	const conns = 4
	parent := Session(t, s.openPool(t, s.server.addr, conns, conns))
	var ids [conns]int64
	var all sync.WaitGroup
	for i := range conns {
		own, release := acquire(t, parent)
		defer release()
		all.Go(func() { ids[i] = connectionOf(t, own, fmt.Sprint("pool session ", i)) })
	}
	all.Wait()
	slices.Sort(ids[:])
	if len(slices.Compact(ids[:])) != conns || ids[0] == 0 {
		t.Errorf("%d sessions use the connections %v", conns, ids)
	}
}

// connectionOf is the server's number of the connection, 0 if there were
// several.
func connectionOf(t *testing.T, s clients.Session, key string) (id int64) {
	ctx := context.Background()
	for i := range 50 {
		var answer clients.Answer
		err := s.(clients.Commander).Do(ctx, clients.Call{Words: []string{"CLIENT", "ID"}}, &answer)
		if err == nil {
			err = SetGet(ctx, s, key, text(fmt.Sprint(i)))
		}
		if err != nil || id != 0 && answer.Int != id {
			t.Errorf("%s: connection %s after %d, %v", key, show(answer), id, err)
			return 0
		}
		id = answer.Int
	}
	return id
}

// checkPoolBroken breaks a connection that is out: the only one there can be is
// not lost by that.
func checkPoolBroken(t *testing.T, s subject) {
	if !s.lends(t) {
		return
	}
	p := faultproxy.Start(t, s.server.addr)
	parent := Session(t, s.openPool(t, p.Addr, 1, 1))
	for range 3 {
		own, release := acquire(t, parent)
		mustSetGet(t, own, "pool broken", text("before"))
		p.Cut()
		if err := SetGet(context.Background(), own, "pool broken", text("lost")); err == nil {
			t.Error("no error over a broken connection")
		}
		release()
		servertest.Eventually(t, limit, "acquire another", func() error {
			own, release, err := parent.(clients.Pooler).Acquire(context.Background())
			if err != nil {
				return err
			}
			defer release()
			return SetGet(context.Background(), own, "pool broken", text("after"))
		})
	}
}
