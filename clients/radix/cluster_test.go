package radix

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mediocregopher/radix/v4"
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// What the conformance suite does not ask of a cluster.
func TestCluster(t *testing.T) {
	c := servertest.StartCluster(t)
	s := openCluster(t, c)
	if _, pipelines := s.(clients.Pipeliner); pipelines {
		t.Error("a session of a cluster has pipelines")
	}
	t.Run("slots", func(t *testing.T) { clusterSlots(t, c, s) })
	t.Run("listening", func(t *testing.T) { clusterListening(t, c, s) })
	t.Run("topology", func(t *testing.T) { clusterTopology(t, c.Masters(t)[0]) })
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

// clusterTopology wants the library to have its answer when the call that it asks
// for is over.
func clusterTopology(t *testing.T, node *servertest.Server) {
	to := clients.Target{Mode: clients.Cluster, Timeout: 5 * time.Second, ConnectTimeout: time.Second, Dialer: clients.NewDialer("tcp", time.Second, nil)}
	c, err := newConnections(to, 0).dial(t.Context(), "tcp", node.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	node.Do(t, "CLIENT", "PAUSE", "300")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var topology radix.ClusterTopo
	if err := c.Do(ctx, radix.Cmd(&topology, "CLUSTER", "SLOTS")); err != nil || len(topology) == 0 {
		t.Errorf("knows %d nodes, %v", len(topology), err)
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
