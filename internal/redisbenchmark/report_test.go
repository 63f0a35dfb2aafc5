package redisbenchmark

import (
	"os"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const sample = `
  400 requests completed in 0.01 seconds
Latency by percentile distribution:
0.000% <= 0.055 milliseconds (cumulative count 4)
50.000% <= 0.111 milliseconds (cumulative count 300)
100.000% <= 0.415 milliseconds (cumulative count 400)
100.000% <= 0.415 milliseconds (cumulative count 400)

Cumulative distribution of latencies:
45.000% <= 0.103 milliseconds (cumulative count 180)
95.000% <= 0.207 milliseconds (cumulative count 380)
100.000% <= 0.503 milliseconds (cumulative count 400)

Summary:
  throughput summary: 40000.00 requests per second
  latency summary (msec):
          avg       min       p50       p95       p99       max
        0.121     0.048     0.111     0.207     0.367     0.414
`

func TestParse(t *testing.T) {
	t.Parallel()
	r, err := parse(sample, 400)
	if err != nil {
		t.Fatal(err)
	}
	if r.window != 10*time.Millisecond || r.mean != 121*time.Microsecond {
		t.Errorf("got %+v", r)
	}
	rec := r.recording(4)
	if rec.Count != 100 || *rec.Min != 48_000 || *rec.Max != 414_000 || rec.Sum != 100*121_000 {
		t.Errorf("got %+v", rec)
	}
	h, err := rec.Histogram()
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range map[float64]int64{1: 55_000, 45: 103_000, 75: 111_000, 95: 207_000, 100: 414_000} {
		if got := h.ValueAtPercentile(q); got < want*999/1000 || got > want*1001/1000 {
			t.Errorf("p%v %d, want %d", q, got, want)
		}
	}
}

// TestParseShort holds that a run of less than a millisecond, of which it gives
// no rate, is read.
func TestParseShort(t *testing.T) {
	t.Parallel()
	r, err := parse(strings.ReplaceAll(sample, "40000.00 requests", "inf requests"), 400)
	if err != nil || r.window != time.Millisecond {
		t.Errorf("%v, %v", r.window, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"fewer":      {"cumulative count 400)", "cumulative count 396)"},
		"descending": {"0.207 milliseconds (cumulative count 380)", "0.107 milliseconds (cumulative count 380)"},
		"no rate":    {"throughput summary", "throughput"},
		"a rate":     {"40000.00 requests", "0.00 requests"},
		"clock":      {"40000.00 requests", "-40000.00 requests"},
		"no number":  {"40000.00 requests", "nan requests"},
		"no latency": {"0.121     0.048", "-0.121     0.048"},
		"mean":       {"0.121     0.048", "0.021     0.048"},
		"long":       {"<= 0.503", "<= 60001.000"},
	} {
		if r, err := parse(strings.ReplaceAll(sample, change[0], change[1]), 400); err == nil {
			t.Errorf("%s: taken as %+v", name, r)
		}
	}
}

// FuzzParse holds that what is taken makes a record that a reader takes.
func FuzzParse(f *testing.F) {
	f.Add(sample, int64(400), int64(4))
	f.Fuzz(func(t *testing.T, text string, n, depth int64) {
		if depth < 1 || n < depth || n%depth != 0 {
			return
		}
		r, err := parse(text, n)
		if err != nil {
			return
		}
		rec := r.recording(depth)
		h, err := rec.Histogram()
		if err != nil || h.TotalCount() != rec.Count || rec.Count != n/depth {
			t.Errorf("%d samples of %d, %v", h.TotalCount(), n/depth, err)
		}
		if rec.Sum < rec.Count**rec.Min || rec.Sum > rec.Count**rec.Max {
			t.Errorf("sum %d of %d from %d to %d", rec.Sum, rec.Count, *rec.Min, *rec.Max)
		}
	})
}

func TestLacks(t *testing.T) {
	t.Parallel()
	type change = func(p *results.Point, a *results.Access)
	for want, change := range map[string]change{
		"":                      func(*results.Point, *results.Access) {},
		"sync, pipelined, con":  func(p *results.Point, _ *results.Access) { p.Scenario = "counter" },
		"not disturbed":         func(p *results.Point, _ *results.Access) { p.Disturb = "restart@2s" },
		"no open loop":          func(p *results.Point, _ *results.Access) { p.Load.Rate = 1000 },
		"values of one size":    func(p *results.Point, _ *results.Access) { p.Load.Sizes = "1-2" },
		"all keys equally":      func(p *results.Point, _ *results.Access) { p.Load.Keys = "zipf:0.99" },
		"SET and GET apart":     func(p *results.Point, _ *results.Access) { p.Load.Mix = "get:95,set:5" },
		"--isolate process":     func(p *results.Point, _ *results.Access) { p.Settings.Isolation = "none" },
		"--context background":  func(p *results.Point, _ *results.Access) { p.Settings.Context = "deadline" },
		"each worker: 3, not 4": func(p *results.Point, _ *results.Access) { p.Load.Conns = 4 },
		"standalone":            func(_ *results.Point, a *results.Access) { a.Mode = results.Cluster },
		"on its command line":   func(_ *results.Point, a *results.Access) { a.Password = "secret" },
		"only from a file":      func(_ *results.Point, a *results.Access) { a.TLS = &results.TLS{Key: "PEM"} },
	} {
		p, a := results.Point{Scenario: "concurrent", Load: results.Load{Workers: 3}}, results.Access{Mode: results.Standalone}
		change(&p, &a)
		if got := Lacks(p, a); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, scenario := range []string{"sync", "pipelined", "concurrent", "concurrent-pipelined"} {
		settings := results.Settings{Context: "background", Isolation: "process"}
		if why := Lacks(results.Point{Scenario: scenario, Settings: settings}, results.Access{}); why != "" {
			t.Errorf("%s: %s", scenario, why)
		}
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit results.Limit
		want  int64
	}{
		"exact":     {results.Limit{Steps: 25}, 100},
		"duration":  {results.Limit{Duration: 2 * time.Second}, 1000},
		"least":     {results.Limit{MinSteps: 300, MinTime: time.Second}, 1200},
		"most":      {results.Limit{MinSteps: 300, MaxTime: 2 * time.Second}, 1000},
		"at least1": {results.Limit{Duration: time.Nanosecond}, 4},
	} {
		if got := commands(test.limit, 4, 1000); got != test.want {
			t.Errorf("%s: %d commands, want %d", name, got, test.want)
		}
	}
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	v := Library().Variants[0]
	for reached, target := range map[bool]clients.Target{
		true:  {Mode: clients.Standalone, Workers: 2},
		false: {Mode: clients.Sentinel, Workers: 2},
	} {
		if err := v.Reaches(target); (err == nil) != reached {
			t.Errorf("%s: %v", target.Mode, err)
		}
	}
	if v.Reaches(clients.Target{Mode: clients.Standalone, Workers: 2, Conns: 3}) == nil {
		t.Error("3 connections for 2 workers")
	}
}
