package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/results"
)

func makePlan(t *testing.T, change func(*Options)) *Plan {
	t.Helper()
	o := Options{Scenarios: []string{"sync", "concurrent"}, Clients: []string{"raw", "goredis"}, Rounds: 10, Seed: 7}
	if change != nil {
		change(&o)
	}
	p, err := Make(o, all.Libraries())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestInterleave(t *testing.T) {
	base := makePlan(t, func(o *Options) { o.Clients = []string{"goredis"} })
	other := makePlan(t, func(o *Options) { o.Clients, o.Scenarios = []string{"rueidis"}, []string{"concurrent", "sync"} })
	if err := Align(base, other, results.Decided("clients")); err != nil {
		t.Fatal(err)
	}
	turns := Interleave(base, other)
	if len(turns) != 2*2*10 || len(base.Trials) != 20 || len(other.Trials) != 20 {
		t.Fatalf("%d turns, %d and %d trials", len(turns), len(base.Trials), len(other.Trials))
	}
	next := [2]int{}
	for i, side := range turns {
		trial := []*Plan{base, other}[side].Trials[next[side]]
		next[side]++
		if trial.Order != i+1 {
			t.Fatalf("turn %d has the trial of place %d", i+1, trial.Order)
		}
	}
	first := map[[2]int]int{} // by point and pair of rounds: how often base was first
	for i, b := range base.Trials {
		n := other.Trials[i]
		if b.Pair != i+1 || n.Pair != b.Pair || n.Point != b.Point || n.Round != b.Round || n.Seed == b.Seed || n.Order-b.Order != 1 && b.Order-n.Order != 1 {
			t.Fatalf("pair %d: %+v and %+v", i+1, b, n)
		}
		if base.Points[b.Point].Scenario != other.Points[n.Point].Scenario {
			t.Fatalf("%s beside %s", base.Points[b.Point].Scenario, other.Points[n.Point].Scenario)
		}
		if b.Order < n.Order {
			first[[2]int{b.Point, (b.Round - 1) / 2}]++
		}
	}
	for at, times := range first {
		if times != 1 {
			t.Errorf("point %d, rounds %d and %d: base is first %d times", at[0], 2*at[1]+1, 2*at[1]+2, times)
		}
	}
	if len(first) != 2*5 {
		t.Errorf("base is first in %d pairs of rounds, want 10", len(first))
	}
}

// Both servers hold what either side needs, and the same.
func TestInterleavedKeys(t *testing.T) {
	base := makePlan(t, func(o *Options) { o.Scenarios = []string{"sync"} })
	other := makePlan(t, func(o *Options) { o.Scenarios, o.DataSize = []string{"sync"}, []string{"1000"} })
	if err := Align(base, other, results.Decided("data-size")); err != nil {
		t.Fatal(err)
	}
	_, bytes := other.Keys()
	Interleave(base, other)
	_, baseBytes := base.Keys()
	_, newBytes := other.Keys()
	if baseBytes != newBytes || newBytes != bytes {
		t.Errorf("%d and %d bytes, want %d on both", baseBytes, newBytes, bytes)
	}
}

func TestAlignRefuses(t *testing.T) {
	with := func(names ...string) func(*Options) { return func(o *Options) { o.Clients = names } }
	tests := []struct {
		name        string
		base, other func(*Options)
		differ      []string
		want        string
	}{
		{"something else differs", nil, func(o *Options) { o.Context = "cancel" }, nil, "the sides also differ in context, base background, new cancel"},
		{"ambiguous", with("raw", "goredis"), with("rueidis"), []string{"clients"}, "base has sync raw and sync goredis, which differ only in what the sides differ in"},
		{"ambiguous in new", with("rueidis"), with("raw", "goredis"), []string{"clients"}, "new has sync raw and sync goredis"},
		{"more cells in new", with("raw"), with("raw", "goredis"), nil, "sync goredis has no counterpart in base"},
		{"other ops", func(o *Options) { o.Scenarios = []string{"get"} }, func(o *Options) { o.Scenarios = []string{"set"} }, []string{"scenarios"}, "get and set count other ops"},
		{"fewer cells in new", with("raw", "goredis"), with("raw"), nil, "sync goredis has no counterpart in new: the sides also differ in library, base goredis, new raw"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := Align(makePlan(t, test.base), makePlan(t, test.other), results.Decided(test.differ...))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// What base skips is no reason to fail; what new skips is.
func TestAlignSkips(t *testing.T) {
	only := func(library string) func(results.Point) string {
		return func(p results.Point) string {
			if p.Library != library {
				return "no such client"
			}
			return ""
		}
	}
	base, other := makePlan(t, nil), makePlan(t, nil)
	base.Skip(only("goredis"))
	if err := Align(base, other, nil); err != nil {
		t.Fatal(err)
	}
	if len(other.Points) != 2 || other.Points[0].Library != "goredis" || len(other.Skips) != 2 || other.Skips[0].Reason != "base cannot be measured: no such client" {
		t.Errorf("%+v, skips %+v", other.Points, other.Skips)
	}
	other = makePlan(t, nil)
	other.Skip(only("raw"))
	err := Align(base, other, nil)
	if _, lacks := errors.AsType[Lacking](err); !lacks || err.Error() != "sync goredis cannot be measured in new: no such client" {
		t.Errorf("%v", err)
	}
	base = makePlan(t, nil)
	base.Skip(only("none"))
	if err := Align(base, makePlan(t, nil), nil); err == nil || !strings.Contains(err.Error(), "no cell in common") {
		t.Errorf("%v", err)
	}
}

func TestKeep(t *testing.T) {
	p := makePlan(t, nil)
	want := []results.Point{p.Points[1], p.Points[3]}
	ends := []results.Ending{p.ends[1], p.ends[3]}
	p.Keep([]int{1, 3})
	if len(p.Points) != 2 || p.Points[0].Client() != want[0].Client() || p.Points[1].Scenario != want[1].Scenario || !slices.Equal(p.ends, ends) {
		t.Errorf("%+v", p.Points)
	}
}
