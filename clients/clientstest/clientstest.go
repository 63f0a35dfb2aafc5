// Package clientstest is the conformance suite of the adapters: whatever a
// library does inside, its sessions must behave as the contract in package
// clients says. The server's own counters are the ground truth.
package clientstest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

// Run holds every variant of lib to the contract, on servers of its own.
// Nothing may be left running when all are done; to see whose it is that is,
// run one of the tests alone.
func Run(t *testing.T, lib clients.Library) {
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	tests := []Test{
		{"cluster", func(t *testing.T) { checkCluster(t, lib) }},
		{"sentinel", func(t *testing.T) { checkSentinel(t, lib) }},
	}
	for _, v := range lib.Variants {
		tests = append(tests,
			Test{"redis-server/" + v.Name, func(t *testing.T) { runVariant(t, subject{v, startReal(t, servertest.Redis)}) }},
			Test{"valkey-server/" + v.Name, func(t *testing.T) { runVariant(t, subject{v, startReal(t, servertest.Valkey)}) }},
			Test{"embedded/" + v.Name, func(t *testing.T) { runVariant(t, subject{v, startEmbedded(t)}) }})
	}
	for _, f := range faults {
		tests = append(tests, Test{f.name, func(t *testing.T) { checkFault(t, lib, f.do, f.explain) }})
	}
	AtOnce(t, tests)
}

// A Test is a subtest by its name.
type Test struct {
	Name string
	Run  func(*testing.T)
}

// AtOnce runs tests side by side, more of them than there are processors: most
// of the time they wait.
func AtOnce(t *testing.T, tests []Test) {
	const most = 6
	var all sync.WaitGroup
	free := make(chan struct{}, most)
	for _, c := range tests {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			t.Run(c.Name, c.Run)
		})
	}
	all.Wait()
}

func runVariant(t *testing.T, s subject) {
	if s.variant.Name == "" || s.variant.Doc == "" {
		t.Error("a variant needs a name and a line of documentation")
	}
	if s.variant.Has.Cache {
		t.Run("no cache", func(t *testing.T) { checkNoCache(t, s) })
		if !s.server.isReal { // it has no tracking
			return
		}
	}
	for _, c := range checks {
		if !c.needsReal || s.server.isReal {
			t.Run(c.name, func(t *testing.T) { c.run(t, s) })
		}
	}
}

// checks are independent of each other; each opens its own client. Some need
// what only a real server has: other types, ACLs, CLIENT LIST.
var checks = []struct {
	name      string
	run       func(*testing.T, subject)
	needsReal bool
}{
	{"values", checkValues, false},
	{"miss", checkMiss, false},
	{"contexts", checkContexts, false},
	{"sessions at once", checkSessionsAtOnce, false},
	{"pipeline", checkPipeline, false},
	{"large pipeline", checkLargePipeline, false},
	{"counter", checkCounter, false},
	{"commands", checkCommands, false},
	{"shapes", checkShapes, true},
	{"command errors", checkCommandErrors, false},
	{"large replies", checkLargeReplies, false},
	{"blocking", checkBlocking, true},
	{"blocking alone", checkBlockingAlone, true},
	{"transaction", checkTransaction, false},
	{"atomic", checkAtomic, false},
	{"transaction errors", checkTransactionErrors, false},
	{"listening", checkListening, true},
	{"listeners", checkListeners, true},
	{"listening ends", checkListeningEnds, true},
	{"listening cancelled", checkListeningCancelled, true},
	{"listening broken", checkListeningBroken, true},
	{"pool size", checkPoolSize, false},
	{"pool wait", checkPoolWait, false},
	{"pool sessions", checkPoolSessions, false},
	{"broken pool", checkPoolBroken, false},
	{"cache", checkCache, true},
	{"cache hits", checkCacheHits, true},
	{"server error in a pipeline", checkPipelineError, true},
	{"server errors", checkServerErrors, true},
	{"broken connection", checkBrokenConnection, false},
	{"hidden retries", checkHiddenRetries, false},
	{"silent server", checkSilentServer, false},
	{"silent from the start", checkSilentFromTheStart, false},
	{"close while blocked", checkCloseWhileBlocked, false},
	{"closed port", checkClosedPort, false},
	{"password", checkPassword, false},
	{"user", checkUser, true},
	{"database", checkDatabase, false},
	{"unix socket", checkUnixSocket, true},
	{"limited user", checkLimitedUser, true},
	{"forbidden commands", checkForbiddenCommands, true},
	{"TLS", checkTLS, true},
	{"mutual TLS", checkMutualTLS, true},
	{"protocol", checkProtocol, true},
	{"ground truth", checkGroundTruth, false},
	{"connections", checkConnections, true},
	{"asked connections", checkAskedConnections, true},
	{"capabilities", checkCapabilities, false},
}

// A subject is a variant at a server.
type subject struct {
	variant clients.Variant
	server  *server
}

// limit is how long anything may take that ends by itself, on a busy machine
// and with the race detector.
const limit = 10 * time.Second

// short is the time-out of calls that are to meet it.
const short = 300 * time.Millisecond

// Target is the server at addr for so many workers.
func Target(addr string, workers int) clients.Target {
	return clients.Target{
		Mode:           clients.Standalone,
		Addrs:          []string{addr},
		Timeout:        5 * time.Second,
		ConnectTimeout: 5 * time.Second,
		Workers:        workers,
		Depth:          1,
		Procs:          2,
		Dialer:         clients.NewDialer("tcp", 5*time.Second, nil),
	}
}

func (s subject) open(t testing.TB, to clients.Target) clients.Client {
	t.Helper()
	return Open(t, s.variant, to)
}

// Open returns a client that is closed with the test.
func Open(t testing.TB, v clients.Variant, to clients.Target) clients.Client {
	t.Helper()
	if v.Reaches != nil {
		if err := v.Reaches(to); err != nil {
			t.Fatalf("does not reach the server: %v", err)
		}
	}
	c, err := v.Open(context.Background(), to)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// Session returns a session that is closed before its client.
func Session(t testing.TB, c clients.Client) clients.Session {
	t.Helper()
	s, err := c.Session(context.Background())
	if err != nil {
		t.Fatalf("session: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the session: %v", err)
		}
	})
	return s
}

// alone returns the only session of a client of its own.
func (s subject) alone(t testing.TB, to clients.Target) clients.Session {
	t.Helper()
	return Session(t, s.open(t, to))
}

// SetGet sets a value, reads it back and compares.
func SetGet(ctx context.Context, s clients.Session, key string, v clients.Value) error {
	if err := s.Set(ctx, key, v); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	var reply clients.Reply
	if err := s.Get(ctx, key, &reply); err != nil {
		return fmt.Errorf("get: %w", err)
	}
	return reply.Check(key, v)
}

func mustSetGet(t testing.TB, s clients.Session, key string, v clients.Value) {
	t.Helper()
	if err := SetGet(context.Background(), s, key, v); err != nil {
		t.Fatal(err)
	}
}

func text(s string) clients.Value { return clients.ValueOf([]byte(s)) }
