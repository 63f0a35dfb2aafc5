package clientstest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// GetCached wants a value, or a miss where want is empty.
func GetCached(s clients.Session, key, want string) (hit bool, err error) {
	var reply clients.Reply
	hit, err = s.(clients.Cacher).GetCached(context.Background(), key, &reply)
	switch {
	case err != nil:
		return hit, err
	case want == "" && !reply.IsMiss():
		return hit, fmt.Errorf("a missing key has %d bytes", reply.Len())
	case want == "":
		return hit, nil
	}
	return hit, reply.Check(key, text(want))
}

// mustHit reads until a read is a hit, and wants the value each time.
func mustHit(t *testing.T, s clients.Session, key, want string) (misses int) {
	t.Helper()
	for ; misses < 5; misses++ {
		hit, err := GetCached(s, key, want)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if hit {
			return misses
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: no hit after %d reads", key, misses)
	return misses
}

// MustSee waits for a value that another has written, for less than a second.
func MustSee(t *testing.T, s clients.Session, key, want string) {
	t.Helper()
	servertest.Eventually(t, time.Second, "see another's write of "+key, func() error {
		_, err := GetCached(s, key, want)
		return err
	})
}

// checkCache has another write and delete what is cached.
func checkCache(t *testing.T, s subject) {
	if !s.variant.Has.Cache {
		return
	}
	session := s.alone(t, Target(s.server.addr, 1))
	admin := s.server.admin
	for i := range 3 {
		key := fmt.Sprint("cache ", i)
		admin.Do(t, "SET", key, "first")
		if hit, err := GetCached(session, key, "first"); hit || err != nil {
			t.Errorf("the first read is a hit (%v), or %v", hit, err)
		}
		mustHit(t, session, key, "first")
		admin.Do(t, "SET", key, "second, and longer")
		MustSee(t, session, key, "second, and longer")
		mustHit(t, session, key, "second, and longer")
		admin.Do(t, "DEL", key)
		MustSee(t, session, key, "")
		if _, err := GetCached(session, key, ""); err != nil {
			t.Error(err)
		}
		admin.Do(t, "SET", key, "again")
		MustSee(t, session, key, "again")
	}
	if err := session.Set(context.Background(), "cache 0", text("own")); err != nil {
		t.Fatal(err)
	}
	MustSee(t, session, "cache 0", "own")
}

// checkCacheHits counts at the server what hits and misses send.
func checkCacheHits(t *testing.T, s subject) {
	if !s.variant.Has.Cache {
		return
	}
	const hits = 100
	c := s.open(t, Target(s.server.addr, 1))
	session, admin := Session(t, c), s.server.admin
	admin.Do(t, "SET", "cache hits", "v")
	gets := calls(t, admin, "get")
	misses := mustHit(t, session, "cache hits", "v")
	if got := calls(t, admin, "get") - gets; got != misses {
		t.Errorf("%d misses are %d GETs at the server", misses, got)
	}
	all := executed(t, admin)
	for range hits {
		if hit, err := GetCached(session, "cache hits", "v"); !hit || err != nil {
			t.Fatalf("hit %v, %v", hit, err)
		}
	}
	if got := executed(t, admin) - all - 1; got != 0 { // INFO counts itself
		t.Errorf("%d commands were sent for %d hits", got, hits)
	}
	admin.Do(t, "SET", "cache hits", "w")
	MustSee(t, session, "cache hits", "w")
	checkCacheStats(t, c, hits+1)
	mustPlainGet(t, session, admin)
}

// mustPlainGet wants Get to ask the server each time.
func mustPlainGet(t *testing.T, s clients.Session, a admin) {
	t.Helper()
	before := calls(t, a, "get")
	for range 10 {
		var reply clients.Reply
		if err := s.Get(context.Background(), "cache hits", &reply); err != nil || !reply.Is(text("w")) {
			t.Fatalf("got %d bytes, %v", reply.Len(), err)
		}
	}
	if got := calls(t, a, "get") - before; got != 10 {
		t.Errorf("10 GETs without the cache are %d at the server", got)
	}
}

// checkCacheStats compares what the library tells, if it does, with reads of
// one key that were hits, a write of it and a read after that.
func checkCacheStats(t *testing.T, c clients.Client, hits int64) {
	t.Helper()
	reporter, ok := c.(clients.CacheReporter)
	if !ok {
		return
	}
	stats := reporter.CacheStats()
	if stats.Hits != -1 && stats.Hits < hits {
		t.Errorf("%d hits, want %d or more", stats.Hits, hits)
	}
	if stats.Misses != -1 && (stats.Misses < 2 || stats.Misses > 10) {
		t.Errorf("%d misses of two", stats.Misses)
	}
	if stats.Invalidations != -1 && stats.Invalidations < 1 {
		t.Errorf("%d invalidations of one", stats.Invalidations)
	}
	if stats.Entries != -1 && stats.Entries < 1 || stats.Bytes != -1 && stats.Bytes < 1 {
		t.Errorf("%d entries of %d bytes", stats.Entries, stats.Bytes)
	}
}

// checkNoCache uses servers and protocols without tracking: that must be an
// error, or else nothing is cached and nobody knows.
func checkNoCache(t *testing.T, s subject) {
	old := Target(s.server.addr, 1)
	if old.RESP = 2; s.variant.Reaches == nil || s.variant.Reaches(old) == nil {
		s.mustNotCache(t, old)
	}
	if !s.server.isReal {
		s.mustNotCache(t, Target(s.server.addr, 1))
		return
	}
	for _, forbidden := range []string{"CLIENT", "HELLO"} {
		own := servertest.Start(t, servertest.Options{Args: []string{"--rename-command", forbidden, ""}})
		to := Target(own.Addr, 1)
		to.OldRESP = forbidden == "HELLO"
		s.mustNotCache(t, to)
	}
}

func (s subject) mustNotCache(t *testing.T, to clients.Target) {
	t.Helper()
	err := ends(t, func() error {
		c, err := s.variant.Open(context.Background(), to)
		if err != nil {
			return err
		}
		defer c.Close()
		session, err := c.Session(context.Background())
		if err != nil {
			return err
		}
		defer session.Close()
		_, err = GetCached(session, "nobody set this", "")
		return err
	})
	if err == nil {
		t.Error("reads through a cache that cannot be")
	}
}
