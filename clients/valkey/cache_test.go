// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func at(s *servertest.Server) clients.Target {
	return clients.Target{
		Mode: clients.Standalone, Addrs: []string{s.Addr}, Timeout: 5 * time.Second, ConnectTimeout: time.Second,
		Workers: 2, Procs: 1, Dialer: clients.NewDialer("tcp", time.Second, nil),
	}
}

func named(variant string) clients.Variant {
	for _, v := range Library.Variants {
		if v.Name == variant {
			return v
		}
	}
	panic(variant)
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

func sessionOf(t *testing.T, c clients.Client) clients.Session {
	t.Helper()
	s, err := c.Session(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// gets is how often the server has executed GET.
func gets(t *testing.T, s *servertest.Server) (n int) {
	t.Helper()
	_, rest, found := strings.Cut(s.Do(t, "INFO", "commandstats"), "cmdstat_get:calls=")
	if found {
		if _, err := fmt.Sscanf(rest, "%d", &n); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// The cache serves any database, and only those who ask for it.
func TestCache(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	for _, db := range []string{"0", "3"} {
		s.Do(t, "SELECT", db)
		to := at(s)
		to.DB = int(db[0] - '0')
		c := openAt(t, "cache", to)
		if ttl := c.Resolved().Options["DoCache ttl"]; ttl != cacheTTL.String() || c.Resolved().Options["DisableCache"] != "" {
			t.Errorf("options %v", c.Resolved().Options)
		}
		session := sessionOf(t, c)
		mustRead := func(want string, wantHit bool) {
			t.Helper()
			var reply clients.Reply
			hit, err := session.(clients.Cacher).GetCached(context.Background(), "key", &reply)
			if err != nil || hit != wantHit || reply.Text() != want || reply.IsMiss() != (want == "") {
				t.Errorf("database %s: read %q, hit %v, %v", db, reply.Text(), hit, err)
			}
		}
		s.Do(t, "SET", "key", "old")
		before := gets(t, s)
		mustRead("old", false)
		mustRead("old", true)
		var reply clients.Reply
		if err := session.Get(context.Background(), "key", &reply); err != nil || !reply.Is("old") {
			t.Error(err)
		}
		if got := gets(t, s) - before; got != 2 {
			t.Errorf("a miss, a hit and a plain read are %d GETs", got)
		}
		s.Do(t, "SET", "key", "new")
		servertest.Eventually(t, 5*time.Second, "invalidate", func() error {
			if _, err := session.(clients.Cacher).GetCached(context.Background(), "key", &reply); err != nil || !reply.Is("new") {
				return fmt.Errorf("still %q, %w", reply.Text(), err)
			}
			return nil
		})
		s.Do(t, "DEL", "key")
		time.Sleep(50 * time.Millisecond)
		mustRead("", false)
		mustRead("", true)
	}
}

// The library opens no connection where the server refuses to track.
func TestTrackingRefused(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	s.Do(t, "ACL", "SETUSER", "untracked", "on", ">secret", "~*", "+@all", "-client|tracking")
	to := at(s)
	to.Username, to.Password = "untracked", "secret"
	mustNotOpen(t, to, "client|tracking")

	old := servertest.Start(t, servertest.Options{Args: []string{"--rename-command", "HELLO", ""}})
	mustNotOpen(t, at(old), "DisableCache must be true")
}

func mustNotOpen(t *testing.T, to clients.Target, says string) {
	t.Helper()
	c, err := named("cache").Open(context.Background(), to)
	if err == nil {
		_ = c.Close()
	}
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("%v does not say %q", err, says)
	}
}

func TestReachesCached(t *testing.T) {
	for _, mode := range []string{clients.Standalone, clients.Sentinel, clients.Cluster} {
		if err := named("cache").Reaches(clients.Target{Mode: mode, DB: 3}); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		err := named("cache").Reaches(clients.Target{Mode: mode, RESP: 2})
		if err == nil || !strings.Contains(err.Error(), "RESP 3") {
			t.Errorf("%s with RESP 2: %v", mode, err)
		}
	}
}
