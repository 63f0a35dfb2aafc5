package report

import (
	"slices"
	"testing"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

func TestResultOfAFamily(t *testing.T) {
	var was, now []ran
	for workers := range 12 {
		p := point("sync", "goredis", results.Load{Workers: workers + 1})
		was = append(was, ran{p, roundsOf(100e3, 10)})
		now = append(now, ran{p, roundsOf(100e3, 10)})
	}
	now[3].rounds = roundsOf(120e3, 10)
	few := func(cells []ran) []ran {
		cells = slices.Clone(cells)
		for i := range cells {
			cells[i].rounds = cells[i].rounds[:5]
		}
		return cells
	}
	noisy := slices.Clone(was)
	noisy[3].rounds = wide
	tests := []struct {
		name      string
		base, new []ran
		paired    bool
		strict    bool
		limits    []Limit
		want      Result
		why       string
	}{
		{name: "regressions", base: was, new: now, want: Regression, why: "3 regressions in 36 tests"},
		{name: "nothing", base: was, new: was, strict: true, want: Passed},
		{name: "five rounds", base: few(was), new: few(now), want: NotDecidable, why: "5 rounds cannot decide 36 tests; use 6"},
		{name: "five pairs", base: few(was), new: few(now), paired: true, want: NotDecidable, why: "5 rounds cannot decide 36 tests; use 10"},
		{name: "inconclusive", base: was, new: noisy, want: Passed},
		{name: "inconclusive, strictly", base: was, new: noisy, strict: true, want: Unsettled, why: "3 of 36 gated comparisons inconclusive"},
		{
			name: "a limit that cannot be checked, beside regressions", base: was[3:4], new: now[3:4], limits: []Limit{mustLimit("server-cpu>1s")}, want: NotDecidable,
			why: "limits: server-cpu>1s was not checked (not every round has it): sync goredis; 3 regressions in 3 tests",
		},
		{
			name: "a limit that cannot be checked", base: was[:1], new: was[:1], limits: []Limit{mustLimit("p999>1s")}, want: NotDecidable,
			why: "limits: p999>1s was not checked (a round has fewer than ten samples beyond it): sync goredis",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base, new := measuredRun("base", test.base...), measuredRun("new2", test.new...)
			if test.paired {
				base, new = asPair("pair", base, new)
			}
			rules := defaultRules()
			rules.Limits = test.limits
			c := compareOf(t, []results.Run{base}, []results.Run{new}, rules)
			if got, why := c.Result(test.strict); got != test.want || why != test.why {
				t.Errorf("got  %v, %s\nwant %v, %s", got, why, test.want, test.why)
			}
		})
	}
}

// The first that holds is told, whatever else does.
func TestResultPrecedence(t *testing.T) {
	tested := stats.Shift{Base: 10, New: 10}
	changes := []Change{
		{Gated: true, Cell: "a", Verdict: stats.Inconclusive, Shift: tested, Reason: "noise"},
		{Gated: true, Cell: "b", Verdict: stats.Regressed, Shift: tested, Reason: "worse"},
		{Gated: true, Cell: "c", Verdict: Missing, Absent: true},
		{Gated: true, Cell: "d", Verdict: Incomparable, Reason: "CPU was X, now Y"},
		{Cell: "e", Verdict: NotTold},
	}
	want := []Result{Unsettled, Regression, Lacking, NotDecidable, NotDecidable}
	for i := range changes {
		c := Comparison{Rules: Rules{Metrics: []string{"p50"}, Alpha: 0.05}, Changes: changes[:i+1], Family: 2}
		if got, why := c.Result(true); got != want[i] || why == "" {
			t.Errorf("with %d changes: %v, %q, want %v", i+1, got, why, want[i])
		}
	}
}
