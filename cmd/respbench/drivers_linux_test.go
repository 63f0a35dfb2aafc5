package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// example is the driver of docs/DRIVERS.md, which needs nothing but Python.
const example = "../../examples/driver.py"

// Compiled-in clients and those of drivers are in one run, one order, one file.
func TestDriversBesideClients(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, err := filepath.Abs(example)
	if err != nil {
		t.Fatal(err)
	}
	clients := "raw,redis-py,redis-py:uvloop,redis-benchmark,exec:" + path
	r := respbench(t, dir, nil, "run", "-c", clients, "-s", "sync,pipelined,concurrent", "-w", "7", "-P", "3",
		"-n", "999", "--rounds", "2", "-k", "100", "--warmup", "30", "-o", "out.jsonl")
	r.expectDone(t)
	run := readRun(t, filepath.Join(dir, "out.jsonl"))
	if skips := run.Header.Skips; len(skips) != 1 || skips[0].Point.Scenario != "concurrent" || len(run.Trials) != 2*(3*5-1) {
		t.Fatalf("%d trials, skipped %+v; want only the example not to run concurrent", len(run.Trials), skips)
	}
	for _, trial := range run.Trials {
		checkDriven(t, run.Header, trial)
	}
	if command := strings.Join(run.Header.Command, " "); strings.Contains(command, filepath.Dir(path)) || !strings.Contains(command, "exec:driver.py") {
		t.Errorf("the command is kept as %q", command)
	}
}

func checkDriven(t *testing.T, h results.Header, trial results.Trial) {
	t.Helper()
	name := trial.Point.Cell() + " " + trial.Point.Client()
	if trial.Status != results.OK || trial.Cost.UserCPU == nil {
		t.Fatalf("%s: %s %s", name, trial.Status, trial.Reason)
	}
	if version := h.Version(trial.Executor, trial.Point.Library); version == "" && trial.Point.Library != "raw" {
		t.Errorf("%s: no version", name)
	}
	unchecked := slices.ContainsFunc(trial.Warnings, func(w results.Warning) bool { return w.Code == "unchecked" })
	if trial.Point.Library == "redis-benchmark" {
		if !unchecked || trial.Confirmed == nil || trial.Confirmed.Note == "" {
			t.Errorf("%s: warnings %+v, confirmed %+v", name, trial.Warnings, trial.Confirmed)
		}
		return
	}
	if unchecked || trial.Ops != 999 || trial.Confirmed == nil || len(trial.Confirmed.Commands) != 2 {
		t.Fatalf("%s: %d ops, confirmed %+v", name, trial.Ops, trial.Confirmed)
	}
	for _, c := range trial.Confirmed.Commands {
		if c.Server != c.Done || c.Server < 999 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// A run with drivers is as interruptible, and as clean afterwards, as one
// without. That they end in time is the bound of TestSignals.
func TestSignalsWithDrivers(t *testing.T) {
	for _, test := range []struct {
		client string
		signal syscall.Signal
		code   int
	}{
		{"redis-py", syscall.SIGINT, 130},
		{"redis-py:uvloop-hiredis", syscall.SIGTERM, 143},
		{"redis-benchmark", syscall.SIGINT, 130},
	} {
		t.Run(test.client+" "+test.signal.String(), func(t *testing.T) {
			server := startRedis(t)
			p := start(t, "run", "-s", "concurrent", "-c", test.client, "-k", "100", "--duration", "500ms", "--warmup", "0",
				"--rounds", "100", "--pin", "none", "-o", "out.jsonl", "--url", server.url())
			p.await(t, "[1/100]")
			if err := syscall.Kill(-p.Process.Pid, test.signal); err != nil {
				t.Fatal(err)
			}
			p.expect(t, test.code, promptly)
			p.expectNothingLeft(t)
			server.expectKeys(t, 0)
			expectNoFiles(t, filepath.Join(p.dir, "tmp"))
			run := readRun(t, filepath.Join(p.dir, "out.jsonl"))
			if run.End == nil || run.End.Status != results.Interrupted || len(run.Trials) == 0 || run.Trials[0].Status != results.OK {
				t.Errorf("%d trials, end %+v", len(run.Trials), run.End)
			}
		})
	}
}

// After SIGKILL of respbench no process of a driver is left, and no file but one
// whose driver was still starting.
func TestKillWithDrivers(t *testing.T) {
	p := start(t, "run", "-s", "sync", "-c", "redis-py", "-k", "100", "--duration", "5s", "--rounds", "100",
		"--server", "redis-server", "-o", "out.jsonl")
	p.await(t, "loaded")
	awaitMeasuring(t, p)
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.done
	p.expectNothingLeft(t)
}

// awaitMeasuring waits until a driver has opened its samples, whose name has
// been removed then.
func awaitMeasuring(t *testing.T, p *process) {
	t.Helper()
	seen := false
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		samples, _ := filepath.Glob(filepath.Join(p.dir, "tmp", "respbench-samples-*"))
		if seen && len(samples) == 0 {
			return
		}
		seen = seen || len(samples) > 0
		if time.Now().After(deadline) || p.ended() {
			t.Fatalf("no driver measures: %s", p.stderr.String())
		}
	}
}

func expectNoFiles(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("%s holds %v, %v", dir, entries, err)
	}
}

// What is missing skips the cell, with the command that installs it.
func TestMissingDrivers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	nowhere := []string{"RESPBENCH_PYTHON=" + filepath.Join(dir, "none"), "RESPBENCH_NODE=" + filepath.Join(dir, "none")}
	r := respbench(t, dir, nowhere, "run", "-c", "raw,redis-py:uvloop,ioredis", "-s", "sync", "-n", "50", "-k", "50", "--rounds", "1", "-o", "out.jsonl")
	r.expectDone(t)
	run := readRun(t, filepath.Join(dir, "out.jsonl"))
	if len(run.Trials) != 1 || len(run.Header.Skips) != 2 || len(run.Header.Executors) != 1 {
		t.Errorf("%d trials, skips %+v, executors %+v", len(run.Trials), run.Header.Skips, run.Header.Executors)
	}
	for _, s := range run.Header.Skips {
		if !strings.HasPrefix(s.Reason, "needs ") {
			t.Errorf("skipped: %s", s.Reason)
		}
	}
	r = respbench(t, dir, nowhere, "run", "-c", "redis-py", "-o", "other.jsonl")
	if r.code != exitUsage || !strings.Contains(r.stderr, "nothing to measure: redis-py with sync is skipped: needs python3") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// Programs that are no drivers are refused before anything is measured.
func TestDriversRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := func(name, text string) string {
		servertest.WriteProgram(t, filepath.Join(dir, name), "#!/bin/sh\n"+text+"\n")
		return "exec:./" + name
	}
	called := func(name string) string {
		return `echo '{"protocol":1,"name":"d","runtime":"sh 1","packages":{"p":"1"},"clients":[{"name":"` + name +
			`","package":"p","resp":[2],"variants":[{"name":"default","doc":"none"}]}],"scenarios":{"sync":1},"transports":["tcp"]}'`
	}
	for _, test := range []struct{ client, want string }{
		{"exec:./missing", `exec:PATH: "./missing": `},
		{"exec:", `exec:PATH: "": `},
		{"exec:redis-benchmark", `"redis-benchmark" is no driver: -c redis-benchmark is how it is measured`},
		{program("garbage", "echo no"), "exec:./garbage: "},
		{program("fails", "echo broken >&2; exit 3"), "broken"},
		{program("rueidis", called("rueidis")), "it calls its client rueidis, which is the name of another"},
		{program("ioredis", called("ioredis")), "it calls its client ioredis, which is the name of another"},
		{program("fine", called("fine")) + ":nothing", `unknown variant "nothing" of fine; have default`},
		{"redis-go", "redis-py, ioredis, node-redis, iovalkey, redis-benchmark, exec:PATH"},
		{"redis-py:fast", `unknown variant "fast" of redis-py`},
	} {
		r := respbench(t, dir, nil, "run", "-c", "raw,"+test.client, "-o", "out.jsonl")
		if line := strings.TrimSuffix(r.stderr, "\n"); r.code != exitUsage || !strings.Contains(line, test.want) || strings.Contains(line, "\n") {
			t.Errorf("%s: exit code %d, %s; want %q", test.client, r.code, r.stderr, test.want)
		}
	}
}

// A run with drivers goes on, also with one that is named by its path.
func TestResumeWithDrivers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, err := filepath.Abs(example)
	if err != nil {
		t.Fatal(err)
	}
	respbench(t, dir, nil, "run", "-c", "raw,redis-py,exec:"+path, "-s", "sync", "-n", "50", "-k", "50", "--warmup", "0",
		"--rounds", "2", "-o", "out.jsonl").expectDone(t)
	breakOff(t, filepath.Join(dir, "out.jsonl"))
	r := respbench(t, dir, nil, "run", "--resume", "out.jsonl")
	if r.code != exitUsage || !strings.Contains(r.stderr, "exec:PATH") {
		t.Errorf("without the path: exit code %d, %s", r.code, r.stderr)
	}
	respbench(t, dir, nil, "run", "--resume", "out.jsonl", "-c", "raw,redis-py,exec:"+path).expectDone(t)
}

// A driver whose first cells are skipped is found in another order when the run
// goes on.
func TestResumeAfterSkippedDrivers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	respbench(t, dir, nil, "run", "-c", "redis-benchmark,ioredis,redis-py", "-s", "sync", "-n", "50", "-k", "50", "--warmup", "0",
		"--rounds", "2", "-o", "out.jsonl").expectDone(t)
	breakOff(t, filepath.Join(dir, "out.jsonl"))
	respbench(t, dir, nil, "run", "--resume", "out.jsonl").expectDone(t)
	runs, err := results.ReadFile(filepath.Join(dir, "out.jsonl"))
	if runs = results.Join(runs); err != nil || len(runs) != 1 || len(runs[0].Trials) != 4 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	for _, trial := range runs[0].Trials {
		if runs[0].Header.Version(trial.Executor, trial.Point.Library) == "" {
			t.Errorf("%s by %s has no version", trial.Point.Client(), trial.Executor)
		}
	}
}

// The two sides of ab may be of other languages.
func TestPairOfDrivers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := respbench(t, dir, nil, "ab", "--base", "clients=redis-py", "--new", "clients=redis-py:hiredis", "-s", "sync",
		"-n", "50", "-k", "50", "--warmup", "0", "-o", "pair")
	if r.code != exitDone && r.code != exitRegressed || !strings.Contains(r.stdout, "redis-py:hiredis") {
		t.Errorf("exit code %d: %s %s", r.code, r.stdout, r.stderr)
	}
}
