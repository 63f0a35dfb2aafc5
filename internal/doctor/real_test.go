package doctor

import (
	"context"
	"errors"
	"os"
	"os/user"
	"runtime"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

func noLoopback(context.Context) (RoundTrips, error) { return RoundTrips{}, errors.New("not tried") }

func clockHere() Clock {
	return Clock{Reading: 30, Resolution: 30, LagP50: time.Microsecond, Longest: time.Microsecond, Sleeps: 1}
}

// TestThisMachine looks at the machine that the test runs on, whatever it is.
func TestThisMachine(t *testing.T) {
	m := ThisMachine(clockHere)
	m.Sample = 50 * time.Millisecond
	found := byCode(t, m.Examine(t.Context()), results.MachineSubject)
	wantNothingPrivate(t, found)
	if f := found["loopback"]; f.Level == isUnknown || !strings.Contains(f.Text, "(p50)") {
		t.Errorf("finding %+v", f)
	}
	if runtime.GOOS != "linux" {
		return
	}
	for _, code := range []string{"load", "memory", "steal"} {
		if found[code].Level == isUnknown {
			t.Errorf("finding %+v", found[code])
		}
	}
}

// wantNothingPrivate finds no host, user or path in what would be stored.
func wantNothingPrivate(t *testing.T, found map[string]results.Finding, more ...string) {
	t.Helper()
	host, _ := os.Hostname()
	home, _ := os.UserHomeDir()
	private := append(more, host, home)
	if me, err := user.Current(); err == nil && me.Username != "root" {
		private = append(private, me.Username)
	}
	for _, f := range found {
		for _, word := range private {
			if len(word) > 2 && strings.Contains(f.Text+f.About, word) {
				t.Errorf("%q is in %+v", word, f)
			}
		}
	}
}

func TestLoopback(t *testing.T) {
	trips, err := measureLoopback(t.Context(), time.Minute)
	if err != nil || trips.N != mostTrips || trips.P50 <= 0 || trips.P99 < trips.P50 {
		t.Errorf("%+v, %v", trips, err)
	}
	trips, err = measureLoopback(t.Context(), 0)
	if err != nil || trips.N != 1 || trips.P50 <= 0 || trips.P99 != 0 {
		t.Errorf("in no time: %+v, %v", trips, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if trips, err = measureLoopback(over, time.Minute); err == nil {
		t.Errorf("after the end: %+v", trips)
	}
}

// asked examines a server as this user, or as anybody where there is none.
func asked(t *testing.T, addr, user string) map[string]results.Finding {
	t.Helper()
	access := results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{addr}, Username: user}
	if user != "" {
		access.Password = "s3cret"
	}
	admin := server.NewAdmin(server.Remote, access, server.Limits{})
	defer admin.Close()
	if err := admin.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	facts, _, err := admin.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := byCode(t, Ask(t.Context(), admin, facts).Examine("lab"), "lab")
	wantNothingPrivate(t, found, "127.0.0.1", "s3cret", "nobody")
	return found
}

// expected are findings, by code.
type expected = map[string]struct {
	level results.Level
	words string
}

func wantFindings(t *testing.T, found map[string]results.Finding, want expected) {
	t.Helper()
	for code, w := range want {
		wantFinding(t, found[code], w.level, w.words)
	}
}

func TestRealServer(t *testing.T) { servertest.Each(t, realServer) }

func realServer(t *testing.T, program string) {
	s := servertest.Start(t, servertest.Options{Program: program, Args: []string{"--enable-debug-command", "local"}})
	wantFindings(t, asked(t, s.Addr, ""), expected{
		"persistence": {isFine, "nothing"}, "eviction": {isFine, "no maxmemory"}, "io-threads": {isFine, "one thread"},
		"other-clients": {isNote, "1 other client"}, // the test's
		"slow-log":      {isFine, "10ms"}, "latency-events": {isUnknown, "is off"}, "keyspace": {isFine, "no keys"},
	})
	for _, command := range []string{
		"CONFIG SET appendonly yes", "CONFIG SET maxmemory 64mb", "CONFIG SET maxmemory-policy allkeys-lru",
		"CONFIG SET latency-monitor-threshold 5", "CONFIG SET slowlog-log-slower-than 5000", "DEBUG SLEEP 0.03", "SET theirs 1",
		"ACL SETUSER nobody on >s3cret ~respbench:* +get +set +unlink",
	} {
		s.Do(t, strings.Fields(command)...)
	}
	servertest.Eventually(t, 10*time.Second, "the first rewrite", func() error {
		if !strings.Contains(s.Do(t, "INFO", "persistence"), "aof_rewrite_in_progress:0") {
			return errors.New("goes on")
		}
		return nil
	})
	other := servertest.Dial(t, "tcp", s.Addr)
	other.Do(t, "PING")
	wantFindings(t, asked(t, s.Addr, ""), expected{
		"persistence": {isNote, "appendonly yes"}, "eviction": {isNote, "maxmemory 64 MiB"}, "other-clients": {isNote, "2 other clients"},
		"slow-log": {isNote, "slower than 5ms"}, "latency-events": {isProblem, "command 3"}, "keyspace": {isNote, "1 key in 1 database"},
	})
	refused := asked(t, s.Addr, "nobody")
	for code, command := range map[string]string{
		"persistence": "CONFIG GET", "io-threads": "CONFIG GET", "eviction": "INFO", "other-clients": "INFO", "keyspace": "INFO",
		"slow-log": "SLOWLOG LEN", "latency-events": "LATENCY LATEST",
	} {
		wantFinding(t, refused[code], isUnknown, "does not let this user run "+command)
	}
}

// TestServerThatHangs has what it does not answer be unknown.
func TestServerThatHangs(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	admin := server.NewAdmin(server.Remote, results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{s.Addr}}, server.Limits{Timeout: 100 * time.Millisecond})
	defer admin.Close()
	if err := admin.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "CLIENT", "PAUSE", "500", "ALL")
	found := byCode(t, Ask(t.Context(), admin, results.Server{}).Examine("lab"), "lab")
	for _, f := range found {
		wantFinding(t, f, isUnknown, "the server at <server> does not answer in time")
	}
}
