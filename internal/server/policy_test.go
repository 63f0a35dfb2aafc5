package server

import (
	"strconv"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
)

// TestPolicies has keys loaded into what maxmemory leaves, under every policy:
// too many are refused before anything is written, and others find room beside
// what was there.
func TestPolicies(t *testing.T) { servertest.Each(t, policies) }

func policies(t *testing.T, program string) {
	s := servertest.Start(t, servertest.Options{Program: program})
	s.Do(t, "EVAL", `for i = 1, 100 do redis.call('SET', 'theirs:' .. i, string.rep('x', 1000), 'EX', 1000) end`, "0")
	a := remote(t, standaloneAccess(s.Addr))
	for _, policy := range []string{
		"noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random",
		"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
	} {
		t.Run(policy, func(t *testing.T) {
			s.Do(t, "CONFIG", "SET", "maxmemory", "8mb", "maxmemory-policy", policy)
			s.Do(t, "CONFIG", "RESETSTAT")
			if err := a.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantProblem(t, a.Room(t.Context(), 16<<20), "no-room", "left of its maxmemory of 8.0 MiB, and the keys need 16.0 MiB")
			if stats, err := a.Stats(t.Context()); err != nil || stats.Keys[0] != 100 || stats.Calls["set"] != 0 {
				t.Errorf("after a refusal: %+v, %v", stats, err)
			}
			fits(t, a)
		})
	}
}

// fits loads and removes a mebibyte.
func fits(t *testing.T, a *Admin) {
	t.Helper()
	const n = 1000
	key := func(i int) string { return "respbench:x:" + strconv.Itoa(i) }
	if err := a.Room(t.Context(), n*1100); err != nil {
		t.Fatal(err)
	}
	if err := a.Load(t.Context(), n, func(i int) (string, []byte) { return key(i), make([]byte, 1000) }, nil); err != nil {
		t.Fatal(err)
	}
	if removed, err := a.Unlink(t.Context(), n, key); removed != n || err != nil {
		t.Errorf("removed %d, %v", removed, err)
	}
	awaitFreed(t, a)
	if stats, err := a.Stats(t.Context()); err != nil || stats.Keys[0] != 100 || *stats.Evicted != 0 || stats.Calls["set"] != n {
		t.Errorf("afterwards: %+v, %v", stats, err)
	}
}

// awaitFreed waits for the memory of removed keys, which is freed in the
// background.
func awaitFreed(t *testing.T, a *Admin) {
	t.Helper()
	servertest.Eventually(t, 5*time.Second, "room", func() error { return a.Room(t.Context(), 4<<20) })
}
