package goredis

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func at(s *servertest.Server) clients.Target {
	to := some(clients.Standalone)
	to.Addrs, to.Username, to.Password, to.DB = []string{s.Addr}, "", "", 0
	to.Timeout, to.Dialer = 5*time.Second, clients.NewDialer("tcp", time.Second, nil)
	return to
}

func openAt(t *testing.T, variant string, to clients.Target) clients.Client {
	t.Helper()
	c, err := named(variant).Open(context.Background(), to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func named(variant string) clients.Variant {
	for _, v := range Library.Variants {
		if v.Name == variant {
			return v
		}
	}
	panic(variant)
}

func sessionOf(t *testing.T, c clients.Client) clients.Session {
	t.Helper()
	s, err := c.Session(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// gets is how often the server has executed GET.
func gets(t *testing.T, s *servertest.Server) (n int64) {
	t.Helper()
	_, rest, found := strings.Cut(s.Do(t, "INFO", "commandstats"), "cmdstat_get:calls=")
	if found {
		if _, err := fmt.Sscanf(rest, "%d", &n); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// Every miss is a GET at the server and every hit is none, with many readers of
// few keys that change all the time.
func TestHitsAreExact(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	to := at(s)
	to.Procs = 1 // ten connections for more readers
	c := openAt(t, "cache", to)
	const readers, reads, keys = 24, 400, 3
	var hits, misses atomic.Int64
	before := gets(t, s)
	var all sync.WaitGroup
	for reader := range readers {
		session := sessionOf(t, c)
		all.Go(func() {
			var reply clients.Reply
			for i := range reads {
				key := fmt.Sprint("respbench:exact:", i%keys)
				if reader == 0 && i%4 == 0 {
					if err := session.Set(context.Background(), key, clients.Value(fmt.Sprint(i))); err != nil {
						t.Error(err)
					}
				}
				switch hit, err := session.(clients.Cacher).GetCached(context.Background(), key, &reply); {
				case err != nil:
					t.Error(err)
				case hit:
					hits.Add(1)
				default:
					misses.Add(1)
				}
			}
		})
	}
	all.Wait()
	if got := gets(t, s) - before; got != misses.Load() {
		t.Errorf("%d misses and %d hits are %d GETs at the server", misses.Load(), hits.Load(), got)
	}
	if hits.Load() == 0 || misses.Load() == 0 {
		t.Errorf("%d hits, %d misses", hits.Load(), misses.Load())
	}
	if stats := c.(clients.CacheReporter).CacheStats(); stats.Invalidations == 0 || stats.Entries == 0 || stats.Bytes == 0 {
		t.Errorf("the cache tells %+v", stats)
	}
}

// Only GetCached reads through the cache.
func TestPlainReadsAreSent(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	session := sessionOf(t, openAt(t, "cache", at(s)))
	var reply clients.Reply
	var answer clients.Answer
	s.Do(t, "SET", "key", "v")
	for range 3 { // the library has it from now on
		if _, err := session.(clients.Cacher).GetCached(t.Context(), "key", &reply); err != nil || !reply.Is("v") {
			t.Fatal(reply.Text(), err)
		}
	}
	before := gets(t, s)
	for range 5 {
		if err := session.Get(t.Context(), "key", &reply); err != nil || !reply.Is("v") {
			t.Fatal(reply.Text(), err)
		}
		call := clients.Call{Words: []string{"GET", "key"}, Key: 1}
		if err := session.(clients.Commander).Do(t.Context(), call, &answer); err != nil || answer.Text != "v" {
			t.Fatal(answer, err)
		}
	}
	if got := gets(t, s) - before; got != 10 {
		t.Errorf("10 reads are %d GETs", got)
	}
}

// Without tracking there is no cache, whatever the library says.
func TestTrackingRefused(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	s.Do(t, "ACL", "SETUSER", "untracked", "on", ">secret", "~*", "+@all", "-client|tracking")
	to := at(s)
	to.Username, to.Password = "untracked", "secret"
	c, err := named("cache").Open(context.Background(), to)
	if err == nil {
		_ = c.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "turned its client-side cache off") {
		t.Errorf("opened: %v", err)
	}
}

// A cache that the library turns off later is found out by those who read.
func TestTrackingRefusedLater(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	s.Do(t, "ACL", "SETUSER", "tracked", "on", ">secret", "~*", "+@all")
	to := at(s)
	to.Username, to.Password = "tracked", "secret"
	session := sessionOf(t, openAt(t, "cache", to)).(clients.Cacher)
	var reply clients.Reply
	if _, err := session.GetCached(t.Context(), "key", &reply); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "ACL", "SETUSER", "tracked", "-client|tracking")
	s.Do(t, "CLIENT", "KILL", "USER", "tracked")
	servertest.Eventually(t, 10*time.Second, "notice", func() error { // once it sees that the connection is gone
		_, err := session.GetCached(t.Context(), "key", &reply)
		if err != nil && strings.Contains(err.Error(), "turned its client-side cache off") {
			return nil
		}
		return fmt.Errorf("reads go on without a cache: %v", err)
	})
}

func TestReachesCached(t *testing.T) {
	cases := []struct {
		target clients.Target
		says   string
	}{
		{clients.Target{Mode: clients.Standalone}, ""},
		{clients.Target{Mode: clients.Standalone, Conns: 3}, ""},
		{clients.Target{Mode: clients.Sentinel}, "standalone"},
		{clients.Target{Mode: clients.Cluster}, "standalone"},
		{clients.Target{Mode: clients.Standalone, RESP: 2}, "RESP 3"},
		{clients.Target{Mode: clients.Standalone, OldRESP: true}, "RESP 3"},
		{clients.Target{Mode: clients.Standalone, DB: 1}, "database 0"},
	}
	for _, c := range cases {
		switch err := named("cache").Reaches(c.target); {
		case c.says == "" && err != nil:
			t.Errorf("%+v: %v", c.target, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%+v: %v does not say %q", c.target, err, c.says)
		}
	}
}

// Who holds the only connection has others wait, and the pool says for how long.
func TestPoolWaits(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	to := at(s)
	to.Conns = 1
	c := openAt(t, "default", to)
	var answer clients.Answer
	waits := func() (int64, time.Duration) { return c.(clients.PoolReporter).PoolWaits() }
	held := sessionOf(t, c).(clients.Commander)
	done := make(chan error, 1)
	go func() {
		done <- held.Do(context.Background(), clients.Call{Words: []string{"BLPOP", "none", "0.3"}, Key: 1, Blocks: true}, &answer)
	}()
	servertest.Eventually(t, 5*time.Second, "block", func() error {
		if !strings.Contains(s.Do(t, "INFO", "clients"), "blocked_clients:1") {
			return fmt.Errorf("nobody waits")
		}
		return nil
	})
	if count, waited := waits(); count != 0 || waited != 0 {
		t.Errorf("waited %d times, %v, before anybody did", count, waited)
	}
	if err := sessionOf(t, c).Set(context.Background(), "key", "v"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil || answer.Shape != clients.Null {
		t.Errorf("%+v, %v", answer, err)
	}
	if count, waited := waits(); count != 1 || waited <= 0 {
		t.Errorf("waited %d times, %v", count, waited)
	}
}
