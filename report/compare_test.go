package report

import (
	"math"
	"slices"
	"testing"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A comparing is a case: two sides of one cell, unless cells are given.
type comparing struct {
	name      string
	base, new []ran
	change    func(base, new *results.Run)
	rules     func(*Rules)
	paired    bool
	want      string // of the p50 of goredis: "verdict: reason -> what would settle it"
	result    Result
	why       string
}

func one(c ran) []ran { return []ran{c} }

func gate(metrics ...string) func(*Rules) { return func(r *Rules) { r.Metrics = metrics } }

func allowOther(r *Rules) { r.AllowOther = true }

var wide = []float64{60e3, 140e3, 70e3, 130e3, 80e3, 120e3, 90e3, 110e3, 100e3, 105e3}

func failing(rounds ...int) func(base, new *results.Run) {
	return func(_, new *results.Run) { fail(new, rounds...) }
}

// fail makes trials of a run fail, by their index.
func fail(run *results.Run, at ...int) {
	for _, i := range at {
		run.Trials[i].Status, run.Trials[i].Reason = results.Failed, "wrong replies"
	}
}

// lose makes trials of a run ones that were not run.
func lose(run *results.Run, at ...int) {
	for _, i := range at {
		t := &run.Trials[i]
		t.Status, t.Reason, t.Measured, t.Executor = results.NotRun, "the server had gone", nil, ""
	}
}

// rising are ten latencies, from so much below to so much above the middle.
func rising(middle, by float64) []float64 {
	values := make([]float64, 10)
	for i := range values {
		values[i] = middle + by*(float64(i)-4.5)/4.5
	}
	return values
}

// goredisToo is a second cell of the same client.
var goredisToo = ran{point("sync", "goredis", results.Load{Workers: 2}), roundsOf(100e3, 10)}

func otherMachine(_, new *results.Run) { new.Header.Machine.CPU = "Example CPU 4000" }

func embeddedNow(_, new *results.Run) {
	new.Header.Servers = []results.Server{{ID: "s1", Kind: "embedded", Name: "embedded (not Redis)", Mode: "standalone"}}
}

func everyTrial(run *results.Run, change func(*results.Trial)) {
	for i := range run.Trials {
		m := *run.Trials[i].Measured
		run.Trials[i].Measured = &m
		change(&run.Trials[i])
	}
}

func disturbedCell(ns float64) ran {
	c := goredis(ns, 10)
	c.point.Disturb = "restart@2s"
	return c
}

// twoVersions measures the second half with another version of the library.
func twoVersions(run *results.Run) {
	h := &run.Header
	other := h.Executors[0]
	other.ID, other.Libraries = "e2", map[string]string{"github.com/redis/go-redis/v9": "v9.24.0"}
	h.Executors = append(h.Executors, other)
	for i := range run.Trials[:len(run.Trials)/2] {
		run.Trials[i].Executor = "e2"
	}
}

func noiseOf(metric string, floor float64) *Noise {
	return &Noise{Cells: []CellNoise{{Op: "set+get", Metrics: []MetricNoise{{Metric: metric, Floor: floor}}}}}
}

func mustLimit(text string) Limit {
	l, err := ParseLimit(text)
	if err != nil {
		panic(err)
	}
	return l
}

// compared returns what became of a case.
func (test comparing) compared(t *testing.T) *Comparison {
	t.Helper()
	base, new := measuredRun("base", test.base...), measuredRun("new2", test.new...)
	if test.paired {
		base, new = asPair("pair", base, new)
	}
	if test.change != nil {
		test.change(&base, &new)
	}
	rules := defaultRules()
	rules.Metrics = []string{"p50"}
	if test.rules != nil {
		test.rules(&rules)
	}
	c, err := Compare([]results.Run{base}, []results.Run{new}, rules)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gatedWords are of the first gated change: verdict, reason, what would settle it.
func gatedWords(c *Comparison) string {
	for _, ch := range c.Changes {
		if ch.Gated && ch.Point.Library == "goredis" {
			return string(ch.Verdict) + ": " + ch.why()
		}
	}
	return "none"
}

func TestCompareVerdicts(t *testing.T) {
	for _, test := range slices.Concat(verdictCases, lostCases) {
		t.Run(test.name, func(t *testing.T) {
			c := test.compared(t)
			if got := gatedWords(c); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if result, why := c.Result(false); result != test.result || why != test.why {
				t.Errorf("got  %v, %s\nwant %v, %s", result, why, test.result, test.why)
			}
			checkFinite(t, c)
		})
	}
}

// checkFinite holds that nothing is infinite but what says so.
func checkFinite(t *testing.T, c *Comparison) {
	t.Helper()
	for _, ch := range c.Changes {
		values := []float64{ch.Threshold, ch.Shift.Estimate, ch.Shift.PWorse, ch.Shift.PBetter, ch.Shift.Least, ch.Shift.Spread, ch.Finding.Worse, ch.Finding.Better}
		for _, s := range []*stats.Summary{ch.Base, ch.New} {
			if s != nil {
				values = append(values, s.Worst, s.Best, s.Mean, s.Median)
			}
		}
		for i, v := range append(values, ch.Shift.Low, ch.Shift.High, ch.Finding.Smallest) {
			if math.IsNaN(v) || i < len(values) && math.IsInf(v, 0) {
				t.Errorf("%s %s: value %d is %g", ch.Cell, ch.Metric.Name, i, v)
			}
		}
	}
}
