package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

func TestServerDies(t *testing.T) {
	t.Parallel()
	few := slices.Concat(trials, []string{"--rounds", "6", "--timeout", "200ms", "--connect-timeout", "200ms"})
	t.Run("remote", func(t *testing.T) {
		t.Parallel()
		server := startRedis(t)
		p := start(t, slices.Concat(few, []string{"--url", server.url()})...)
		p.await(t, "[2/6]")
		server.stop()
		p.expect(t, 6, patience)
		end := expectNotRun(t, p)
		if !slices.ContainsFunc(end.Warnings, func(w results.Warning) bool { return w.Code == "keys-left" }) {
			t.Errorf("warnings %+v, want one that keys may be left", end.Warnings)
		}
	})
	t.Run("spawned", func(t *testing.T) {
		t.Parallel()
		p := start(t, slices.Concat(few, []string{"--server", "redis-server"})...)
		p.await(t, "[2/6]")
		killServer(t, p)
		p.expect(t, 6, patience)
		expectNotRun(t, p)
		p.expectNothingLeft(t)
	})
}

// killServer kills the redis-server that p has started, not its guard.
func killServer(t *testing.T, p *process) {
	t.Helper()
	servers := p.processes("redis-server")
	if len(servers) != 1 {
		t.Fatalf("servers %q, want one", servers)
	}
	pid, err := strconv.Atoi(filepath.Base(servers[0]))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// expectNotRun ends the test unless all trials are recorded: measured, one
// failed at most, and the rest not run.
func expectNotRun(t *testing.T, p *process) results.End {
	t.Helper()
	run := readRun(t, filepath.Join(p.dir, "out.jsonl"))
	if run.End == nil || run.End.Status != results.Failed {
		t.Fatalf("end %+v, want failed", run.End)
	}
	counts := map[results.Status]int{}
	for _, trial := range run.Trials {
		counts[trial.Status]++
		if trial.Status != results.OK && trial.Reason == "" {
			t.Errorf("trial %d: %s without a reason", trial.Order, trial.Status)
		}
		if strings.Contains(trial.Reason, "127.0.0.1") {
			t.Errorf("trial %d names the server's address: %s", trial.Order, trial.Reason)
		}
	}
	if len(run.Trials) != 6 || counts[results.OK] < 2 || counts[results.Failed] > 1 || counts[results.NotRun] < 1 {
		t.Errorf("trials %v, want 6 in all: at least 2 ok, at most 1 failed, the rest not run", counts)
	}
	if !strings.Contains(p.stdout.String(), "not run") {
		t.Errorf("the table does not say that rounds were not run: %s", p.stdout.String())
	}
	return *run.End
}

// absolute is what the paths of a stack would look like.
var absolute = regexp.MustCompile(`(^|[\s(])/\w+/`)

func TestFailingClients(t *testing.T) {
	t.Parallel()
	tests := []struct {
		client string
		args   []string
		reason string // a pattern
		class  string // of all errors; empty: no record came back
	}{
		{"fake:panic", []string{"-n", "200"}, `panic.*fake\.panics\S* faulty\.go:\d+`, ""},
		{"fake:hang", []string{"-n", "200", "--timeout", "100ms"}, `no progress for .*stacks: .*fake\.hangs`, ""},
		{"fake:mismatch", []string{"-n", "20"}, `20 steps got a reply that was not what was set`, "mismatch"},
		{"fake:error", []string{"-n", "20", "--timeout", "100ms"}, `always fails|100% of .* failed|nothing succeeded`, "other"},
	}
	for _, test := range tests {
		t.Run(test.client, func(t *testing.T) {
			t.Parallel()
			args := append([]string{
				"run", "-c", "raw," + test.client, "-s", "sync", "-k", "50", "--warmup", "0",
				"--rounds", "1", "--server", "embedded", "-o", "out.jsonl",
			}, test.args...)
			began := time.Now()
			p := start(t, args...)
			p.expect(t, 6, patience)
			t.Logf("took %v", time.Since(began).Round(time.Millisecond))
			run := readRun(t, filepath.Join(p.dir, "out.jsonl"))
			if len(run.Trials) != 2 {
				t.Fatalf("%d trials, want 2", len(run.Trials))
			}
			for _, trial := range run.Trials {
				if trial.Point.Client() == "raw" {
					expectOK(t, trial)
				} else {
					expectFailed(t, trial, test.reason, test.class)
				}
			}
			if !strings.Contains(p.stdout.String(), test.client) || !strings.Contains(p.stdout.String(), "failed") {
				t.Errorf("the table does not show the failure: %s", p.stdout.String())
			}
			p.expectNothingLeft(t)
		})
	}
}

func expectOK(t *testing.T, trial results.Trial) {
	t.Helper()
	if trial.Status != results.OK {
		t.Errorf("%s %s (%s), want ok", trial.Point.Client(), trial.Status, trial.Reason)
	}
}

func expectFailed(t *testing.T, trial results.Trial, reason, class string) {
	t.Helper()
	if trial.Status != results.Failed || !regexp.MustCompile(`(?s)`+reason).MatchString(trial.Reason) {
		t.Errorf("%s (%s), want failed with a reason like %q", trial.Status, trial.Reason, reason)
	}
	if path := absolute.FindString(trial.Reason); path != "" {
		t.Errorf("the reason holds a path, %q: %s", path, trial.Reason)
	}
	if class != "" && (trial.Measured == nil || len(trial.Errors) != 1 || trial.Errors[class] == 0) {
		t.Errorf("record %+v, want errors of the class %s alone", trial.Measured, class)
	}
}

// A trial's process may be killed, as by a system that is short of memory.
func TestTrialKilled(t *testing.T) {
	t.Parallel()
	p := start(t, slices.Concat(trials, []string{"--url", startRedis(t).url(), "--rounds", "4"})...)
	p.await(t, "[1/4]")
	killed := ""
	for killed == "" && !p.ended() {
		for _, folder := range p.processes("respbench") {
			if command, _ := os.ReadFile(filepath.Join(folder, "cmdline")); strings.HasSuffix(string(command), "\x00trial\x00") {
				killed = filepath.Base(folder)
			}
		}
	}
	pid, err := strconv.Atoi(killed)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 6, patience)
	counts := map[results.Status]int{}
	for _, trial := range readRun(t, filepath.Join(p.dir, "out.jsonl")).Trials {
		if counts[trial.Status]++; trial.Status == results.Failed && !strings.Contains(trial.Reason, "signal: killed") {
			t.Errorf("reason %q, want that it was killed", trial.Reason)
		}
	}
	if counts[results.OK] != 3 || counts[results.Failed] != 1 {
		t.Errorf("trials %v, want 3 ok and 1 failed", counts)
	}
}

// Whoever reads the output may leave, like head: keys are removed all the
// same, and it is no error.
func TestBrokenPipe(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		args      []string
		readFirst bool
		code      int
	}{
		{"table", []string{"run", "-n", "100", "-o", "out.jsonl"}, false, 0},
		{"results", []string{"run", "-n", "100", "-o", "-"}, false, 0},
		{"midway", []string{"run", "--duration", "100ms", "--rounds", "5", "-o", "-"}, true, 0},
		{"a trial failed", []string{"run", "-n", "10", "-c", "fake:error", "-o", "out.jsonl"}, false, 6},
		{"dry run", []string{"run", "--dry-run"}, false, 0},
		{"list", []string{"list", "clients"}, false, 0},
		{"help", []string{"help", "run"}, false, 0},
		{"version", []string{"--version"}, false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := startRedis(t)
			args := test.args
			if args[0] == "run" {
				args = append([]string{"run", "-s", "sync", "-k", "100", "--warmup", "0", "--rounds", "1", "--url", server.url()}, args[1:]...)
			}
			p := startPiped(t, args, test.readFirst)
			p.expect(t, test.code, patience)
			p.expectNothingLeft(t)
			server.expectKeys(t, 0)
		})
	}
}

// startPiped starts the program with a pipe for stdout whose reader goes at
// once, or after it has read something.
func startPiped(t *testing.T, args []string, readFirst bool) *process {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if !readFirst {
		reader.Close()
	}
	p := newProcess(t, append([]string{binary}, args...)...)
	p.Stdout = writer
	p.begin(t)
	if readFirst {
		if _, err := io.ReadFull(reader, make([]byte, 10)); err != nil {
			t.Error(err)
		}
		reader.Close()
	}
	return p
}
