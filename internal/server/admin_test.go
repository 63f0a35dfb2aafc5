package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

func TestFactsOfRedis(t *testing.T) {
	s := start(t, "--maxmemory 64mb --maxmemory-policy allkeys-lru")
	a := s.Admin()
	defer a.Close()
	facts, notes, err := a.Facts(t.Context())
	if err != nil || len(notes) > 0 {
		t.Fatalf("notes %q, %v", notes, err)
	}
	want := map[string]string{
		"save": "", "appendonly": "no", "maxmemory": "67108864", "maxmemory-policy": "allkeys-lru", "io-threads": "1",
	}
	if diff := cmp.Diff(want, facts.Config); diff != "" {
		t.Error(diff)
	}
	if facts.Kind != Spawned || facts.Name != "redis" || facts.Version == "" || facts.Mode != "standalone" {
		t.Errorf("facts %+v", facts)
	}
}

func TestStatsOfRedis(t *testing.T) {
	s := start(t, "")
	a := s.Admin()
	defer a.Close()
	before, err := a.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		command(t, s.Access, "SET", "k", "v")
	}
	after, err := a.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := after.Calls["set"] - before.Calls["set"]; got != 5 {
		t.Errorf("%d SETs", got)
	}
	if got := *after.Connections - *before.Connections; got != 5 {
		t.Errorf("%d connections", got)
	}
	if after.CPU == nil || *after.CPU < *before.CPU || *after.Clients != 1 || after.Keys[0] != 1 || after.Note != "" {
		t.Errorf("stats %+v", after)
	}
}

func TestInfoWithoutAll(t *testing.T) {
	for _, refusal := range []string{"-ERR syntax error", "$0\r\n"} {
		asked := 0
		access := fake(t, func(name string) (string, bool) {
			switch name {
			case "":
				return "", true
			case "INFO":
				if asked++; asked == 1 {
					return refusal + "\r\n", true
				}
				return "$11\r\nrole:master\r\n", true
			default:
				return "-ERR unknown command\r\n", true
			}
		})
		stats, err := remote(t, access).Stats(t.Context())
		if err != nil || stats.Role != "master" {
			t.Errorf("after %q: %+v, %v", refusal, stats, err)
		}
	}
}

// limited is a server with a user who may do no more than a measurement needs.
func limited(t *testing.T) results.Access {
	t.Helper()
	access := start(t, "").Access
	command(t, access, "ACL", "SETUSER", "bench", "on", ">SECRET", "~respbench:*", "-@all",
		"+get", "+set", "+unlink", "+exists", "+ttl")
	access.Username, access.Password = "bench", "SECRET"
	return access
}

func TestLimitedUser(t *testing.T) {
	a := remote(t, limited(t))
	ctx := t.Context()
	if err := a.Check(ctx); err != nil {
		t.Error(err)
	}
	facts, notes, err := a.Facts(ctx)
	want := []string{
		"the server does not let this user run INFO",
		"the server does not tell its memory: whether there is room is not known",
		"the server does not let this user run CONFIG GET",
	}
	if diff := cmp.Diff(want, notes); diff != "" || err != nil || facts.Name != "redis" || facts.Version == "" {
		t.Errorf("%v, %+v\n%s", err, facts, diff)
	}
	stats, err := a.Stats(ctx)
	if err != nil || stats.Note != want[0] || stats.Commands != nil {
		t.Errorf("stats %+v, %v", stats, err)
	}
	if err := a.Room(ctx, 1<<60); err != nil {
		t.Errorf("room that nobody knows: %v", err)
	}
	if err := a.SetAlive(ctx, "respbench:x:alive", time.Minute); err != nil {
		t.Error(err)
	}
	if n, err := a.Delete(ctx, "respbench:x:alive", "respbench:none"); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	wantProblem(t, a.SetAlive(ctx, "other", time.Minute), "noperm", "does not let this user run SET")
}

func TestRenamedCommands(t *testing.T) {
	a := remote(t, start(t, `--rename-command CONFIG "" --rename-command UNLINK "" --rename-command MULTI ""`).Access)
	ctx := t.Context()
	if err := a.Check(ctx); err != nil {
		t.Error(err)
	}
	facts, notes, err := a.Facts(ctx)
	if diff := cmp.Diff([]string{"the server does not know the command CONFIG GET"}, notes); diff != "" || err != nil || facts.Name != "redis" {
		t.Errorf("%v, %+v\n%s", err, facts, diff)
	}
	if err := a.SetAlive(ctx, "k", time.Minute); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Delete(ctx, "k"); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
}

func TestRoom(t *testing.T) {
	s := start(t, "--maxmemory 64mb")
	a := remote(t, s.Access)
	if err := a.Room(t.Context(), 1<<20); err != nil {
		t.Error(err)
	}
	err := a.Room(t.Context(), 100<<20)
	wantProblem(t, err, "no-room", "left of its maxmemory of 64.0 MiB, and the keys need 100.0 MiB: use fewer keys")
	ours := s.Admin()
	defer ours.Close()
	if err := ours.Room(t.Context(), 100<<20); err != nil {
		t.Errorf("on a server of ours: %v", err)
	}
	command(t, s.Access, "CONFIG", "SET", "maxmemory", "0")
	if err := a.Room(t.Context(), 1<<50); err != nil {
		t.Errorf("without limit: %v", err)
	}
}

func TestLoadAndUnlink(t *testing.T) {
	s := start(t, "")
	a := remote(t, s.Access)
	ctx := t.Context()
	const n = 2500
	key := func(i int) string { return "respbench:test:" + strconv.Itoa(i) }
	big := make([]byte, 3<<19) // each a flush of its own
	value := func(i int) []byte {
		if i%1000 == 7 {
			return big
		}
		return []byte(key(i))
	}
	var progress []int
	err := a.Load(ctx, n, func(i int) (string, []byte) { return key(i), value(i) }, func(done int) { progress = append(progress, done) })
	if diff := cmp.Diff([]int{8, 1008, 2008, 2500}, progress); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	stats, err := a.Stats(ctx)
	if err != nil || stats.Keys[0] != n || stats.Calls["set"] != n {
		t.Errorf("%d keys by %d SETs, %v", stats.Keys[0], stats.Calls["set"], err)
	}
	for _, i := range []int{0, 7, n - 1} {
		if got := command(t, s.Access, "GET", key(i)); got != string(value(i)) {
			t.Errorf("key %d has another value of %d bytes", i, len(fmt.Sprint(got)))
		}
	}
	if removed, err := a.Unlink(ctx, n+10, key); removed != n || err != nil {
		t.Errorf("removed %d, %v", removed, err)
	}
	if removed, err := a.Unlink(ctx, 0, key); removed != 0 || err != nil {
		t.Errorf("removed %d of none, %v", removed, err)
	}
}

func TestLoadErrors(t *testing.T) {
	kv := func(i int) (string, []byte) { return "k" + strconv.Itoa(i), make([]byte, 4096) }
	full := remote(t, start(t, "--maxmemory 2mb").Access)
	wantProblem(t, full.Load(t.Context(), 10_000, kv, nil), "oom", "has no memory left (maxmemory)")

	ctx, cancel := context.WithCancel(t.Context())
	a := remote(t, start(t, "").Access)
	err := a.Load(ctx, 10_000, kv, func(int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestServerDies(t *testing.T) {
	s := start(t, "")
	a := remote(t, s.Access)
	if err := a.SetAlive(t.Context(), "k", time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a broken connection, then none
		err := a.SetAlive(t.Context(), "k", time.Minute)
		if _, ok := errors.AsType[*Problem](err); !ok || !strings.Contains(err.Error(), s.Access.Addrs[0]) {
			t.Errorf("got %v", err)
		}
	}
}

func TestServerThatComesLater(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	access := loopbackAccess(port)
	a := remote(t, access)
	_, err = a.Stats(t.Context())
	wantProblem(t, err, "no-listener", "nothing listens at ")
	fakeAt(t, access.Addrs[0], answering("INFO", "$11\r\nrole:master"))
	if stats, err := a.Stats(t.Context()); err != nil || stats.Role != "master" {
		t.Errorf("got %+v, %v", stats, err)
	}
}

func TestSilentServerIsBounded(t *testing.T) {
	a := NewAdmin(Remote, fake(t, func(string) (string, bool) { return "", true }), Limits{Timeout: 200 * time.Millisecond})
	defer a.Close()
	_, err := a.Stats(t.Context())
	wantProblem(t, err, "timeout", "does not answer in time")
	_, _, err = a.Facts(t.Context())
	wantProblem(t, err, "timeout", "does not answer in time")
}

func TestWrongPasswordInCommands(t *testing.T) {
	access := start(t, "--requirepass right").Access
	_, err := remote(t, access).Stats(t.Context())
	wantProblem(t, err, "noauth", "asks for a password")
	access.Password = "SECRET"
	_, err = remote(t, access).Stats(t.Context())
	wantProblem(t, err, "wrongpass", "refuses this user and password")
}

func BenchmarkLoad(b *testing.B) {
	s, err := Start(b.Context(), Options{Kind: kindRedis, Guard: []string{os.Args[0], "guard"}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	a := s.Admin()
	defer a.Close()
	value := make([]byte, 16)
	for b.Loop() {
		err := a.Load(b.Context(), 100_000, func(i int) (string, []byte) {
			return "respbench:0123456789:" + strconv.Itoa(i), value
		}, nil)
		if err != nil {
			b.Fatal(err)
		}
	}
}
