package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"respbench.dev/respbench/results"
)

// A run that was killed twice, and its file cut in the middle of a trial, goes
// on to what it would have been, and leaves no key behind.
func TestResumeAfterKill(t *testing.T) {
	t.Parallel()
	const rounds, cells = 6, 2
	server := startRedis(t)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	where := []string{"--url", server.url()}
	killAfter(t, path, "[3/12]", slices.Concat(where, []string{
		"-s", "sync", "-c", "raw,redigo", "-k", "100", "--duration", "200ms", "--warmup", "0", "--rounds", "6", "--pin", "none", "-o", path,
	}))
	if server.ask(t, "DBSIZE").(int64) == 0 {
		t.Fatal("the run that was killed left no key: nothing is shown by there being none at the end")
	}
	cutLastLine(t, path)
	killAfter(t, path, "[2/10]", append(where, "--resume", path))
	respbench(t, t.TempDir(), nil, slices.Concat([]string{"run"}, where, []string{"--resume", path})...).expectDone(t)

	runs, err := results.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 3 || runs[0].End != nil || runs[1].End != nil || len(runs[0].Trials) != 2 {
		t.Fatalf("%d runs in the file, want three of which two were cut off; the first has %d trials, want 2", len(runs), len(runs[0].Trials))
	}
	expectWhole(t, results.Join(runs), rounds*cells)
	server.expectKeys(t, 0)
}

// killAfter starts a run, kills it when stderr has text, and expects that
// nobody else could write its file meanwhile.
func killAfter(t *testing.T, path, text string, args []string) {
	t.Helper()
	p := start(t, append([]string{"run"}, args...)...)
	p.await(t, text)
	r := respbench(t, t.TempDir(), nil, "run", "--resume", path)
	if r.code != 1 || !strings.Contains(r.stderr, "is being written by another process") {
		t.Errorf("beside a run that goes on: exit code %d, stderr %s", r.code, r.stderr)
	}
	if err := p.Process.Signal(os.Kill); err != nil {
		t.Fatal(err)
	}
	<-p.done
	p.expectNothingLeft(t)
}

// cutLastLine leaves the first two trials and half of the third.
func cutLastLine(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	half := lines[3][:len(lines[3])/2]
	if err := os.WriteFile(path, slices.Concat(lines[0], lines[1], lines[2], half), 0o600); err != nil {
		t.Fatal(err)
	}
}

func expectWhole(t *testing.T, runs []results.Run, trials int) {
	t.Helper()
	if len(runs) != 1 || len(runs[0].Trials) != trials || runs[0].End == nil || runs[0].End.Status != results.OK {
		t.Fatalf("runs %+v, want one of %d trials that ended well", runs, trials)
	}
	for i, trial := range runs[0].Trials {
		expectOK(t, trial)
		if trial.Order != i+1 || trial.Round != i/2+1 {
			t.Errorf("trial %d is number %d of round %d", i+1, trial.Order, trial.Round)
		}
	}
}

// A run that goes on is left alone by one that resumes a copy of its file.
func TestResumeOfLivingRun(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "out.jsonl"), filepath.Join(dir, "copy.jsonl")
	p := start(t, "run", "--url", server.url(), "-s", "sync,get", "-c", "raw", "-k", "100", "--duration", "2s", "--warmup", "0",
		"--rounds", "2", "--pin", "none", "-o", path)
	p.await(t, "[2/4]")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r := respbench(t, t.TempDir(), nil, "run", "--url", server.url(), "--resume", copied)
	said := regexp.MustCompile(`^respbench: --resume: run \w{8} may still go on: its mark expires in [23]m\d+s, and \d+ other clients? (was|were) connected to the server; .+\n$`)
	if r.code != exitUsage || !said.MatchString(r.stderr) {
		t.Errorf("exit code %d, stderr %s", r.code, r.stderr)
	}
	if held, err := os.ReadFile(copied); err != nil || !bytes.Equal(held, data) {
		t.Errorf("the copy changed, or %v", err)
	}
	p.expect(t, exitDone, patience)
	runs, err := results.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	expectWhole(t, runs, 4)
	server.expectKeys(t, 0)
}

// What a killed run has left needs no room beside what is written anew.
func TestResumeNeedsRoomOnce(t *testing.T) {
	t.Parallel()
	server := startRedis(t, "--maxmemory", "40mb")
	path := filepath.Join(t.TempDir(), "out.jsonl")
	killAfter(t, path, "[2/4]", []string{
		"--url", server.url(), "-s", "get", "-c", "raw", "-k", "20000", "-d", "1000", "--duration", "300ms", "--warmup", "0",
		"--rounds", "4", "--pin", "none", "-o", path,
	})
	if server.ask(t, "DBSIZE").(int64) < 20000 {
		t.Fatal("the run that was killed left nothing")
	}
	respbench(t, t.TempDir(), nil, "run", "--url", server.url(), "--resume", path).expectDone(t)
	server.expectKeys(t, 0)
}

// A user without the right to look at marks can resume all the same.
func TestResumeWithoutTTL(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	server.ask(t, "ACL", "SETUSER", "default", "-ttl")
	killAfter(t, path, "[2/3]", []string{
		"--url", server.url(), "-s", "sync", "-c", "raw", "-k", "100", "-n", "10000", "--warmup", "0", "--rounds", "3", "--pin", "none", "-o", path,
	})
	respbench(t, t.TempDir(), nil, "run", "--url", server.url(), "--resume", path).expectDone(t)
}
