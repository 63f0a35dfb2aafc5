package report

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// spreadOf are rounds that spread by half a percent.
func spreadOf(v float64, rounds int) []float64 {
	values := make([]float64, rounds)
	for i := range values {
		values[i] = v * (1 + 0.005*float64(i%5-2))
	}
	return values
}

// closedCurve has a point for each throughput, at 1, 2, 4 and so on workers; 0 is one that
// failed.
func closedCurve(client string, rounds int, throughputs ...float64) Curve {
	c := Curve{Name: "sync " + client, By: ByWorkers}
	workers := 1.0
	for _, ops := range throughputs {
		r := Row{Point: results.Point{Scenario: "sync", Library: client, Load: results.Load{Workers: int(workers)}}, Status: failed}
		if ops > 0 {
			r.Status, r.Rounds = ok, Rounds{Planned: rounds, OK: rounds}
			r.Throughput = stats.Summarize(spreadOf(ops, rounds), stats.Higher)
			r.Latency.P50 = stats.Summarize(spreadOf(1e9*workers/ops, rounds), stats.Lower)
		}
		c.Points = append(c.Points, LoadPoint{Load: workers, Row: r})
		workers *= 2
	}
	return c
}

func TestKnee(t *testing.T) {
	tests := []struct {
		name   string
		rounds int
		ops    []float64
		want   string
		load   float64
	}{
		{"saturates", 5, []float64{10, 20, 40, 45, 45}, "4 workers", 4},
		{"still grows", 5, []float64{10, 20, 40, 80, 160}, "not reached up to 16 workers", 0},
		{"from the first on", 5, []float64{10, 10, 10}, "1 worker", 1},
		{"too close", 5, []float64{10, 20, 28.2, 40}, "too close to call between 2 and 8 workers", 0},
		{"one round", 1, []float64{10, 20, 40, 45}, "not decided between 4 and 8 workers: 1 round cannot decide 3 loads, 4 can", 0},
		{"fails beyond", 5, []float64{10, 20, 40, 0}, "4 workers", 4},
		{"fails at once", 5, []float64{0, 0}, "not known: no load has a p50", 0},
	}
	for _, test := range tests {
		k := closedCurve("goredis", test.rounds, test.ops...).knee()
		if k.Text != test.want || (k.Load != nil) != (test.load > 0) || k.Load != nil && *k.Load != test.load {
			t.Errorf("%s: %q, %v; expected %q, %g", test.name, k.Text, k.Load, test.want, test.load)
		}
	}
	c := closedCurve("goredis", 5, 10, 20, 40, 45, 45)
	c.Points = c.Points[2:]
	if got := c.knee().Text; got != "4 workers or less" {
		t.Errorf("at the least load: %q", got)
	}
}

func TestCrossing(t *testing.T) {
	goredis := []float64{100, 100, 100, 100, 100}
	tests := []struct {
		name    string
		rounds  int
		rueidis []float64
		want    string
		changes []Turn
	}{
		{"crosses", 5, []float64{80, 101, 99, 130, 150}, "rueidis is ahead of goredis from 8 workers on, goredis up to 1 worker; too close to call from 2 to 4 workers", []Turn{{1, 8, stats.First}}},
		{"throughout", 5, []float64{120, 120, 120, 120, 120}, "rueidis is ahead of goredis from 1 to 16 workers", nil},
		{"never", 5, []float64{100, 101, 99, 100, 100}, "rueidis and goredis: too close to call from 1 to 16 workers", nil},
		{"late", 5, []float64{100, 101, 99, 100, 150}, "rueidis is ahead of goredis from 16 workers on; too close to call up to 8 workers", nil},
		{"early", 5, []float64{150, 101, 99, 100, 100}, "rueidis is ahead of goredis up to 1 worker; too close to call from 2 workers on", nil},
		{"with a gap", 5, []float64{150, 150, 100, 150, 150}, "rueidis is ahead of goredis up to 2 workers and from 8 workers on; too close to call at 4 workers", nil},
		{"twice", 5, []float64{150, 80, 150, 150, 80}, "goredis is ahead of rueidis at 2 workers and from 16 workers on, rueidis up to 1 worker and from 4 to 8 workers", []Turn{{1, 2, stats.Second}, {2, 4, stats.First}, {8, 16, stats.Second}}},
		{"few rounds", 3, []float64{150, 150, 150, 150, 150}, "rueidis and goredis: not decided from 1 to 16 workers: 3 rounds cannot decide 5 loads, 5 can", nil},
		{"less than counts", 5, []float64{103, 103, 103, 103, 103}, "rueidis and goredis: too close to call from 1 to 16 workers", nil},
		{"fails between", 5, []float64{150, 150, 0, 150, 150}, "rueidis is ahead of goredis up to 2 workers and from 8 workers on; not compared at 4 workers", nil},
		{"fails at the ends", 5, []float64{0, 150, 150, 150, 0}, "rueidis is ahead of goredis from 2 to 8 workers; not compared at 1 and 16 workers", nil},
		{"fails but once", 5, []float64{0, 0, 150, 0, 0}, "rueidis is ahead of goredis at 4 workers; not compared at 1, 2, 8 and 16 workers", nil},
		{"has fewer loads", 5, []float64{150, 150, 150}, "rueidis is ahead of goredis up to 4 workers", nil},
		{"has more loads", 5, []float64{150, 150, 150, 150, 150, 150}, "rueidis is ahead of goredis up to 16 workers", nil},
		{"not together", 5, []float64{0, 0, 0, 0, 0}, "rueidis and goredis: not decided, for no load has a throughput of both", nil},
	}
	for _, test := range tests {
		x := crossing(closedCurve("rueidis", test.rounds, test.rueidis...), closedCurve("goredis", test.rounds, goredis...))
		if got := x.words("rueidis", "goredis"); got != test.want {
			t.Errorf("%s: %q, expected %q", test.name, got, test.want)
		}
		if diff := cmp.Diff(test.changes, x.Changes); diff != "" {
			t.Errorf("%s: changes: -want +got:\n%s", test.name, diff)
		}
	}
}

// Who kept a schedule is ahead of who did not, if the rounds say so; with both
// overloaded nobody is.
func TestCrossingOfOverloaded(t *testing.T) {
	curve := func(points ...LoadPoint) Curve { return Curve{By: ByRate, Points: points} }
	at := func(rate, ms float64) LoadPoint { return paced(rate, spreadOf(ms, 5)...) }
	tests := []struct {
		name             string
		rueidis, goredis LoadPoint // at 4,000/s
		want             string
	}{
		{"all rounds", overloadedAt(4000, 5, 5), at(4000, 5), "goredis is ahead of rueidis from 4,000/s on, rueidis at 2,000/s; too close to call up to 1,000/s"},
		{"one of the rounds", overloadedAt(4000, 1, 5), at(4000, 1), "rueidis is ahead of goredis at 2,000/s; too close to call up to 1,000/s and from 4,000/s on"},
		{"one, yet faster else", overloadedAt(4000, 1, 5), at(4000, 30), "rueidis is ahead of goredis at 2,000/s; too close to call up to 1,000/s and from 4,000/s on"},
		{"both", overloadedAt(4000, 5, 5), overloadedAt(4000, 5, 5), "rueidis is ahead of goredis at 2,000/s; too close to call up to 1,000/s; not compared at 4,000/s"},
	}
	for _, test := range tests {
		x := crossing(curve(at(1000, 1), at(2000, 1), test.rueidis), curve(at(1000, 1), at(2000, 2), test.goredis))
		if got := x.words("rueidis", "goredis"); got != test.want || x.Metric.Name != "p99" {
			t.Errorf("%s: by %s: %q, expected %q", test.name, x.Metric.Name, got, test.want)
		}
	}
}

// A load beyond which nothing was sustained bounds the knee; one that only some
// rounds sustained does not.
func TestKneeBeforeOverload(t *testing.T) {
	for want, beyond := range map[string]LoadPoint{
		"2,000/s": overloadedAt(4000, 5, 5),
		"not decided beyond 2,000/s: only some rounds were overloaded there": overloadedAt(4000, 1, 5),
		"not reached up to 2,000/s": unmeasuredAt(4000, interrupted),
	} {
		c := Curve{By: ByRate, Points: []LoadPoint{paced(1000, spreadOf(1, 5)...), paced(2000, spreadOf(1, 5)...), beyond}}
		for i := range c.Points[:2] {
			c.Points[i].Row.Response.P50 = c.Points[i].Row.Response.P99
		}
		if got := c.knee().Text; got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
}

// A sweep's curves are told apart by client and by what else differs, and points
// that were added by later runs join them.
func TestCurves(t *testing.T) {
	runs := readRuns(t, "sweep-rate")
	later := makeRateSweep()
	later.run.Header.ID = "later234"
	for i := range later.run.Trials {
		later.run.Trials[i].Point.Load.Rate += 500
		later.run.Trials[i].Limit.MinSteps++
	}
	for i := range later.run.Header.Points {
		later.run.Header.Points[i].Load.Rate += 500
	}
	s, err := Sweep(append(runs, later.run), SweepOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range s.Curves {
		got = append(got, c.Name+", "+c.Client())
		loads := list(c.Points, func(p LoadPoint) float64 { return p.Load })
		if len(loads) != 10 || !slices.IsSorted(loads) {
			t.Errorf("%s: %g", c.Name, loads)
		}
	}
	if diff := cmp.Diff([]string{"concurrent goredis, goredis", "concurrent rueidis, rueidis"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSweepRefuses(t *testing.T) {
	twice := makeRateSweep().run
	twice.Trials[0].Limit.MinSteps++
	tests := []struct {
		name string
		runs []results.Run
		want string
	}{
		{"nothing", nil, "no runs to report"},
		{"one load", []results.Run{makeHost("", 60_000).run}, "no sweep: nothing was measured at several numbers of workers or rates"},
		{"two of a load", []results.Run{twice}, "sweep: concurrent goredis has two points at 1,000/s, which differ in [trial]"},
	}
	for _, test := range tests {
		if _, err := Sweep(test.runs, SweepOptions{}); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, expected %s", test.name, err, test.want)
		}
	}
}

func TestSweepFormatNamed(t *testing.T) {
	for _, f := range SweepFormats() {
		if got, err := SweepFormatNamed(f.Name); err != nil || got.Name != f.Name || got.Doc == "" {
			t.Errorf("%s: %+v, %v", f.Name, got, err)
		}
	}
	if _, err := SweepFormatNamed("x"); err == nil || err.Error() != `unknown format "x"; have table, markdown, html, json` {
		t.Errorf("got %v", err)
	}
}
