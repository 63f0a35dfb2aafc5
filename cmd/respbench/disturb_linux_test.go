package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"respbench.dev/respbench/internal/servertest"
	"respbench.dev/respbench/results"
)

// What a client may have to say while connections break or a server is away.
var (
	brokenClasses   = []string{"reset", "refused", "timeout"}
	failoverClasses = append([]string{"moved", "readonly", "loading", "other"}, brokenClasses...)
)

// Whatever is done to the server, every client's trial ends in time, as
// planned, with errors that name it, and shows the outage.
func TestDisturbed(t *testing.T) {
	t.Parallel()
	following := "rueidis:*,goredis:*"
	tests := []struct {
		name, clients, disturb string
		duration               time.Duration
		server                 func(t *testing.T) []string
		allowed                []string
		forgets                bool // acknowledged writes may be lost
	}{
		{"connections closed, pause", "all", "kill-clients@1s+pause=600ms@1500ms", 5100 * time.Millisecond, spawned, brokenClasses, false},
		{"restart", "all", "restart@1s", 4 * time.Second, spawned, brokenClasses, true},
		{"embedded", "raw,rueidis,goredis,redigo", "kill-clients@1s+restart@1500ms", 4500 * time.Millisecond,
			func(*testing.T) []string { return []string{"--server", "embedded"} }, brokenClasses, true},
		{"Sentinel", following, "failover@1s", 10 * time.Second, func(t *testing.T) []string {
			return []string{"--url", "redis+sentinel://" + strings.Join(servertest.StartSentinel(t).Addrs, ",") + "/" + servertest.MasterName}
		}, failoverClasses, true},
		{"Cluster", following, "kill-clients@1s+failover@1500ms", 8 * time.Second, func(t *testing.T) []string {
			return []string{"--url", "redis+cluster://" + strings.Join(servertest.StartCluster(t).Addrs, ",")}
		}, failoverClasses, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, append([]string{
				"run", "-c", test.clients, "-s", "counter", "--disturb", test.disturb, "--duration", test.duration.String(),
				"--timeout", "300ms", "--connect-timeout", "1s", "--warmup", "100ms", "--rounds", "1", "--pin", "none", "-o", "out.jsonl",
			}, test.server(t)...)...)
			p.expect(t, exitDone, 10*patience)
			run := readRun(t, filepath.Join(p.dir, "out.jsonl"))
			if len(run.Trials) == 0 {
				t.Fatal("no trials")
			}
			for _, trial := range run.Trials {
				t.Run(trial.Point.Client(), func(t *testing.T) {
					expectDisturbed(t, trial, test.duration)
					for class := range trial.Errors {
						if !slices.Contains(test.allowed, class) {
							t.Errorf("errors of the class %s: %v", class, trial.FirstErrs)
						}
					}
					if tally := trial.Tally; tally == nil || !test.forgets && tally.Lost > 0 {
						t.Errorf("counted %+v", tally)
					}
				})
			}
			expectRecovery(t, p, len(run.Trials))
			p.expectNothingLeft(t)
		})
	}
}

func spawned(*testing.T) []string { return []string{"--server", "redis-server"} }

// expectDisturbed wants a trial that ended in time, was disturbed as planned,
// and served again before its end.
func expectDisturbed(t *testing.T, trial results.Trial, duration time.Duration) {
	t.Helper()
	if trial.Status != results.OK {
		t.Fatalf("%s: %s", trial.Status, trial.Reason)
	}
	if most := duration + 2*trial.Point.Settings.ConnectTimeout; trial.Window < duration || trial.Window > most {
		t.Errorf("the window lasted %v, want %v to %v", trial.Window, duration, most)
	}
	planned, err := results.ParseDisturb(trial.Point.Disturb)
	if err != nil || len(trial.Disturbances) != len(planned) {
		t.Fatalf("disturbances %+v, want %v", trial.Disturbances, planned)
	}
	for i, d := range trial.Disturbances {
		if late := d.At - planned[i].At; d.Name != planned[i].Name || late.Abs() > time.Second {
			t.Errorf("disturbed by %+v, want %v", d, planned[i])
		}
	}
	s := trial.Slices
	if s.Length != 100*time.Millisecond || len(s.Ops) < int(duration/s.Length) {
		t.Fatalf("%d slices of %v", len(s.Ops), s.Length)
	}
	whole := int(duration / s.Length)
	if slices.Max(s.Ops[whole-5:whole]) == 0 {
		t.Errorf("nothing was served at the end: %v", s.Ops)
	}
}

// expectRecovery wants the report to say what became of each cell.
func expectRecovery(t *testing.T, p *process, cells int) {
	t.Helper()
	r := respbench(t, p.dir, nil, "report", "--format", "json", "out.jsonl")
	r.expectDone(t)
	var document struct {
		Rows []struct {
			Client      string         `json:"client"`
			Disturbance map[string]any `json:"disturbance"`
		} `json:"rows"`
	}
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, row := range document.Rows {
		if row.Disturbance == nil {
			continue
		}
		told++
		for _, name := range []string{"availability_percent", "first_success_ns", "normal_ns"} {
			if _, there := row.Disturbance[name]; !there {
				t.Errorf("%s: no %s in %v", row.Client, name, row.Disturbance)
			}
		}
	}
	if told < cells {
		t.Errorf("%d cells tell what the disturbance did, want %d", told, cells)
	}
}

// When a master goes by itself, the run waits for a replica to take over, goes
// on, and removes its keys, also if it is interrupted meanwhile.
func TestMasterDies(t *testing.T) {
	t.Parallel()
	for _, interrupted := range []bool{false, true} {
		t.Run(fmt.Sprintf("interrupted %v", interrupted), func(t *testing.T) {
			t.Parallel()
			cluster := servertest.StartCluster(t)
			p := start(t, "run", "-c", "rueidis", "-s", "sync", "-k", "300", "--duration", "1s", "--warmup", "0", "--rounds", "4",
				"--timeout", "300ms", "--connect-timeout", "1s", "-o", "out.jsonl", "--url", "redis+cluster://"+strings.Join(cluster.Addrs, ","))
			p.await(t, "[1/4]")
			cluster.Masters(t)[0].Kill(t)
			if interrupted {
				time.Sleep(200 * time.Millisecond)
				if err := p.Process.Signal(syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
			}
			select {
			case <-p.done:
			case <-time.After(3 * patience):
				t.Fatalf("still running; stderr: %s", p.stderr.String())
			}
			trials := readRun(t, filepath.Join(p.dir, "out.jsonl")).Trials
			if last := trials[len(trials)-1]; !interrupted && (len(trials) != 4 || last.Status != results.OK) {
				t.Errorf("%d trials, the last %s: %s", len(trials), last.Status, last.Reason)
			}
			for _, master := range cluster.Masters(t) {
				if left := master.Do(t, "KEYS", "respbench:*"); left != "" {
					t.Errorf("keys are left: %.200s", left)
				}
			}
		})
	}
}
