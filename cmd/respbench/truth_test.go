package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/results"
)

// others is what other people have on the server, and is not touched.
const others = 7

// With no warm-up, n ops are n GETs and n SETs more in the server's own count,
// beside those SETs that the results file says the harness sent.
func TestGroundTruth(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	for i := range others {
		server.ask(t, "SET", fmt.Sprintf("other:%d", i), i)
	}
	for _, client := range listedClients() {
		t.Run(client, func(t *testing.T) {
			const ops, keys = 500, 120
			before, dir := server.calls(t), t.TempDir()
			respbench(t, dir, nil, "run", "--url", server.url(), "-c", client, "-s", "sync", "-n", fmt.Sprint(ops),
				"--warmup", "0", "--rounds", "1", "-k", fmt.Sprint(keys), "-o", "out.jsonl").expectDone(t)
			after := server.calls(t)

			run := readRun(t, filepath.Join(dir, "out.jsonl"))
			loaded, alive := harnessSets(run)
			if loaded != keys || alive < 1 {
				t.Errorf("the file says that %d keys were loaded and %d alive keys set, want %d and at least 1", loaded, alive, keys)
			}
			if got := after["get"] - before["get"]; got != ops {
				t.Errorf("%d GETs, want %d", got, ops)
			}
			if got, want := after["set"]-before["set"], ops+loaded+alive; got != want {
				t.Errorf("%d SETs, want %d ops + %d loaded + %d alive = %d", got, ops, loaded, alive, want)
			}
			expectConfirmed(t, run, ops)
			if run.End.Removed != keys {
				t.Errorf("%d keys removed, want %d", run.End.Removed, keys)
			}
			server.expectKeys(t, others)
		})
	}
	for i := range others {
		if got := server.ask(t, "GET", fmt.Sprintf("other:%d", i)); got != fmt.Sprint(i) {
			t.Errorf("other:%d is %q now", i, got)
		}
	}
}

// listedClients are all variants that a user sees.
func listedClients() []string {
	var names []string
	for _, l := range all.Libraries() {
		for _, v := range l.Variants {
			if !v.Hidden {
				names = append(names, l.Name+":"+v.Name)
			}
		}
	}
	return names
}

// harnessSets are the SETs that a file says the harness itself sent.
func harnessSets(run results.Run) (loaded, alive int64) {
	for _, l := range run.Header.Loaded {
		loaded += int64(l.Count)
	}
	for _, trial := range run.Trials {
		alive += trial.Harness["set"]
	}
	return loaded, alive
}

// expectConfirmed wants the server's own word for every op.
func expectConfirmed(t *testing.T, run results.Run, ops int64) {
	t.Helper()
	if len(run.Trials) != 1 || run.Trials[0].Ops != ops || run.Trials[0].Attempts != ops {
		t.Fatalf("trials %+v, want one of %d ops", run.Trials, ops)
	}
	confirmed := run.Trials[0].Confirmed
	if confirmed == nil || len(confirmed.Commands) != 2 {
		t.Fatalf("confirmation %+v, want one of two commands", confirmed)
	}
	for _, c := range confirmed.Commands {
		if c.Done != ops || c.Server != ops || c.Attempts != ops {
			t.Errorf("confirmation %+v, want %d throughout", c, ops)
		}
	}
}

var callsLine = regexp.MustCompile(`(?m)^cmdstat_(\w+):calls=(\d+),`)

// calls is the server's own count by command.
func (s *redisServer) calls(t *testing.T) map[string]int64 {
	t.Helper()
	info := fmt.Sprint(s.ask(t, "INFO", "commandstats"))
	calls := map[string]int64{}
	for _, m := range callsLine.FindAllStringSubmatch(info, -1) {
		n, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		calls[m[1]] = n
	}
	return calls
}
