package report

import (
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"respbench.dev/respbench/results"
)

// The results files under testdata were made by this generator, and may be
// replaced by files of real runs at any time: nothing holds them to it.
var remake = flag.Bool("fixtures", false, "make the results files under testdata again")

var epoch = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// A fixture builds one run.
type fixture struct {
	run    results.Run
	random *rand.Rand
	clock  time.Time
}

func newFixture(id string) *fixture {
	f := &fixture{random: rand.New(rand.NewPCG(1, uint64(id[0])<<8+uint64(id[1]))), clock: epoch}
	f.run.Header = results.Header{
		Schema: results.Schema, ID: id, Started: epoch, Command: []string{"respbench", "run"}, Seed: 1, Rounds: 5,
		Machine: results.Machine{CPU: "Example CPU 3000", Cores: 2, Arch: "amd64", Kernel: "6.1.0", OS: "linux"},
		Servers: []results.Server{{ID: "s1", Kind: "spawned", Name: "redis", Version: "7.0.15", Mode: "standalone"}},
		Executors: []results.Executor{{
			ID: "e1", Tool: "respbench", Version: "v0.1.0", Runtime: "go1.26.8",
			Libraries: map[string]string{"github.com/redis/rueidis": "v1.0.79", "github.com/redis/go-redis/v9": "v9.23.0"},
			Modules:   map[string]string{"raw": "", "rueidis": "github.com/redis/rueidis", "goredis": "github.com/redis/go-redis/v9"},
		}},
	}
	f.run.End = &results.End{Ended: epoch.Add(time.Hour), Status: results.OK}
	return f
}

func point(scenario, library string, load results.Load) results.Point {
	load.DataSize, load.Keyspace = 16, 100_000
	return results.Point{
		Scenario: scenario, Version: 1, Library: library, Variant: "default", Server: "s1", Load: load,
		Placement: results.Placement{Pin: "split", Client: []int{1}, ServerCPUs: []int{0}, Procs: 1},
		Settings: results.Settings{
			Context: "background", Heap: 64 << 20, Timeout: 5 * time.Second,
			ConnectTimeout: 5 * time.Second, Isolation: "process",
		},
	}
}

// A pace is how fast a client is and how it spreads.
type pace struct {
	sampleNS float64   // median of a sample
	factors  []float64 // of each round's speed; their number is that of the rounds
	samples  int
	cpuNS    float64 // an op
	allocs   float64 // an op
	conns    int
	shares   bool
	warn     []results.Warning
}

var steady = []float64{1, 0.97, 1.02, 0.99, 1.01}

// add measures a point in every round and returns where its trials begin.
func (f *fixture) add(p results.Point, speed pace) int {
	begin := len(f.run.Trials)
	h := &f.run.Header
	h.Points = append(h.Points, p)
	for i, factor := range speed.factors {
		h.Order = append(h.Order, len(h.Points)-1)
		f.run.Trials = append(f.run.Trials, results.Trial{
			Point: p, Executor: "e1", Round: i + 1, Order: len(f.run.Trials) + 1, Seed: uint64(i), Status: results.OK,
			Limit:    results.Limit{MinSteps: 20_000 / int64(max(p.Load.Depth, 1)), MinTime: time.Second, MaxTime: 10 * time.Second},
			Warmup:   results.Warmup{Time: 300 * time.Millisecond, MinSteps: 20},
			Measured: f.measured(p, speed, factor), Warnings: speed.warn,
		})
	}
	return begin
}

func (f *fixture) measured(p results.Point, speed pace, factor float64) *results.Measured {
	depth := max(p.Load.Depth, 1)
	service, sum := f.recording(speed.sampleNS/factor, speed.samples)
	ops := int64(speed.samples * depth)
	window := time.Duration(sum / int64(p.Load.Workers))
	user, system := time.Duration(speed.cpuNS*float64(ops)*0.4/factor), time.Duration(speed.cpuNS*float64(ops)*0.6/factor)
	allocs, bytes := int64(speed.allocs*float64(ops))+17, int64(speed.allocs*float64(ops))*48
	sample := "set+get"
	if depth > 1 {
		sample = "flush of " + integer(depth)
	}
	f.clock = f.clock.Add(2 * time.Second)
	return &results.Measured{
		Protocol: 1, Start: f.clock, Window: window, Ops: ops, Attempts: ops,
		Kinds: []results.Kind{{
			Name: "set+get", Unit: "set+get", Sample: sample, OpsPerSample: depth,
			Ops: ops, Attempts: ops, Service: service,
		}},
		Cost:     results.Cost{UserCPU: &user, SystemCPU: &system, Allocs: &allocs, Bytes: &bytes, GOGC: 100},
		Conns:    results.Conns{Declared: speed.conns, Dialled: int64(speed.conns)},
		Resolved: results.Resolved{RESP: 3, Shares: speed.shares, Options: map[string]string{"PoolSize": "10"}},
	}
}

// recording is log-normal with a slow tail, in steps of one percent.
func (f *fixture) recording(median float64, samples int) (results.Recording, int64) {
	h := results.NewHistogram()
	var sum, low, high int64
	for i := range samples {
		spread := 0.1 * f.random.NormFloat64()
		if f.random.IntN(50) == 0 {
			spread += 1.5 * f.random.Float64()
		}
		ns := int64(median * math.Pow(1.01, math.Round(100*spread)))
		_ = h.RecordValue(ns)
		if i == 0 || ns < low {
			low = ns
		}
		sum, high = sum+ns, max(high, ns)
	}
	return results.NewRecording(h, int64(samples), sum, low, high, 0), sum
}

func (f *fixture) write(t *testing.T, name string) {
	t.Helper()
	w, err := results.Create(filepath.Join("testdata", name+".jsonl"), true)
	if err != nil {
		t.Fatal(err)
	}
	errs := []error{w.Header(f.run.Header)}
	for _, trial := range f.run.Trials {
		errs = append(errs, w.Trial(trial))
	}
	if f.run.End != nil {
		errs = append(errs, w.End(*f.run.End))
	}
	if err := errors.Join(append(errs, w.Close())...); err != nil {
		t.Fatal(err)
	}
}

func TestMakeFixtures(t *testing.T) {
	if !*remake {
		return
	}
	second := makeHost("", 61_000)
	second.run.Header.ID = "again234"
	for name, f := range map[string]*fixture{
		"default": makeDefault(), "loads": makeLoads(), "troubled": makeTroubled(), "disturbed": makeDisturbed(),
		"open": makeOpen(), "kinds": makeKinds(), "sweep-workers": makeWorkersSweep(), "sweep-rate": makeRateSweep(),
		"host-near": makeHost("near", 60_000), "host-far": makeHost("far", 250_000),
		"pool-1": makeHost("", 60_000), "pool-2": second,
	} {
		t.Run(name, func(t *testing.T) {
			f.write(t, name)
			if name == "troubled" {
				cutLastLine(t, name)
			}
		})
	}
}

func makeDefault() *fixture {
	f := newFixture("default2")
	saturated := []results.Warning{{
		Code: "client-saturated", Text: "the client used 99% of the one CPU that it had",
		Advice: "give the client more CPUs: --pin none",
	}}
	one, hundred := results.Load{Workers: 1}, results.Load{Workers: 100}
	for _, s := range []struct {
		name string
		load results.Load
		ns   float64
	}{{"sync", one, 140_000}, {"pipelined", results.Load{Workers: 1, Depth: 16}, 210_000}} {
		f.add(point(s.name, "goredis", s.load), pace{s.ns * 1.2, steady, 12_000, 30_000, 12, 10, false, nil})
		f.add(point(s.name, "raw", s.load), pace{s.ns, steady, 12_000, 20_000, 0, 1, false, nil})
		f.add(point(s.name, "rueidis", s.load), pace{s.ns * 0.98, []float64{1, 0.6, 0.99, 0.58, 1.01}, 12_000, 25_000, 4, 1, true, nil})
	}
	f.add(point("concurrent", "raw", hundred), pace{1_600_000, steady, 12_000, 15_000, 0, 100, false, saturated})
	f.add(point("concurrent", "rueidis", hundred), pace{800_000, steady, 12_000, 6_000, 4, 1, true, nil})
	f.add(point("concurrent", "goredis", hundred), pace{2_000_000, []float64{1, 0.96, 0.92, 0.9, 0.85}, 12_000, 18_000, 12, 10, false, saturated})
	return f
}

// makeLoads has several numbers of workers and depths.
func makeLoads() *fixture {
	f := newFixture("loads234")
	for _, workers := range []int{1, 50} {
		for _, depth := range []int{1, 8} {
			ns := float64(100_000 * workers * (1 + depth) / 2)
			load := results.Load{Workers: workers, Depth: depth}
			f.add(point("concurrent-pipelined", "rueidis", load), pace{ns / 1.04, steady[:3], 10_000, 9_000, 6, 1, true, nil})
			f.add(point("concurrent-pipelined", "raw", load), pace{ns, steady[:3], 10_000, 9_000, 0, workers, false, nil})
		}
	}
	return f
}

// makeTroubled has rounds that failed, were skipped, interrupted or never run,
// few samples, unknown costs, and texts that are not nice.
func makeTroubled() *fixture {
	f := newFixture("trouble2")
	nasty := "a | b \x1b[31mred\x1b[0m\nnext *line* <script> `code` [x](y) \u202e\u009b"
	h := &f.run.Header
	h.Servers = []results.Server{{ID: "s1", Kind: "remote", Label: nasty}}
	h.Notes = []string{"CONFIG was refused: " + nasty}
	plain := pace{50_000, steady, 400, 20_000, 3, 1, false, nil}
	unpinned := func(scenario, library string) results.Point {
		p := point(scenario, library, results.Load{Workers: 1})
		p.Placement = results.Placement{Procs: 2}
		return p
	}
	partly := f.add(unpinned("sync", "raw"), plain)
	f.fail(partly+1, results.Failed, nasty)
	f.run.Trials[partly+1].Errors = map[string]int64{"timeout": 1234, "reset": 2}
	f.run.Trials[partly].Cost = results.Cost{}
	whole := f.add(unpinned("sync", "goredis"), plain)
	for i := range steady {
		f.fail(whole+i, results.Failed, "8% of the steps failed: timeout")
	}
	gone := f.add(unpinned("sync", "rueidis"), plain)
	for i := range steady {
		f.fail(gone+i, results.NotRun, "the server had gone")
		f.run.Trials[gone+i].Measured = nil
		f.run.Trials[gone+i].Executor = ""
	}
	stopped := f.add(unpinned("concurrent", "raw"), plain)
	f.fail(stopped+2, results.Interrupted, "by SIGINT")
	f.run.Trials = f.run.Trials[:stopped+3]
	f.add(unpinned("concurrent", "rueidis"), pace{}) // in the plan only
	h.Order = append(h.Order, len(h.Points)-1, len(h.Points)-1)
	h.Skips = []results.Skip{{Point: unpinned("sync", "redigo"), Reason: "explicit pipelining is missing | here"}}
	return f
}

func (f *fixture) fail(trial int, status results.Status, reason string) {
	f.run.Trials[trial].Status, f.run.Trials[trial].Reason = status, reason
}

func cutLastLine(t *testing.T, name string) {
	t.Helper()
	path := filepath.Join("testdata", name+".jsonl")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-30); err != nil {
		t.Fatal(err)
	}
}

func makeHost(label string, ns float64) *fixture {
	f := newFixture("host" + label + "222")
	f.run.Header.Machine.Label = label
	if label == "far" {
		f.run.Header.Machine.CPU = "Other CPU"
		f.run.Header.Servers[0] = results.Server{ID: "s1", Kind: "remote", Name: "valkey", Version: "8.1.0", Label: "cloud"}
	}
	f.add(point("sync", "raw", results.Load{Workers: 1}), pace{ns, steady[:3], 10_000, 9_000, 0, 1, false, nil})
	f.add(point("sync", "goredis", results.Load{Workers: 1}), pace{ns * 1.2, steady[:3], 10_000, 12_000, 12, 10, false, nil})
	return f
}
