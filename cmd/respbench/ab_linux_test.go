package main

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"respbench.dev/respbench/results"
)

// turnsOfTwo are a few short trials of two cells, judged so that nothing but a
// gross change is a regression.
var turnsOfTwo = []string{
	"ab", "-s", "sync,get", "-c", "goredis", "-k", "100", "--duration", "30ms", "--warmup", "0",
	"--rounds", "8", "--metrics", "throughput", "--threshold", "95%", "--pin", "none", "-o", "out",
}

// readPair reads what ab has written.
func readPair(t *testing.T, dir string) (base, other results.Run) {
	t.Helper()
	return readRun(t, filepath.Join(dir, "out", "base.jsonl")), readRun(t, filepath.Join(dir, "out", "new.jsonl"))
}

// Both sides are measured in turns, either first in half the rounds; the server
// confirms every trial, of the other side too, and keeps nothing but what was
// there.
func TestPair(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		urls func(t *testing.T) (servers []*redisServer, base, other string)
	}{
		{"one server", func(t *testing.T) ([]*redisServer, string, string) {
			s := startRedis(t)
			return []*redisServer{s}, "timeout=4s;url=" + s.url(), "url=" + s.url()
		}},
		{"two servers", func(t *testing.T) ([]*redisServer, string, string) {
			s, other := startRedis(t), startRedis(t)
			return []*redisServer{s, other}, "url=" + s.url(), "url=" + other.url()
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			servers, base, other := test.urls(t)
			for _, s := range servers {
				s.ask(t, "SET", "foreign", "1")
			}
			dir := t.TempDir()
			respbench(t, dir, nil, slices.Concat(turnsOfTwo, []string{"--base", base, "--new", other})...).expectDone(t)
			expectTurns(t, dir)
			for _, s := range servers {
				s.expectKeys(t, 1)
			}
		})
	}
}

func expectTurns(t *testing.T, dir string) {
	t.Helper()
	base, other := readPair(t, dir)
	if base.Header.ID != other.Header.ID || base.Header.Pair.Side != results.BaseSide || other.Header.Pair.Side != results.NewSide {
		t.Fatalf("sides %+v of %s, %+v of %s", base.Header.Pair, base.Header.ID, other.Header.Pair, other.Header.ID)
	}
	if len(base.Trials) != 16 || len(other.Trials) != 16 {
		t.Fatalf("%d and %d trials, want 16", len(base.Trials), len(other.Trials))
	}
	first := map[string]int{} // by scenario: how often base began
	for i, b := range base.Trials {
		n := other.Trials[i]
		if b.Pair != n.Pair || b.Point.Scenario != n.Point.Scenario || b.Seed == n.Seed || b.Round != n.Round {
			t.Fatalf("not a pair: %+v %+v", b, n)
		}
		if (b.Order < n.Order) != b.Start.Before(n.Start) {
			t.Errorf("pair %d: the order %d, %d is not that of time", b.Pair, b.Order, n.Order)
		}
		if b.Order < n.Order {
			first[b.Point.Scenario]++
		}
		for _, trial := range []results.Trial{b, n} {
			if trial.Status != results.OK || len(trial.Confirmed.Commands) == 0 || trial.Harness["set"] == 0 {
				t.Errorf("%s, %s; %+v, %+v; want it confirmed by the server", trial.Status, trial.Reason, trial.Confirmed, trial.Harness)
			}
		}
	}
	if first["sync"] != 4 || first["get"] != 4 {
		t.Errorf("base began %v, want half of 8 each", first)
	}
}

// What was measured is kept, and the server rid of the keys of both.
func TestPairInterrupted(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	p := start(t, slices.Concat(turnsOfTwo, []string{"--duration", "300ms", "--url", server.url(), "--base", "timeout=4s"})...)
	p.await(t, "[4/32]")
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 130, patience)
	p.expectNothingLeft(t)
	if p.stdout.String() != "" || !strings.Contains(p.stderr.String(), "saved, and not compared: out/base.jsonl out/new.jsonl") {
		t.Errorf("a verdict on half of what was to decide: %s; stderr: %s", p.stdout.String(), p.stderr.String())
	}
	base, other := readPair(t, p.dir)
	for _, run := range []results.Run{base, other} {
		if run.End == nil || run.End.Status != results.Interrupted || len(run.Trials) == 0 || run.Trials[0].Status != results.OK {
			t.Errorf("%s: end %+v, %d trials", run.Header.Pair.Side, run.End, len(run.Trials))
		}
	}
	server.expectKeys(t, 0)
}

// A server that goes away ends both sides, and what was measured is kept.
func TestPairWithoutServer(t *testing.T) {
	t.Parallel()
	server, staying := startRedis(t), startRedis(t)
	p := start(t, slices.Concat(turnsOfTwo, []string{"--duration", "300ms", "--timeout", "500ms", "--base", "url=" + server.url(), "--new", "url=" + staying.url()})...)
	p.await(t, "[4/32]")
	server.stop()
	p.expect(t, exitTrial, patience)
	if !strings.Contains(p.stderr.String(), "2 gated cells missing in new or failed there") {
		t.Errorf("stderr: %s", p.stderr.String())
	}
	base, other := readPair(t, p.dir)
	if n := len(base.Trials) + len(other.Trials); n != 32 || base.Trials[15].Status != results.NotRun || other.Trials[15].Status != results.NotRun {
		t.Errorf("%d trials, the last %s and %s", n, base.Trials[15].Status, other.Trials[15].Status)
	}
	staying.expectKeys(t, 0)
}
