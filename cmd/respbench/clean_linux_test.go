package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// What two killed runs and one that lives have on a server.
const (
	killed, killedToo, living = "aaaaaaa2", "b2345672", "ccccccc7"
	mark                      = "respbench:" + living + ":alive"
)

// leftBehind are the keys of the killed runs: of the first more than one
// command removes.
func leftBehind() []string {
	var keys []string
	for i := range 2500 {
		keys = append(keys, fmt.Sprintf("respbench:%s:loaded16:%d", killed, i))
	}
	for i := range 5 {
		keys = append(keys, fmt.Sprintf("respbench:%s:counter:%d", killedToo, i), fmt.Sprintf("respbench:%s:%d", killedToo, i))
	}
	return keys
}

// notLeftBehind are keys of others, and of a run that lives.
func notLeftBehind() []string {
	keys := []string{
		"mine", "respbench", "respbench:", "respbench:mine", "respbench:mine:1", "respbench:aaaaaaa2", "respbench:aaaaaaa1:1",
		"respbench:aaaaaaa22:1", "respbench:AAAAAAA2:1", "respbench::1", "xrespbench:aaaaaaa2:1", "respbench:aaaaaaa2\n:1",
		"respbench:sessions:abc", "respbench:sessions:12", "respbench:session2:abc", "respbench:aaaaaaa2:abc", "respbench:aaaaaaa2:1:x",
	}
	for i := range 100 {
		keys = append(keys, fmt.Sprintf("respbench:%s:loaded16:%d", living, i))
	}
	return keys
}

// A cleanedServer is one that keys were left on, of the kind that its name says.
type cleanedServer struct {
	name  string
	start func(t *testing.T) (c redis.UniversalClient, args []string)
}

var cleanedServers = []cleanedServer{
	{"standalone", func(t *testing.T) (redis.UniversalClient, []string) {
		s := servertest.Start(t, servertest.Options{})
		return redis.NewClient(&redis.Options{Addr: s.Addr}), []string{"--url", "redis://" + s.Addr}
	}},
	{"database 3", func(t *testing.T) (redis.UniversalClient, []string) {
		s := servertest.Start(t, servertest.Options{})
		s.Do(t, "SET", "respbench:aaaaaaa2:1", "in another database")
		t.Cleanup(func() {
			if got := s.Do(t, "DBSIZE"); got != "1" {
				t.Errorf("%s keys in database 0, want 1", got)
			}
		})
		return redis.NewClient(&redis.Options{Addr: s.Addr, DB: 3}), []string{"--url", "unix://" + s.Socket + "?db=3"}
	}},
	{"embedded", func(t *testing.T) (redis.UniversalClient, []string) {
		p := start(t, "serve", "-p", "0")
		p.await(t, "\n")
		addr := strings.TrimSpace(strings.TrimPrefix(p.stderr.String(), "listening on "))
		return redis.NewClient(&redis.Options{Addr: addr}), []string{"--url", "redis://" + addr}
	}},
	{"cluster", func(t *testing.T) (redis.UniversalClient, []string) {
		s := servertest.StartCluster(t)
		return redis.NewClusterClient(&redis.ClusterOptions{Addrs: s.Addrs}), []string{"--url", "redis+cluster://" + strings.Join(s.Addrs[:2], ",")}
	}},
	{"Sentinel", func(t *testing.T) (redis.UniversalClient, []string) {
		s := servertest.StartSentinel(t)
		c := redis.NewFailoverClient(&redis.FailoverOptions{SentinelAddrs: s.Addrs, MasterName: servertest.MasterName})
		return c, []string{"--url", "redis+sentinel://" + strings.Join(s.Addrs, ",") + "/" + servertest.MasterName}
	}},
}

// Clean removes what killed runs left, all of it and nothing else.
func TestClean(t *testing.T) {
	t.Parallel()
	for _, kind := range cleanedServers {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			c, args := kind.start(t)
			defer c.Close()
			fill(t, c)
			before, clean := keysAndValues(t, c), append([]string{"clean"}, args...)

			expectClean(t, shown, append(clean, "--dry-run")...)
			if diff := cmp.Diff(before, keysAndValues(t, c)); diff != "" {
				t.Errorf("a dry run changed something (-before +after):\n%s", diff)
			}
			expectClean(t, shown+"removed: 2510 keys\n", clean...)
			for _, key := range leftBehind() {
				delete(before, key)
			}
			if diff := cmp.Diff(before, keysAndValues(t, c)); diff != "" {
				t.Errorf("what is left (-want +got):\n%s", diff)
			}
			expectClean(t, lives, clean...)
			if err := c.Del(t.Context(), mark).Err(); err != nil {
				t.Fatal(err)
			}
			expectClean(t, "remove: run ccccccc7, 100 keys\nremoved: 100 keys\n", clean...)
			expectClean(t, "nothing to remove: no keys of runs in database \\d .+\n", clean...)
		})
	}
}

// What clean says, as regular expressions.
const (
	lives = `left: run ccccccc7 is alive \(its mark expires in (1h0m0s|59m\d+s)\)\n`
	shown = `remove: run aaaaaaa2, 2500 keys\nremove: run b2345672, 10 keys\n` + lives
)

// expectClean runs clean, which must say this on stdout and nothing on stderr.
func expectClean(t *testing.T, want string, args ...string) {
	t.Helper()
	r := respbench(t, t.TempDir(), nil, args...)
	r.expectDone(t)
	if !regexp.MustCompile("^"+want+"$").MatchString(r.stdout) || r.stderr != "" {
		t.Errorf("stdout %q, want %q; stderr %q", r.stdout, want, r.stderr)
	}
}

// A server that takes no more writes, for want of memory, is cleaned all the
// same.
func TestCleanFullServer(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	keys := redis.NewClient(&redis.Options{Addr: s.Addr})
	defer keys.Close()
	fill(t, keys)
	s.Do(t, "CONFIG", "SET", "maxmemory", "1")
	expectClean(t, shown+"removed: 2510 keys\n", "clean", "--host", "127.0.0.1", "-p", s.Port())
}

func fill(t *testing.T, c redis.UniversalClient) {
	t.Helper()
	pipe := c.Pipeline()
	for i, key := range slices.Concat(leftBehind(), notLeftBehind()) {
		pipe.Set(t.Context(), key, i, 0)
	}
	pipe.Set(t.Context(), mark, 1, time.Hour)
	pipe.Set(t.Context(), "mine:expiring", 1, time.Hour)
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// keysAndValues are all keys of a server or of all masters of a cluster.
func keysAndValues(t *testing.T, c redis.UniversalClient) map[string]string {
	t.Helper()
	var mu sync.Mutex
	held := map[string]string{}
	each := func(ctx context.Context, c *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		keys := c.Scan(ctx, 0, "*", 1000).Iterator()
		for keys.Next(ctx) {
			held[keys.Val()] = fmt.Sprint(c.Get(ctx, keys.Val()).Val(), " expires: ", c.TTL(ctx, keys.Val()).Val() > 0)
		}
		return keys.Err()
	}
	var err error
	switch c := c.(type) {
	case *redis.ClusterClient:
		err = c.ForEachMaster(t.Context(), each)
	case *redis.Client:
		err = each(t.Context(), c)
	}
	if err != nil || len(held) == 0 {
		t.Fatalf("%d keys, error %v", len(held), err)
	}
	return held
}

// newCleaner is one that has found what fill wrote to a server.
func newCleaner(t *testing.T, out io.Writer) (c *cleaner, keys *redis.Client) {
	t.Helper()
	s := servertest.Start(t, servertest.Options{})
	keys = redis.NewClient(&redis.Options{Addr: s.Addr})
	t.Cleanup(func() { keys.Close() })
	fill(t, keys)
	access := results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{s.Addr}}
	admin := server.NewAdmin(server.Remote, access, server.Limits{})
	t.Cleanup(func() { admin.Close() })
	c = &cleaner{admin: admin, out: out, keys: map[string]int{}}
	if err := c.find(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c, keys
}

// A run that was resumed after it was shown keeps its keys, and so does one
// that was not shown.
func TestCleanLooksAgain(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c, keys := newCleaner(t, &out)
	if err := c.show(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys.Set(t.Context(), "respbench:"+killed+":alive", 1, 90*time.Second)
	keys.Set(t.Context(), "respbench:ddddddd2:1", 1, 0)
	before := keysAndValues(t, keys)
	if err := c.remove(t.Context()); err != nil || c.removed != 10 {
		t.Errorf("%d keys removed, error %v; want 10", c.removed, err)
	}
	if !strings.Contains(out.String(), "left: run "+killed+" is alive (its mark expires in 1m") {
		t.Errorf("said %s", out.String())
	}
	maps.DeleteFunc(before, func(key, _ string) bool { return strings.HasPrefix(key, "respbench:"+killedToo+":") })
	if diff := cmp.Diff(before, keysAndValues(t, keys)); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
}

// An ender ends a context when something is written.
type ender struct{ end context.CancelCauseFunc }

func (e ender) Write(p []byte) (int, error) {
	e.end(signalled{syscall.SIGINT})
	return len(p), nil
}

func TestCleanEndsWithContext(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancelCause(t.Context())
	c, keys := newCleaner(t, ender{end})
	before := keysAndValues(t, keys)
	err := errors.Join(c.show(ctx), c.remove(ctx))
	if _, ok := errors.AsType[signalled](err); !ok || c.removed != 0 {
		t.Errorf("%d keys removed, error %v; want none and the signal", c.removed, err)
	}
	if diff := cmp.Diff(before, keysAndValues(t, keys)); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
}

// Ctrl-C ends clean at once, whatever the server does.
func TestCleanInterrupted(t *testing.T) {
	s := startRedis(t)
	if err := s.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	p := start(t, "clean", "--url", s.url(), "--timeout", "60s", "--connect-timeout", "60s", "--insecure", "--tls")
	p.await(t, "warning") // it has begun to run
	if err := syscall.Kill(p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 130, promptly)
}

// A user who may not look or ask for marks removes nothing.
func TestCleanRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ lacks, want string }{
		{"-scan", "does not let this user run SCAN"},
		{"-ttl -pttl", "does not let this user run"},
		{"-unlink -del", "does not let this user run"},
	}
	for _, test := range tests {
		t.Run(test.lacks, func(t *testing.T) {
			t.Parallel()
			s := servertest.Start(t, servertest.Options{})
			keys := redis.NewClient(&redis.Options{Addr: s.Addr})
			defer keys.Close()
			fill(t, keys)
			s.Do(t, slices.Concat([]string{"ACL", "SETUSER", "me", "on", ">" + secret, "~*", "+@all"}, strings.Fields(test.lacks))...)
			before := keysAndValues(t, keys)
			r := respbench(t, t.TempDir(), []string{"REDISCLI_AUTH=" + secret}, "clean", "--url", "redis://me@"+s.Addr)
			if r.code != exitUsage || !strings.Contains(r.stderr, test.want) || strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("exit code %d, stderr %q, want one line: %s", r.code, r.stderr, test.want)
			}
			if diff := cmp.Diff(before, keysAndValues(t, keys)); diff != "" {
				t.Errorf("what is left (-want +got):\n%s", diff)
			}
		})
	}
}
