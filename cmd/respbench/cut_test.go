package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/results"
)

// A results file that was cut anywhere behind its first header can be
// reported, and the plan of what it owes has just the trials that it lacks.
func TestAnyCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	respbench(t, dir, nil, "run", "--server", "embedded", "-s", "sync", "-c", "raw,redigo", "-k", "10", "-n", "10",
		"--warmup", "0", "--rounds", "2", "--pin", "none", "-o", "out.jsonl").expectDone(t)
	data, err := os.ReadFile(filepath.Join(dir, "out.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	header := bytes.IndexByte(data, '\n')
	for n := range len(data) {
		if near := data[max(n-2, 0):min(n+2, len(data))]; n%61 != 0 && !bytes.ContainsAny(near, "\n") {
			continue // every byte around the ends of lines, some of the others
		}
		runs, err := results.Read(bytes.NewReader(data[:n]))
		if n < header {
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("cut at %d, within the header: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		expectOwed(t, n, runs)
	}
}

func expectOwed(t *testing.T, cut int, runs []results.Run) {
	t.Helper()
	if _, err := writeReport(io.Discard, runs, "json"); err != nil {
		t.Fatalf("cut at %d: report: %v", cut, err)
	}
	run := results.Join(runs)[0]
	p, err := plan.Resume(run, plan.Options{}, func(string) bool { return false }, all.Libraries())
	if err != nil {
		t.Fatalf("cut at %d: %v", cut, err)
	}
	owed := p.Trials
	if len(run.Trials)+len(owed) != len(run.Header.Order) || len(owed) > 0 && owed[0].Order != len(run.Trials)+1 {
		t.Fatalf("cut at %d: %d trials are there and %+v owed of %d", cut, len(run.Trials), owed, len(run.Header.Order))
	}
}
