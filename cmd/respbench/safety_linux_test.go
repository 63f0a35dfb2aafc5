package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

// foreign is how many keys other people have on a server.
const foreign = 10_000

// makers write the i-th key of each type that Redis has.
var makers = []func(ctx context.Context, p redis.Pipeliner, key string, i int){
	func(ctx context.Context, p redis.Pipeliner, key string, i int) {
		p.Set(ctx, key, fmt.Sprint("text ", i), 0)
	},
	func(ctx context.Context, p redis.Pipeliner, key string, i int) { p.Set(ctx, key, i, time.Hour) },
	func(ctx context.Context, p redis.Pipeliner, key string, i int) { p.RPush(ctx, key, i, "b", "c") },
	func(ctx context.Context, p redis.Pipeliner, key string, i int) { p.SAdd(ctx, key, i, "b", "c") },
	func(ctx context.Context, p redis.Pipeliner, key string, i int) { p.SAdd(ctx, key, i, i+1) },
	func(ctx context.Context, p redis.Pipeliner, key string, i int) {
		p.ZAdd(ctx, key, redis.Z{Score: float64(i), Member: "a"}, redis.Z{Score: 1, Member: "b"})
	},
	func(ctx context.Context, p redis.Pipeliner, key string, i int) { p.HSet(ctx, key, "f", i, "g", "h") },
	func(ctx context.Context, p redis.Pipeliner, key string, i int) {
		p.XAdd(ctx, &redis.XAddArgs{Stream: key, ID: "1-1", Values: []any{"f", i}})
	},
	func(ctx context.Context, p redis.Pipeliner, key string, i int) { p.PFAdd(ctx, key, i, i+1) },
	func(ctx context.Context, p redis.Pipeliner, key string, i int) { p.SetBit(ctx, key, int64(i), 1) },
	func(ctx context.Context, p redis.Pipeliner, key string, i int) {
		p.GeoAdd(ctx, key, &redis.GeoLocation{Name: "here", Longitude: float64(i % 180), Latitude: 1})
	},
}

// Names of others that begin like ours.
var lookalikes = []string{"respbench", "respbench:", "respbench:mine", "respbench:abcdefgh", "respbench:ABCDEFGH:1", "respbench:abc:alive", "respbench:sessions:12"}

func fillForeign(t *testing.T, c *redis.Client) {
	t.Helper()
	ctx := t.Context()
	pipe := c.Pipeline()
	for i := range foreign {
		key := fmt.Sprint("other:", i)
		if i < len(lookalikes) {
			key = lookalikes[i]
		}
		makers[i%len(makers)](ctx, pipe, key, i)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		t.Fatal(err)
	}
}

// contents are all keys: what each holds and when it expires.
func contents(t *testing.T, c *redis.Client) map[string]string {
	t.Helper()
	ctx := t.Context()
	keys, err := c.Keys(ctx, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	pipe := c.Pipeline()
	dumps, expiries := map[string]*redis.StringCmd{}, map[string]*redis.DurationCmd{}
	for _, key := range keys {
		dumps[key], expiries[key] = pipe.Dump(ctx, key), pipe.PExpireTime(ctx, key)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		t.Fatal(err)
	}
	held := map[string]string{}
	for _, key := range keys {
		held[key] = fmt.Sprintf("%q until %d", dumps[key].Val(), expiries[key].Val())
	}
	return held
}

// Other people's keys are byte for byte the same after a run, however that
// ends, and after what a killed one left was removed; nothing was flushed.
func TestForeignKeys(t *testing.T) {
	server := startRedis(t)
	c := redis.NewClient(&redis.Options{Addr: server.addr})
	defer c.Close()
	fillForeign(t, c)
	before := contents(t, c)
	if len(before) != foreign {
		t.Fatalf("%d keys to begin with, want %d", len(before), foreign)
	}

	whole := []string{"run", "--url", server.url(), "-n", "200", "-k", "300", "--warmup", "0", "--rounds", "1", "--timeout", "300ms", "-o", "out.jsonl"}
	respbench(t, t.TempDir(), nil, append(whole[:len(whole):len(whole)], "-s", "sync,get,counter")...).expectDone(t)
	if r := respbench(t, t.TempDir(), nil, append(whole, "-s", "sync", "-c", "fake:panic,fake:error,raw")...); r.code != exitTrial {
		t.Errorf("exit code %d, want %d", r.code, exitTrial)
	}
	p := start(t, slices.Concat(trials, []string{"--url", server.url()})...)
	p.await(t, "[1/100]")
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 130, promptly)
	leaveKeys(t, c, server)
	respbench(t, t.TempDir(), nil, "clean", "--url", server.url()).expectDone(t)

	if diff := cmp.Diff(before, contents(t, c)); diff != "" {
		t.Errorf("keys of others (-before +after):\n%s", diff)
	}
	for command := range server.calls(t) {
		if strings.HasPrefix(command, "flush") || command == "swapdb" || command == "config|set" {
			t.Errorf("the server was asked to %s", command)
		}
	}
}

// leaveKeys has a run killed, and its mark expire.
func leaveKeys(t *testing.T, c *redis.Client, server *redisServer) {
	t.Helper()
	p := start(t, slices.Concat(trials, []string{"--url", server.url()})...)
	p.await(t, "[1/100]")
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.done
	marks, err := c.Keys(t.Context(), "respbench:????????:alive").Result()
	if err != nil || len(marks) != 1 {
		t.Fatalf("marks %q, error %v; want one", marks, err)
	}
	if ttl := c.TTL(t.Context(), marks[0]).Val(); ttl <= 0 || ttl > 5*time.Minute {
		t.Errorf("the mark of a killed run stays for %v", ttl)
	}
	if r := respbench(t, t.TempDir(), nil, "clean", "--url", server.url()); r.code != exitDone || !strings.Contains(r.stdout, "alive") {
		t.Errorf("exit code %d, stdout %s; want that the run is taken for alive", r.code, r.stdout)
	}
	if left := len(c.Keys(t.Context(), "respbench:????????:*").Val()); left < 100 {
		t.Errorf("%d keys of a run that is taken for alive are left, want at least 100", left)
	}
	c.Del(t.Context(), marks[0])
}

// A server that evicts and has too little room is left alone: making room would
// delete other people's keys.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	server := startRedis(t, "--maxmemory-policy", "allkeys-lru")
	c := redis.NewClient(&redis.Options{Addr: server.addr})
	defer c.Close()
	fillForeign(t, c)
	used, err := strconv.Atoi(c.InfoMap(t.Context(), "memory").Item("Memory", "used_memory"))
	if err != nil {
		t.Fatal(err)
	}
	c.ConfigSet(t.Context(), "maxmemory", fmt.Sprint(used+4<<20))
	before, calls := contents(t, c), server.calls(t)
	r := respbench(t, t.TempDir(), nil, "run", "--url", server.url(), "-s", "sync", "-c", "raw", "-n", "100", "-o", "out.jsonl")
	if r.code != exitUsage || !strings.Contains(r.stderr, "maxmemory") || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("exit code %d, stderr %s; want one line about maxmemory", r.code, r.stderr)
	}
	if diff := cmp.Diff(before, contents(t, c)); diff != "" {
		t.Errorf("keys of others (-before +after):\n%s", diff)
	}
	if got := server.calls(t)["set"]; got != calls["set"] {
		t.Errorf("%d SETs were sent", got-calls["set"])
	}
}
