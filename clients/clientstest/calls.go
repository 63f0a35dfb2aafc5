package clientstest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
)

func checkValues(t *testing.T, s subject) {
	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	values := []struct {
		name  string
		value []byte
	}{
		{"short", []byte("value")},
		{"empty", nil},
		{"line ends", []byte("\r\n$5\r\n\r\n")},
		{"every byte", everyByte},
		{"4 KiB", bytes.Repeat([]byte("0123456789abcdef"), 256)},
		{"1 MiB", bytes.Repeat(everyByte, 4096)},
		{"short again", []byte("other")},
	}
	session := s.alone(t, Target(s.server.addr, 1))
	for _, v := range values {
		if err := SetGet(context.Background(), session, "values", clients.ValueOf(v.value)); err != nil {
			t.Errorf("%s: %v", v.name, err)
		}
	}
}

func checkMiss(t *testing.T, s subject) {
	session := s.alone(t, Target(s.server.addr, 1))
	var reply clients.Reply
	if err := session.Get(context.Background(), "nobody set this", &reply); err != nil {
		t.Fatalf("a missing key is an error: %v", err)
	}
	if !reply.IsMiss() {
		t.Errorf("a missing key has %d bytes", reply.Len())
	}
	mustSetGet(t, session, "miss", text("v"))
}

// checkContexts uses each kind of context that a trial can ask for.
func checkContexts(t *testing.T, s subject) {
	cancelled, cancel := context.WithCancel(context.Background())
	defer cancel()
	deadline, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	for i, ctx := range []context.Context{context.Background(), cancelled, deadline} {
		session := s.alone(t, Target(s.server.addr, 1))
		for round := range 20 {
			if err := SetGet(ctx, session, "contexts", text(fmt.Sprint(i, round))); err != nil {
				t.Fatalf("context %d: %v", i, err)
			}
		}
		if p, ok := session.(clients.Pipeliner); ok {
			mustPipeline(ctx, t, p, Pairs("contexts", 3))
		}
	}
}

func checkSessionsAtOnce(t *testing.T, s subject) {
	const sessions, calls = 64, 50
	c := s.open(t, Target(s.server.addr, sessions))
	InParallel(t, c, sessions, func(ctx context.Context, worker int, session clients.Session) error {
		key := fmt.Sprint("at once ", worker)
		for i := range calls {
			if err := SetGet(ctx, session, key, text(fmt.Sprint(worker, "/", i))); err != nil {
				return err
			}
		}
		return nil
	})
}

// InParallel gives each of n goroutines a session of its own.
func InParallel(t *testing.T, c clients.Client, n int, work func(context.Context, int, clients.Session) error) {
	t.Helper()
	var all sync.WaitGroup
	for worker := range n {
		s := Session(t, c)
		all.Go(func() {
			if err := work(context.Background(), worker, s); err != nil {
				t.Errorf("worker %d: %v", worker, err)
			}
		})
	}
	all.Wait()
}

// checkCapabilities holds Has and the sessions together, both ways. What Acquire
// returns has what the variant has, but for a pool and a cache.
func checkCapabilities(t *testing.T, s subject) {
	client := s.open(t, Target(s.server.addr, 1))
	own := Session(t, client)
	has := clients.CapabilitiesOf(own)
	if _, reports := client.(clients.PoolReporter); reports {
		has.Pool = true
	}
	if has != s.variant.Has {
		t.Errorf("sessions implement %+v, the variant says %+v", has, s.variant.Has)
	}
	pooler, ok := own.(clients.Pooler)
	if !ok {
		return
	}
	held, release := mustAcquire(t, pooler)
	defer release()
	want := s.variant.Has
	want.Pool, want.Cache, want.Listen = false, false, false
	if lacks := clients.CapabilitiesOf(held).Lacks(want); lacks != "" {
		t.Errorf("what is acquired lacks %s", lacks)
	}
}

func mustAcquire(t *testing.T, p clients.Pooler) (clients.Session, func()) {
	t.Helper()
	held, release, err := p.Acquire(context.Background())
	if err != nil {
		t.Fatalf("acquire: %v", err)
	}
	return held, release
}
