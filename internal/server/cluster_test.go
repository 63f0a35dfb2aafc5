package server

import (
	"context"
	"errors"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

func clusterAccess(addrs ...string) results.Access {
	return results.Access{Mode: results.Cluster, Network: "tcp", Addrs: addrs}
}

func standaloneAccess(addr string) results.Access {
	return results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{addr}}
}

// TestCluster goes through one cluster; what breaks it comes last.
func TestCluster(t *testing.T) {
	requireRedis(t)
	c := servertest.StartCluster(t)
	t.Run("check", func(t *testing.T) { checksCluster(t, c) })
	t.Run("facts", func(t *testing.T) { factsOfCluster(t, c) })
	t.Run("keys", func(t *testing.T) { keysOfCluster(t, c) })
	t.Run("room", func(t *testing.T) { roomInCluster(t, c) })
	t.Run("redirects", func(t *testing.T) { redirectsOfCluster(t, c) })
	t.Run("kill and pause", func(t *testing.T) {
		disturbs(t, clusterAccess(c.Nodes[4].Addr), c.Masters(t)[1].Addr)
	})
	t.Run("failover", func(t *testing.T) {
		failsOver(t, clusterAccess(c.Addrs[0]), func() []*servertest.Server { return c.Masters(t) })
	})
	t.Run("down", func(t *testing.T) { downCluster(t, c) })
}

func checksCluster(t *testing.T, c *servertest.Cluster) {
	dead, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	gone := net.JoinHostPort(loopback, strconv.Itoa(dead))
	a := remote(t, clusterAccess(gone, c.Addrs[5]))
	if err := a.Check(t.Context()); err != nil || a.Access().OldRESP {
		t.Errorf("one node is there: %v, %+v", err, a.Access())
	}
	wantProblem(t, remote(t, clusterAccess(gone, gone)).Check(t.Context()), "no-listener", "no node of the cluster can be reached at "+gone+","+gone+": nothing listens")
	wantProblem(t, remote(t, standaloneAccess(c.Addrs[0])).Check(t.Context()), "cluster", "is a node of a cluster: name it as redis+cluster://"+c.Addrs[0])
	alone := start(t, "").Access.Addrs[0]
	wantProblem(t, remote(t, clusterAccess(alone)).Check(t.Context()), "not-cluster", "is not a node of a cluster: name it as redis://"+alone)
	for _, node := range c.Masters(t) {
		if stats := node.Do(t, "INFO", "commandstats"); parseInfo(stats).calls()["set"] != 0 {
			t.Errorf("a SET by Check: %s", stats)
		}
	}
}

func factsOfCluster(t *testing.T, c *servertest.Cluster) {
	c.Masters(t)[1].Do(t, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
	defer c.Masters(t)[1].Do(t, "CONFIG", "SET", "maxmemory-policy", "noeviction")
	facts, notes, err := remote(t, clusterAccess(c.Addrs[1])).Facts(t.Context())
	if err != nil || len(notes) > 0 {
		t.Fatalf("notes %q, %v", notes, err)
	}
	got := []string{facts.Mode, facts.Transport, facts.Name, facts.Facts["masters"], facts.Facts["replicas"], facts.Config["maxmemory-policy"], facts.Config["appendonly"]}
	if diff := cmp.Diff([]string{"cluster", "tcp", "redis", "3", "3", "mixed", "no"}, got); diff != "" {
		t.Error(diff)
	}
}

func keysOfCluster(t *testing.T, c *servertest.Cluster) {
	ctx := t.Context()
	a := remote(t, clusterAccess(c.Addrs[0]))
	const n = 2500
	key := func(i int) string { return "respbench:run:" + strconv.Itoa(i) }
	var progress []int
	err := a.Load(ctx, n, func(i int) (string, []byte) { return key(i), []byte("v") }, func(done int) { progress = append(progress, done) })
	if diff := cmp.Diff([]int{1000, 2000, 2500}, progress); diff != "" || err != nil {
		t.Fatalf("%v\n%s", err, diff)
	}
	if err := a.SetAlive(ctx, "respbench:run:alive", time.Minute); err != nil {
		t.Fatal(err)
	}
	// The test's own connections are the only ones beside ours and the replicas'.
	stats, err := a.Stats(ctx)
	if err != nil || stats.Keys[0] != n+1 || stats.Calls["set"] != n+1 || *stats.Others != 3 || *stats.Clients < 3 || stats.Role != "master" {
		t.Errorf("stats %+v, %v", stats, err)
	}
	if len(stats.Process) != 3*40+2 {
		t.Errorf("processes %s", stats.Process)
	}
	if ttl, exists, err := a.TTL(ctx, "respbench:run:alive"); ttl < 58*time.Second || ttl > time.Minute || !exists || err != nil {
		t.Errorf("alive for %v, %t, %v", ttl, exists, err)
	}
	if found := scanned(t, a, "respbench:run:*"); len(found) != n+1 {
		t.Errorf("found %d keys", len(found))
	}
	if removed, err := a.Unlink(ctx, n+10, key); removed != n || err != nil {
		t.Errorf("removed %d, %v", removed, err)
	}
	if removed, err := a.Delete(ctx, "respbench:run:alive", "respbench:none"); removed != 1 || err != nil {
		t.Errorf("removed %d, %v", removed, err)
	}
}

// scanned are the keys that Keys hands over, each once.
func scanned(t *testing.T, a *Admin, pattern string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := a.Keys(t.Context(), pattern, func(keys []string) error {
		for _, key := range keys {
			found[key] = true
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return found
}

func roomInCluster(t *testing.T, c *servertest.Cluster) {
	full := c.Masters(t)[2]
	full.Do(t, "CONFIG", "SET", "maxmemory", "32mb")
	defer full.Do(t, "CONFIG", "SET", "maxmemory", "0")
	a := remote(t, clusterAccess(c.Addrs[0]))
	if err := a.Room(t.Context(), 48<<20); err != nil {
		t.Errorf("a third fits: %v", err)
	}
	err := a.Room(t.Context(), 120<<20)
	wantProblem(t, err, "no-room", "left of its maxmemory of 32.0 MiB, and the keys need 40.0 MiB")
	if p, _ := errors.AsType[*Problem](err); p.Address != full.Addr {
		t.Errorf("no room at %s", p.Address)
	}
}

func redirectsOfCluster(t *testing.T, c *servertest.Cluster) {
	a := remote(t, clusterAccess(c.Addrs[0]))
	before, err := a.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	master := c.MasterOf(t, c.Slot(t, "k"))
	for _, node := range c.Nodes {
		if _, err := node.Try("GET", "k"); (err == nil) != (node == master) {
			t.Errorf("%s: %v", node.Addr, err)
		}
	}
	after, err := a.Stats(t.Context())
	answered := 0 // one for each node but the master
	for process, counts := range after.Redirects {
		moved := counts["moved"] - before.Redirects[process]["moved"]
		if answered += int(moved); moved > 1 || counts["ask"] != 0 {
			t.Errorf("%v by %s", counts, process)
		}
	}
	if err != nil || answered != 5 || len(before.Redirects) != 6 {
		t.Errorf("redirects %v, then %v, %v", before.Redirects, after.Redirects, err)
	}
}

func downCluster(t *testing.T, c *servertest.Cluster) {
	master := c.Masters(t)[0]
	for _, node := range []*servertest.Server{c.ReplicaOf(t, master), master} {
		node.Kill(t)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	a := remote(t, clusterAccess(c.Masters(t)[0].Addr))
	err := await(ctx, func() error {
		if p, ok := errors.AsType[*Problem](a.Check(ctx)); !ok || p.Code != "cluster-down" {
			return errors.New("still up")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, a.Check(ctx), "cluster-down", "of its 16384 slots are served")
}
