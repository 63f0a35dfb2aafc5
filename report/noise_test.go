package report

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// equalSides are two sides of one run that differ by noise alone, unless the
// new one is slowed by a factor.
func equalSides(rounds int, noise, slowed float64) (base, new []results.Run) {
	random := rand.New(rand.NewPCG(1, 2))
	side := func(name string, factor float64) []results.Run {
		f := newFixture("noise234")
		f.run.Header.Rounds = rounds
		f.run.Header.Pair = &results.Pair{Side: name}
		for _, library := range []string{"rueidis", "goredis"} {
			factors := make([]float64, rounds)
			for i := range factors {
				factors[i] = (1 + noise*random.NormFloat64()) / factor
			}
			f.add(point("sync", library, results.Load{Workers: 1}), pace{60_000, factors, 1200, 9_000, 4, 1, true, nil})
		}
		for i := range f.run.Trials {
			t := &f.run.Trials[i]
			t.Side, t.Pair = name, i+1
		}
		return []results.Run{f.run}
	}
	return side(results.BaseSide, 1), side(results.NewSide, slowed)
}

func makeNoise(t *testing.T, rounds int, noise, slowed float64) *Noise {
	t.Helper()
	base, new := equalSides(rounds, noise, slowed)
	n, err := MakeNoise(base, new, Harness{Step: 61})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMakeNoise(t *testing.T) {
	n := makeNoise(t, 10, 0.02, 1)
	var gated []string
	for _, c := range n.Cells {
		for _, m := range c.Metrics {
			if slices.Contains(DefaultMetrics, m.Metric) {
				gated = append(gated, c.Key["library"]+" "+m.Metric)
			}
			if m.Pairs != 10 || m.Floor < 0 || m.Spread < 0 || c.Op != "set+get" {
				t.Errorf("%s: %+v", c.Cell, m)
			}
			for _, e := range []struct{ less, more string }{{"10%", "5%"}, {"5%", "2%"}, {"2%", "1%"}} {
				if less, more := *m.Rounds[e.less], *m.Rounds[e.more]; less > more || less%2 != 0 {
					t.Errorf("%s %s: %d rounds for %s, %d for %s", c.Cell, m.Metric, less, e.less, more, e.more)
				}
			}
		}
	}
	want := []string{
		"rueidis throughput", "rueidis p50", "rueidis p99", "goredis throughput", "goredis p50", "goredis p99",
	}
	if diff := cmp.Diff(want, gated); diff != "" {
		t.Errorf("cells: -want +got:\n%s", diff)
	}
	if n.Run != "noise234" || n.Rounds != 10 || n.Family != 6 || n.Tool != "respbench v0.1.0" || n.Harness.Step != 61 || len(n.Warnings) > 0 {
		t.Errorf("%+v", n)
	}
}

// The floor grows with the noise, and holds what the sides differ by.
func TestFloorIsTheNoise(t *testing.T) {
	quiet, loud := makeNoise(t, 10, 0.005, 1), makeNoise(t, 10, 0.05, 1)
	for i, cell := range quiet.Cells {
		c, d := cell.Metrics[0], loud.Cells[i].Metrics[0]
		if c.Metric != "throughput" || c.Floor >= d.Floor || *c.Smallest >= *d.Smallest || c.Spread >= d.Spread || *c.Rounds["2%"] >= *d.Rounds["2%"] {
			t.Errorf("quiet %+v, loud %+v", c, d)
		}
		if c.Floor <= 0 || c.Floor > 0.02 {
			t.Errorf("0.5%% of noise gives a floor of %v", c.Floor)
		}
	}
}

func TestNoiseAlarms(t *testing.T) {
	n := makeNoise(t, 10, 0.005, 1.2)
	if len(n.Warnings) == 0 || n.Warnings[0].Code != "not-steady" || !strings.Contains(n.Warnings[0].Text, "regressed by 2") {
		t.Errorf("20%% between equal sides gives %+v", n.Warnings)
	}
	if share, known := n.Floor(keyOfFirst(), "set+get", "p50"); !known || share < 0.2 {
		t.Errorf("the floor is %v, %v", share, known)
	}
}

func TestNoNoise(t *testing.T) {
	base, new := equalSides(10, 0.02, 1)
	apart := []results.Run{new[0]}
	apart[0].Header.ID, apart[0].Header.Pair = "other234", nil
	other := []results.Run{new[0]}
	pair := *base[0].Header.Pair
	pair.Side, pair.Differ, pair.Options = results.NewSide, []string{"timeout"}, "timeout=1s"
	other[0].Header.Pair, other[0].Header.ID = &pair, base[0].Header.ID
	few, fewNew := equalSides(2, 0.02, 1)
	for name, test := range map[string]struct {
		base, new []results.Run
		want      string
	}{
		"not of one run": {base, apart, "two equal sides of one run"},
		"not equal":      {base, other, "two equal sides of one run"},
		"too few rounds": {few, fewNew, "enough good rounds"},
	} {
		if _, err := MakeNoise(test.base, test.new, Harness{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want ...%s...", name, err, test.want)
		}
	}
}

// someNoise is a small one with everything in it.
func someNoise() *Noise {
	header := newFixture("noise234").run.Header
	key := measured(keyOfFirst())
	return &Noise{
		Type: noiseType, Schema: NoiseSchema, Run: header.ID, Started: epoch, Tool: "respbench v0.1.0",
		Machine: header.Machine, Servers: header.Servers, Rounds: 10, Family: 6, Alpha: 0.05,
		Harness: Harness{Step: 61.25, StepStdev: new(0.81), Clock: 27.9, ClockResolution: 29, TimerLagP50: 73_385, TimerLagP99: 1_719_141},
		Cells: []CellNoise{{"sync rueidis", key, "set+get", []MetricNoise{
			{"throughput", 10, 0.012, 0.0075, new(0.021), roundsFor(38, 14, 10, 10)},
			{"p90", 10, 0.0001, 0.0002, new(0.0004), roundsFor(10, 10, 10, 10)},
			{"p50", 10, 0.0001, 0.0002, new(0.0004), roundsFor(10, 10, 10, 10)},
			{"p99", 10, 0.05, 0.034, nil, roundsFor(0, 204, 38, 14)},
		}}},
		Warnings: []results.Warning{{Code: "not-steady", Text: "sync rueidis, p99: regressed by 12.5% between | equal \x1b[31m sides", Advice: "calibrate again"}},
	}
}

// roundsFor are those for each of the effects; 0: too many.
func roundsFor(rounds ...int) map[string]*int {
	all := map[string]*int{}
	for i, e := range effects {
		if all[e.name] = nil; rounds[i] > 0 {
			all[e.name] = &rounds[i]
		}
	}
	return all
}

// Nobody runs so many rounds as it takes to see a hundredth of much noise.
func TestTooManyRounds(t *testing.T) {
	n := makeNoise(t, 10, 0.3, 1)
	m := n.Cells[0].Metrics[0]
	if rounds, said := m.Rounds["1%"]; !said || rounds != nil {
		t.Errorf("1%%: %v of %+v", rounds, m)
	}
	if words := (noiseRow{n.Cells[0], m}).rounds("1%"); words != "more" {
		t.Errorf("written as %s", words)
	}
}

// keyOfFirst is the key of the first cell of equalSides.
func keyOfFirst() results.Key {
	return results.TrialKey(newFixture("noise234").run.Header, results.Trial{
		Point: point("sync", "rueidis", results.Load{Workers: 1}), Executor: "e1", Side: results.BaseSide,
		Limit:  results.Limit{MinSteps: 20_000, MinTime: time.Second, MaxTime: 10 * time.Second},
		Warmup: results.Warmup{Time: 300 * time.Millisecond, MinSteps: 20},
	})
}

func TestNoiseFormats(t *testing.T) {
	for _, format := range []string{"table", "markdown", "json"} {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			if err := WriteNoise(&out, someNoise(), format); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "noise."+format+".golden"), out.Bytes())
		})
	}
}

func TestReadNoise(t *testing.T) {
	got, err := ReadNoise(filepath.Join("testdata", "noise.json.golden"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(someNoise(), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadNoiseRefuses(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "noise.json.golden"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, new string) string {
		text := strings.Replace(string(whole), old, new, 1)
		if text == string(whole) {
			t.Fatalf("no %s in the file", old)
		}
		return text
	}
	for name, test := range map[string]struct{ text, want string }{
		"prose":         {"Call me Ishmael.", "is not a noise file"},
		"results":       {`{"type":"header","schema":1}`, "is not a noise file"},
		"cut":           {string(whole[:len(whole)/2]), "is not a noise file"},
		"future":        {change(`"schema": 1`, `"schema": 7`), "schema 7, this program reads schema 1"},
		"wrong type":    {change(`"rounds": 10`, `"rounds": "ten"`), "rounds"},
		"below zero":    {change(`"floor": 0.0075`, `"floor": -1`), "damaged"},
		"absurd":        {change(`"floor": 0.0075`, `"floor": 1e308`), "damaged"},
		"without cells": {`{"type":"noise","schema":1,"servers":[{}]}`, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "noise.json")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadNoise(path); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want ...%s...", err, test.want)
			}
		})
	}
	if _, err := ReadNoise("missing.json"); err == nil || !strings.Contains(err.Error(), "missing.json: no such file") {
		t.Errorf("got %v", err)
	}
}

func TestFloor(t *testing.T) {
	n := someNoise()
	with := func(f results.Field, value string) results.Key {
		key := keyOfFirst()
		key[f] = value
		return key
	}
	for name, test := range map[string]struct {
		key    results.Key
		metric string
		want   float64
		known  bool
	}{
		"the cell":              {keyOfFirst(), "p99", 0.034, true},
		"another version":       {with(results.FieldLibraryVersion, "v2"), "p99", 0.034, true},
		"another tool":          {with(results.FieldTool, "respbench v9"), "p99", 0.034, true},
		"the other side":        {with(results.FieldSide, results.NewSide), "p99", 0.034, true},
		"in which sides differ": {with(results.FieldTimeout, ""), "p99", 0.034, true},
		"any client":            {with(results.FieldLibrary, ""), "throughput", 0.0075, true},
		"another metric":        {keyOfFirst(), "p95", 0, false},
		"another client":        {with(results.FieldLibrary, "redigo"), "p99", 0, false},
		"another trial":         {with(results.FieldLimit, "10s"), "p99", 0, false},
		"another machine":       {with(results.FieldCPU, "Other CPU"), "p99", 0, false},
	} {
		if got, known := n.Floor(test.key, "set+get", test.metric); got != test.want || known != test.known {
			t.Errorf("%s: %v, %v, want %v, %v", name, got, known, test.want, test.known)
		}
	}
	if _, known := n.Floor(keyOfFirst(), "get", "p99"); known {
		t.Error("the floor of another kind of op is known")
	}
}

// Trials in respbench's own process are of that run alone, their noise is not.
func TestFloorOfOwnProcess(t *testing.T) {
	n := someNoise()
	key := keyOfFirst()
	key[results.FieldIsolation] = "none (run a)"
	n.Cells[0].Key = measured(key)
	key[results.FieldIsolation] = "none (run b)"
	if _, known := n.Floor(key, "set+get", "throughput"); !known {
		t.Errorf("not known for %q", n.Cells[0].Key["isolation"])
	}
}

func TestNoiseFits(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*results.Header)
		want   string
	}{
		"the same":       {func(h *results.Header) { h.Executors[0].Version = "v9" }, ""},
		"another id":     {func(h *results.Header) { h.Servers[0].ID = "s7" }, ""},
		"another CPU":    {func(h *results.Header) { h.Machine.CPU = "Other CPU" }, "CPU was Example CPU 3000, now Other CPU"},
		"another kernel": {func(h *results.Header) { h.Machine.Kernel = "6.2.0" }, "kernel was 6.1.0, now 6.2.0"},
		"another server": {func(h *results.Header) { h.Servers[0].Name = "valkey" }, "server was redis, now valkey"},
		"embedded":       {func(h *results.Header) { h.Servers[0].Kind = "embedded" }, "server kind was spawned, now embedded"},
		"over TLS":       {func(h *results.Header) { h.Servers[0].Transport = "tls" }, "transport was tcp, now tls"},
	} {
		h := newFixture("noise234").run.Header
		test.change(&h)
		got := ""
		if err := someNoise().Fits(h); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
