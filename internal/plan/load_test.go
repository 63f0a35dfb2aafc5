package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

func loadsOf(t *testing.T, scenario string, o Options) []results.Load {
	t.Helper()
	s, err := scenarios.Named(scenario)
	if err != nil {
		t.Fatal(err)
	}
	return o.withDefaults().loads(s)
}

// A value of one load is not that of the next.
func TestMixesStayApart(t *testing.T) {
	plain := results.Load{Workers: 10, DataSize: 16, Keyspace: DefaultKeys, Keys: "zipf:0.99", Mix: "get:95,set:5"}
	latest := results.Load{Workers: 10, DataSize: 1000, Keyspace: DefaultKeys, Keys: "latest", Mix: "get:95,insert:5"}
	for _, test := range []struct {
		options Options
		want    []results.Load
	}{
		{Options{Mix: []string{"ycsb-d", "get:95,set:5"}}, []results.Load{latest, plain}},
		{Options{Mix: []string{"get:95,set:5", "ycsb-d"}}, []results.Load{plain, latest}},
		{Options{Mix: []string{"ycsb-d"}, Keys: []string{"uniform"}, DataSize: []string{"64"}}, []results.Load{
			{Workers: 10, DataSize: 64, Keyspace: DefaultKeys, Keys: "uniform", Mix: "get:95,insert:5"},
		}},
	} {
		if diff := cmp.Diff(test.want, loadsOf(t, "mixed", test.options)); diff != "" {
			t.Errorf("%v: %s", test.options.Mix, diff)
		}
	}
}

// What is written in two ways is one load.
func TestLoadsAreCanonical(t *testing.T) {
	got := loadsOf(t, "mixed", Options{Mix: []string{"set:5,get:95"}, Keys: []string{"zipf:0.990"}, DataSize: []string{"1k:1,64:3"}, HitRatio: []float64{0.75}})
	want := []results.Load{{
		Workers: 10, DataSize: 1024, Sizes: "64:3,1024:1", Keyspace: DefaultKeys, Keys: "zipf:0.99", Mix: "get:95,set:5", Misses: 0.25,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A rate is of every scenario, and a trial with one ends by time.
func TestRates(t *testing.T) {
	o := Options{
		Scenarios: []string{"sync"}, Clients: []string{"raw"}, Rate: []float64{1000, 5000, 1000}, Arrivals: results.Poisson,
		Rounds: 1, Host: Host{Procs: 1},
	}
	p, err := Make(o, libraries())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Points) != 2 || p.Points[1].Load.Rate != 5000 || p.Points[1].Load.Arrivals != results.Poisson {
		t.Errorf("%+v", p.Points)
	}
	for _, end := range p.Ends() {
		if end.Limit.Duration != DefaultPacedTime || end.Warmup.MinSteps != 0 || end.Warmup.Time == 0 {
			t.Errorf("%+v", end)
		}
	}
	o.Ops = 500
	if p, err = Make(o, libraries()); err != nil {
		t.Fatal(err)
	}
	if got := p.Estimate(1); got < 100*time.Millisecond && got < p.Estimate(0) {
		t.Errorf("500 ops at 5,000/s are estimated as %v", got)
	}
}

// The parts of a plan are one plan, and nothing is in it twice.
func TestParts(t *testing.T) {
	part := func(scenario string, workers ...int) Options {
		return Options{Scenarios: []string{scenario}, Clients: []string{"raw"}, Workers: workers, Rounds: 2, Seed: 7, Host: Host{Procs: 1}, MoreHosts: []Host{{Procs: 1}}}
	}
	p, err := MakeAll([]Options{part("sync"), part("concurrent", 2, 3)}, libraries())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, point := range p.Points {
		got = append(got, point.Server+" "+point.Scenario)
	}
	want := []string{"s1 sync", "s2 sync", "s1 concurrent", "s1 concurrent", "s2 concurrent", "s2 concurrent"}
	if diff := cmp.Diff(want, got); diff != "" || len(p.Trials) != 12 || len(p.On("s2").Trials) != 6 || len(p.Ends()) != 6 {
		t.Errorf("%d trials, %d on the second: %s", len(p.Trials), len(p.On("s2").Trials), diff)
	}
	if _, err := MakeAll([]Options{part("concurrent", 2), part("concurrent", 3, 2)}, libraries()); err == nil || !strings.Contains(err.Error(), "planned twice") {
		t.Errorf("the same twice: %v", err)
	}
}

// Points instead of others end as those did that differ in the rate alone.
func TestInstead(t *testing.T) {
	p, err := Make(Options{
		Scenarios: []string{"pipelined"}, Clients: []string{"raw"}, Depth: []int{1, 4}, Rate: []float64{100, 1000}, Ops: 400, Rounds: 3, Host: Host{Procs: 1},
	}, libraries())
	if err != nil {
		t.Fatal(err)
	}
	point := p.Points[len(p.Points)-1]
	point.Load.Rate = 500
	next := p.Instead([]results.Point{point}, 9)
	if len(next.Trials) != 3 || next.Trials[0].Limit.Steps != 100 || next.Trials[0].Limit.Steps != p.Ends()[len(p.Points)-1].Limit.Steps {
		t.Errorf("%+v", next.Trials)
	}
	if p.Instead(nil, 9) != nil {
		t.Error("a plan of nothing")
	}
}
