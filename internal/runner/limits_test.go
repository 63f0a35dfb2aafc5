package runner

import (
	"testing"
	"time"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/results"
)

// A program of others is bounded in all it does, whatever was asked for; ours
// only where its server is disturbed.
func TestLimits(t *testing.T) {
	const second = time.Second
	warmup := results.Warmup{MinSteps: 20, Time: second}
	for name, test := range map[string]struct {
		limit   results.Limit
		foreign bool
		disturb string
		rate    float64
		want    Bounds
	}{
		"ours":            {results.Limit{Steps: 10}, false, "", 0, Bounds{Patience: 24 * second}},
		"ours, paced":     {results.Limit{Duration: 10 * second}, false, "", 20, Bounds{Patience: 25 * second}},
		"disturbed":       {results.Limit{Duration: 10 * second}, false, "pause@1s", 0, Bounds{Patience: 24 * second, Window: 31 * second}},
		"disturbed later": {results.Limit{Duration: 10 * second}, false, "pause@1s", 20, Bounds{Patience: 25 * second, Window: 41 * second}},
		"a duration":      {results.Limit{Duration: 10 * second, MaxTime: 99 * second}, true, "", 0, Bounds{24 * second, 171 * second, 31 * second, 70 * second}},
		"a longest time":  {results.Limit{MinSteps: 10, MinTime: second, MaxTime: 20 * second}, true, "", 0, Bounds{24 * second, 171 * second, 41 * second, 70 * second}},
		"steps":           {results.Limit{Steps: 10}, true, "", 0, Bounds{24 * second, 171 * second, 71 * second, 70 * second}},
	} {
		p := results.Point{Disturb: test.disturb, Load: results.Load{Rate: test.rate}}
		p.Settings.Timeout, p.Settings.ConnectTimeout = 5*second, 4*second
		if got := limits(plan.Trial{Limit: test.limit, Warmup: warmup}, p, test.foreign); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
	if got := each(1<<62, 5*second); got < 100*24*time.Hour {
		t.Errorf("steps without end are bounded by %v", got)
	}
}
