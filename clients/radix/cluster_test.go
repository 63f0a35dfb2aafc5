package radix

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// The conformance suite sends pipelines over several slots, which this library
// refuses: what it can do on a cluster is shown here.
func TestCluster(t *testing.T) {
	c := servertest.StartCluster(t)
	s := openCluster(t, c)
	if _, pipelines := s.(clients.Pipeliner); pipelines {
		t.Error("a session of a cluster has pipelines")
	}
	t.Run("slots", func(t *testing.T) { clusterSlots(t, c, s) })
	t.Run("moved", func(t *testing.T) { clusterMoved(t, c, s) })
	t.Run("listening", func(t *testing.T) { clusterListening(t, c, s) })
	t.Run("failover", func(t *testing.T) { clusterFailover(t, c, s) })
}

func openCluster(t *testing.T, c *servertest.Cluster) clients.Session {
	t.Helper()
	to := clients.Target{
		Mode: clients.Cluster, Addrs: c.Addrs[:2], Workers: 1, Timeout: time.Second, ConnectTimeout: time.Second,
		Dialer: clients.NewDialer("tcp", time.Second, nil),
	}
	if err := reaches(to); err != nil {
		t.Fatal(err)
	}
	client, err := Library.Variants[0].Open(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	if got, want := client.Resolved().Conns, usualSize*len(c.Masters(t)); got != want {
		t.Errorf("declares %d connections, want %d", got, want)
	}
	s, err := client.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func setGet(s clients.Session, key, value string) error {
	if err := s.Set(context.Background(), key, clients.Value(value)); err != nil {
		return err
	}
	var reply clients.Reply
	if err := s.Get(context.Background(), key, &reply); err != nil {
		return err
	}
	return reply.Check(key, clients.Value(value))
}

// clusterSlots wants every call at the master of its key, without redirection.
func clusterSlots(t *testing.T, c *servertest.Cluster, s clients.Session) {
	for _, master := range c.Masters(t) {
		master.Do(t, "CONFIG", "RESETSTAT")
	}
	var answer clients.Answer
	for i := range 64 {
		key := fmt.Sprint("slots ", i)
		if err := setGet(s, key, key); err != nil {
			t.Fatal(err)
		}
		object := clients.Call{Words: []string{"OBJECT", "REFCOUNT", key}, Key: 2}
		if err := s.(clients.Commander).Do(t.Context(), object, &answer); err != nil || answer.Int != 1 {
			t.Fatalf("%+v, %v", answer, err)
		}
		into := make([]clients.Answer, 2)
		get := clients.Call{Words: []string{"GET", key}, Key: 1}
		if err := s.(clients.Transactor).Transact(t.Context(), []clients.Call{get, get}, into); err != nil || into[1].Text != key {
			t.Fatalf("%+v, %v", into, err)
		}
	}
	for _, master := range c.Masters(t) {
		if stats := master.Do(t, "INFO", "commandstats"); !strings.Contains(stats, "cmdstat_exec:") {
			t.Error("a master has no key")
		}
		if stats := master.Do(t, "INFO", "errorstats"); strings.Contains(stats, "MOVED") {
			t.Errorf("redirected: %s", stats)
		}
	}
}

// clusterMoved follows ASK while a slot moves, and MOVED after that.
func clusterMoved(t *testing.T, c *servertest.Cluster, s clients.Session) {
	const key = "moved"
	slot := c.Slot(t, key)
	from, to := c.MasterOf(t, slot), c.Masters(t)[0]
	if to == from {
		to = c.Masters(t)[1]
	}
	from.Do(t, "CONFIG", "RESETSTAT")
	finish := c.Migrate(t, slot, to)
	during := setGet(s, key, "during")
	finish()
	if err := errors.Join(during, setGet(s, key, "after")); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"ASK", "MOVED"} {
		if stats := from.Do(t, "INFO", "errorstats"); !strings.Contains(stats, "errorstat_"+code+":") {
			t.Errorf("no %s in %q", code, stats)
		}
	}
}

func clusterListening(t *testing.T, c *servertest.Cluster, s clients.Session) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	heard := ""
	err := s.(clients.Listener).Listen(ctx, "channel",
		func() { c.Masters(t)[0].Do(t, "PUBLISH", "channel", "message") },
		func(payload string) { heard = strings.Clone(payload); cancel() })
	if err != nil || heard != "message" {
		t.Errorf("heard %q, %v", heard, err)
	}
}

// clusterFailover wants calls to fail soon while a master is gone, each in a class
// that says so, and to succeed when its replica has taken over.
func clusterFailover(t *testing.T, c *servertest.Cluster, s clients.Session) {
	const key = "failing over"
	c.MasterOf(t, c.Slot(t, key)).Kill(t)
	seen := map[clients.Class]bool{}
	servertest.Eventually(t, 30*time.Second, "set+get of another master", func() error {
		begin := time.Now()
		err := setGet(s, key, "v")
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("a set+get took %v", took)
		}
		if err != nil && !seen[clients.Classify(err)] {
			seen[clients.Classify(err)] = true
			if clients.Classify(err) == clients.Other {
				t.Errorf("%v is in no class", err)
			}
		}
		return err
	})
	if len(seen) == 0 {
		t.Error("nothing has failed")
	}
}
