package main

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// TestDoctorJudgesWhatARunUses has doctor look at the threads of a run: beside a
// server of ours they are as many as its CPUs, whatever this process has.
func TestDoctorJudgesWhatARunUses(t *testing.T) {
	const many = 500
	before := runtime.GOMAXPROCS(many)
	defer runtime.GOMAXPROCS(before)
	if got := procsOfRun(results.Access{Addrs: []string{"192.0.2.1:6379"}}); got != many {
		t.Errorf("%d threads beside a server of others, want %d", got, many)
	}
	if cpus := len(proc.CPUs()); cpus < 2 || cpus > many || !proc.CanPin() {
		t.Skip("a server of ours has no CPUs of its own here")
	}
	var said, failed bytes.Buffer
	if code := program(t.Context(), strings.NewReader(""), &said, &failed, []string{"doctor"}); code != 0 || strings.Contains(said.String(), "GOMAXPROCS is 500") {
		t.Errorf("exit code %d, %s\n%s", code, failed.String(), said.String())
	}
}

// TestFarServer has a run wait for one that is 120 ms away.
func TestFarServer(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	admin := server.NewAdmin(server.Remote, results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{late(t, s.Addr, 120*time.Millisecond)}}, server.Limits{})
	defer admin.Close()
	if err := admin.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	facts, _, err := admin.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range (&app{}).examiner(&plan.Plan{}, false)(t.Context(), admin, facts) {
		if strings.Contains(f.Text, "did not answer") {
			t.Errorf("finding %+v", f)
		}
	}
}

// late forwards connections to addr; what comes back is late by this much.
func late(t *testing.T, addr string, by time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var forwarding sync.WaitGroup
	forwarding.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", addr)
			if err != nil {
				_ = near.Close()
				return
			}
			forwarding.Go(func() { _, _ = io.Copy(far, near); _ = far.Close() })
			forwarding.Go(func() { answerLate(near, far, by) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		forwarding.Wait()
	})
	return l.Addr().String()
}

func answerLate(near, far net.Conn, by time.Duration) {
	defer near.Close()
	answer := make([]byte, 1<<16)
	for {
		n, err := far.Read(answer)
		time.Sleep(by)
		if _, failed := near.Write(answer[:n]); err != nil || failed != nil {
			return
		}
	}
}
