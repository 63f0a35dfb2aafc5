package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"respbench.dev/respbench/results"
)

// A fixture is what a results file is made of that no run has measured: the
// same options, the same bytes.
type fixture struct {
	id, scenario string
	clients      []string
	rounds       int
	samples      int     // a trial; 0: nothing succeeded
	slow         float64 // factor on the latency of all clients but raw
	raw          float64 // and on that of raw
	jitter       float64 // standard deviation of its logarithm
	seed         uint64
	kind, cpu    string
	day          int
	failed       string // client whose trials all failed
	pair         string // side
	differ       string // flag
}

// fixtureCommand makes a results file: fixture FILE [OPTION=VALUE...].
func fixtureCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: fixture FILE [OPTION=VALUE...]")
	}
	f := fixture{
		id: strings.TrimSuffix(args[0], ".jsonl"), scenario: "sync", clients: []string{"raw", "goredis", "redigo"},
		rounds: 10, samples: 2000, slow: 1, raw: 1, jitter: 0.01, seed: 1, kind: "spawned", cpu: "Example CPU 3000",
	}
	for _, option := range args[1:] {
		name, value, _ := strings.Cut(option, "=")
		ts.Check(f.set(name, value))
	}
	ts.Check(f.write(ts.MkAbs(args[0])))
}

func (f *fixture) set(name, value string) error {
	texts := map[string]*string{
		"id": &f.id, "scenario": &f.scenario, "kind": &f.kind, "cpu": &f.cpu, "failed": &f.failed, "pair": &f.pair, "differ": &f.differ,
	}
	numbers := map[string]*int{"rounds": &f.rounds, "samples": &f.samples, "day": &f.day}
	factors := map[string]*float64{"slow": &f.slow, "raw": &f.raw, "jitter": &f.jitter}
	var err error
	switch {
	case texts[name] != nil:
		*texts[name] = value
	case numbers[name] != nil:
		*numbers[name], err = strconv.Atoi(value)
	case factors[name] != nil:
		*factors[name], err = strconv.ParseFloat(value, 64)
	case name == "seed":
		f.seed, err = strconv.ParseUint(value, 10, 64)
	case name == "clients":
		f.clients = strings.Split(value, ",")
	default:
		err = fmt.Errorf("unknown option %q of a fixture", name)
	}
	return err
}

func (f *fixture) write(path string) error {
	w, err := results.Create(path, true)
	if err != nil {
		return err
	}
	h := f.header()
	errs := []error{w.Header(h)}
	for _, t := range f.trials(h) {
		errs = append(errs, w.Trial(t))
	}
	errs = append(errs, w.End(results.End{Ended: h.Started.Add(time.Hour), Status: results.OK}), w.Close())
	return errors.Join(errs...)
}

func (f *fixture) header() results.Header {
	h := results.Header{
		Schema: results.Schema, ID: f.id, Started: time.Date(2026, 11, 22+f.day, 3, 0, 0, 0, time.UTC),
		Command: []string{"respbench", "run"}, Seed: f.seed, Rounds: f.rounds,
		Machine: results.Machine{CPU: f.cpu, Cores: 2, Arch: "amd64", Kernel: "6.1.0", OS: "linux"},
		Servers: []results.Server{{ID: "s1", Kind: f.kind, Name: "redis", Version: "7.0.15", Mode: results.Standalone}},
		Executors: []results.Executor{{
			ID: "e1", Tool: "respbench", Version: "v0.1.0", Runtime: "go1.26.8", Libraries: map[string]string{"library": "v1.0.0"},
			Modules: map[string]string{"raw": "", "goredis": "library", "redigo": "library", "rueidis": "library"},
		}},
	}
	if f.pair != "" {
		h.Pair = &results.Pair{Side: f.pair, Differ: strings.Fields(f.differ), Options: strings.Join(f.clients, ",")}
	}
	for _, client := range f.clients {
		h.Points = append(h.Points, results.Point{
			Scenario: f.scenario, Version: 1, Library: client, Variant: "default", Server: "s1",
			Load:      results.Load{Workers: 1, DataSize: 16, Keyspace: 100_000},
			Placement: results.Placement{Pin: "none", Procs: 1},
			Settings:  results.Settings{Context: "background", Timeout: 5 * time.Second, ConnectTimeout: 5 * time.Second, Isolation: "process"},
		})
	}
	for range f.rounds {
		for i := range h.Points {
			h.Order = append(h.Order, i)
		}
	}
	return h
}

// trials of the same pair on two sides share nothing: each has its own seed.
func (f *fixture) trials(h results.Header) []results.Trial {
	random := rand.New(rand.NewPCG(f.seed, 1))
	var trials []results.Trial
	for i, at := range h.Order {
		p := h.Points[at]
		factor := f.slow
		if p.Library == "raw" {
			factor = f.raw
		}
		ns := 50_000 * factor * math.Exp(f.jitter*random.NormFloat64())
		t := results.Trial{
			Point: p, Executor: "e1", Round: i/len(h.Points) + 1, Order: i + 1, Seed: uint64(i), Status: results.OK,
			Limit: results.Limit{Steps: 2000}, Warmup: results.Warmup{Time: time.Second},
			Measured: f.measured(ns, h.Started.Add(time.Duration(i)*time.Second)),
		}
		f.pairUp(&t, i)
		if p.Library == f.failed {
			t.Status, t.Reason = results.Failed, "8% of the steps failed: timeout"
			t.Errors = map[string]int64{"timeout": 160}
		}
		trials = append(trials, t)
	}
	return trials
}

// pairUp lets base go first in every other pair.
func (f *fixture) pairUp(t *results.Trial, i int) {
	if f.pair == "" {
		return
	}
	first := (i%2 == 0) == (f.pair == results.BaseSide)
	t.Side, t.Pair, t.Order = f.pair, i+1, 2*i+1
	if !first {
		t.Order++
	}
}

// measured is a trial whose steps took from 0.7 to 1.3 times ns.
func (f *fixture) measured(ns float64, start time.Time) *results.Measured {
	const levels = 40
	h := results.NewHistogram()
	var sum, low, high int64
	for i := range f.samples {
		v := int64(ns * (0.7 + 0.6*float64(i%levels)/(levels-1)))
		_ = h.RecordValue(v)
		if i == 0 {
			low = v
		}
		low, high, sum = min(low, v), max(high, v), sum+v
	}
	ops := int64(f.samples)
	user, system, allocs := time.Duration(ops)*10*time.Microsecond, time.Duration(ops)*20*time.Microsecond, 15*ops
	return &results.Measured{
		Protocol: 1, Start: start, Window: cmp.Or(time.Duration(sum), time.Second), Ops: ops, Attempts: max(ops, 1),
		Kinds: []results.Kind{{
			Name: "set+get", Unit: "set+get", Sample: "set+get", OpsPerSample: 1, Ops: ops, Attempts: max(ops, 1),
			Service: results.NewRecording(h, ops, sum, low, high, 0),
		}},
		Cost:  results.Cost{UserCPU: &user, SystemCPU: &system, Allocs: &allocs, GOGC: 100},
		Conns: results.Conns{Declared: 1, Dialled: 1}, Resolved: results.Resolved{RESP: 3},
	}
}
