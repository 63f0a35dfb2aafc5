package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// trials is a run of many short trials of one cell.
var trials = []string{
	"run", "-s", "sync", "-c", "raw", "-k", "100", "--duration", "200ms", "--warmup", "0",
	"--rounds", "100", "--pin", "none", "-o", "out.jsonl",
}

// promptly is what a user who has pressed Ctrl-C waits at most, and what a
// busy machine adds. Tests that hold it are not parallel to others.
const promptly = 3 * time.Second

func TestSignals(t *testing.T) {
	tests := []struct {
		name   string
		signal syscall.Signal
		group  bool // sent to all, as by a terminal
		server []string
		code   int
	}{
		{"Ctrl-C", syscall.SIGINT, true, nil, 130},
		{"Ctrl-C with redis-server", syscall.SIGINT, true, []string{"--server", "redis-server"}, 130},
		{"Ctrl-C with embedded", syscall.SIGINT, true, []string{"--server", "embedded"}, 130},
		{"SIGINT", syscall.SIGINT, false, nil, 130},
		{"SIGTERM", syscall.SIGTERM, false, nil, 143},
		{"SIGTERM to all", syscall.SIGTERM, true, []string{"--server", "redis-server"}, 143},
		{"SIGHUP", syscall.SIGHUP, true, nil, 129},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if signal.Ignored(test.signal) {
				t.Skip("it is ignored from the start, as under nohup")
			}
			target := test.server
			var server *redisServer
			if target == nil {
				server = startRedis(t)
				target = []string{"--url", server.url()}
			}
			p := start(t, slices.Concat(trials, target)...)
			p.await(t, "[1/100]")
			pid := p.Process.Pid
			if test.group {
				pid = -pid
			}
			if err := syscall.Kill(pid, test.signal); err != nil {
				t.Fatal(err)
			}
			p.expect(t, test.code, promptly)
			p.expectNothingLeft(t)
			expectInterrupted(t, p)
			if server != nil {
				server.expectKeys(t, 0)
			}
		})
	}
}

// expectInterrupted ends the test unless the results hold what was measured and
// say how it ended, and the table was shown.
func expectInterrupted(t *testing.T, p *process) {
	t.Helper()
	run := readRun(t, filepath.Join(p.dir, "out.jsonl"))
	if run.End == nil || run.End.Status != results.Interrupted || run.End.Reason == "" {
		t.Fatalf("end %+v, want interrupted with a reason", run.End)
	}
	if len(run.Trials) == 0 || run.Trials[0].Status != results.OK || run.Trials[0].Ops == 0 {
		t.Fatalf("%d trials, want the first measured", len(run.Trials))
	}
	if last := run.Trials[len(run.Trials)-1]; len(run.Trials) > 1 && last.Status != results.Interrupted {
		t.Errorf("last trial %s (%s), want interrupted", last.Status, last.Reason)
	}
	if !strings.Contains(p.stdout.String(), "raw") || !strings.Contains(p.stderr.String(), "saved: out.jsonl") {
		t.Errorf("no table or path; stdout: %s stderr: %s", p.stdout.String(), p.stderr.String())
	}
}

func TestHangUpUnderNohup(t *testing.T) {
	t.Parallel()
	args := append([]string{"sh", "-c", `trap "" HUP; exec "$@"`, "sh", binary}, trials...)
	p := startCommand(t, append(args, "--server", "embedded", "--rounds", "3")...)
	p.await(t, "[1/3]")
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 0, patience)
	if run := readRun(t, filepath.Join(p.dir, "out.jsonl")); len(run.Trials) != 3 || run.End.Status != results.OK {
		t.Errorf("%d trials, end %+v; want 3, ok", len(run.Trials), run.End)
	}
	p.expectNothingLeft(t)
}

// A server that stands still keeps the first signal from being done with.
func TestSecondSignal(t *testing.T) {
	server := startRedis(t)
	p := start(t, slices.Concat(trials, []string{"--url", server.url()})...)
	p.await(t, "[1/100]")
	if err := server.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
		t.Fatal("it ended with a server that does not answer: the keys cannot have been removed")
	case <-time.After(500 * time.Millisecond):
	}
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 143, promptly)
	p.expectNothingLeft(t)
}

func TestKill(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"redis-server", "embedded"} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			p := start(t, slices.Concat(trials, []string{"--server", server})...)
			p.await(t, "[1/100]")
			if started := p.processes(""); len(started) < 3 {
				t.Fatalf("processes %q, want the program, a guard and a server at least", started)
			}
			if err := p.Process.Signal(os.Kill); err != nil {
				t.Fatal(err)
			}
			<-p.done
			p.expectNothingLeft(t)
			runs, err := results.ReadFile(filepath.Join(p.dir, "out.jsonl"))
			if err != nil || len(runs) != 1 || len(runs[0].Trials) == 0 || runs[0].End != nil {
				t.Errorf("runs %+v, error %v; want one that was cut off, with a trial", runs, err)
			}
		})
	}
}

// A run that is interrupted while it loads, with one set of keys already
// there, removes what it wrote and leaves no file without a header.
func TestSignalWhileLoading(t *testing.T) {
	t.Parallel()
	const keys = 200_000
	server := startRedis(t)
	p := start(t, "run", "--url", server.url(), "-s", "sync,get", "-c", "raw", "-k", fmt.Sprint(keys), "-o", "out.jsonl")
	for server.ask(t, "DBSIZE").(int64) < keys+1000 {
		if p.ended() {
			t.Fatalf("it ended: %s", p.stderr.String())
		}
	}
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 130, patience)
	p.expectNothingLeft(t)
	server.expectKeys(t, 0)
	if runs, err := results.ReadFile(filepath.Join(p.dir, "out.jsonl")); !errors.Is(err, os.ErrNotExist) && (err != nil || runs[0].End == nil) {
		t.Errorf("runs %+v, error %v; want no file, or a whole one", runs, err)
	}
}

// The embedded server says where it listens, asks for its password, and goes
// with a signal.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "serve", "-p", "0", "--password-file", password)
	p.await(t, "listening on 127.0.0.1:")
	_, addr, _ := strings.Cut(strings.TrimSpace(p.stderr.String()), "listening on ")
	args := []string{"run", "--url", "redis://" + addr, "-s", "sync", "-n", "50", "-k", "50", "--rounds", "1", "--warmup", "0"}
	if r := respbench(t, dir, nil, args...); r.code != 1 || !strings.Contains(r.stderr, "asks for a password") {
		t.Errorf("without the password: exit code %d, stderr %s", r.code, r.stderr)
	}
	respbench(t, dir, nil, append(args, "--password-file", password)...).expectDone(t)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 143, promptly)
	if text := p.stderr.String(); strings.Count(text, "\n") != 1 {
		t.Errorf("stderr has more than the address: %s", text)
	}
	expectNoSecret(t, "stderr", p.stderr.String())
}

// A call that never returns does not keep a user waiting.
func TestSignalWhileHanging(t *testing.T) {
	p := start(t, "run", "--server", "embedded", "-s", "sync", "-c", "fake:hang", "-n", "10", "-k", "50", "--warmup", "0", "-o", "out.jsonl")
	p.await(t, "loaded 50 keys")
	time.Sleep(300 * time.Millisecond) // for the first call to be made
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.expect(t, 130, promptly)
	p.expectNothingLeft(t)
	run := readRun(t, filepath.Join(p.dir, "out.jsonl"))
	if len(run.Trials) != 1 || run.Trials[0].Status != results.Interrupted || run.End.Status != results.Interrupted {
		t.Errorf("trials %+v, end %+v; want one trial, both interrupted", run.Trials, run.End)
	}
}
