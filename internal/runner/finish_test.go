package runner

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"time"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// finished is a run's end with keys on a server that closes all connections.
func finished(t *testing.T, out *results.Writer) (results.End, error) {
	t.Helper()
	access := results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{closing(t)}}
	r := &Runner{
		Plan: &plan.Plan{Datasets: []plan.Dataset{{Scenario: scenarios.All()[0], Count: 1}}}, Header: results.Header{ID: "abcdefg2"},
		Server: &server.Server{Kind: server.Remote}, Out: out, begun: true, Takeover: 200 * time.Millisecond,
		site: &site{written: 1, marked: time.Now(), access: access, admin: server.NewAdmin(server.Remote, access, server.Limits{})},
	}
	defer r.admin.Close()
	err := r.finish(t.Context(), nil)
	return r.outcome.End, err
}

// closing is the address of what closes all connections.
func closing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

// The end of a run may be shown to others: it does not tell where a server is,
// nor that of a node that nobody has named.
func TestFinishNamesNoServer(t *testing.T) {
	end, err := finished(t, results.NewWriter(&bytes.Buffer{}))
	const want = "keys may be left on the server: the connection to <server> broke"
	if err != nil || len(end.Warnings) != 1 || end.Warnings[0].Code != "keys-left" || end.Warnings[0].Text != want {
		t.Errorf("warnings %+v, error %v; want %s", end.Warnings, err, want)
	}
}

type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

// That the file has failed was said when it did.
func TestFinishSaysOnceThatTheFileFailed(t *testing.T) {
	out := results.NewWriter(full{})
	if err := out.Trial(results.Trial{}); !errors.Is(err, errFull) {
		t.Fatal(err)
	}
	if _, err := finished(t, out); err != nil {
		t.Errorf("said again: %v", err)
	}
}
