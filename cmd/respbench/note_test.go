package main

import (
	"net"
	"strings"
	"testing"
)

// A server that nobody named is not measured, only pointed out.
func TestNoteOfRunningServer(t *testing.T) {
	l, err := net.Listen("tcp", defaultAddress)
	if err != nil {
		t.Skipf("%s is taken: %v", defaultAddress, err)
	}
	defer l.Close()
	go misbehave(l, manners["silent"], func() {})

	// What is refused is not cluttered with it.
	if r := respbench(t, t.TempDir(), nil, "run", "-c", "nobody"); strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("stderr %q, want one line", r.stderr)
	}
	args := []string{"run", "--server", "embedded", "-n", "50", "-k", "50", "-s", "sync", "-c", "raw", "--rounds", "1", "--warmup", "0", "-o", "out.jsonl"}
	r := respbench(t, t.TempDir(), nil, args...)
	r.expectDone(t)
	note := "note: a server answers at 127.0.0.1:6379; to measure it: respbench run --url redis://127.0.0.1:6379\n"
	if strings.Count(r.stderr, note) != 1 || !strings.Contains(r.stderr, "server: embedded (not Redis)") {
		t.Errorf("stderr %q, want once: %s", r.stderr, note)
	}
}
