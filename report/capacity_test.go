package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// paced is a point at a rate of which the rounds had these p99, in ms.
func paced(rate float64, p99 ...float64) LoadPoint {
	r := Row{
		Point: results.Point{Scenario: "sync", Library: "goredis", Load: results.Load{Rate: rate}}, Status: ok,
		Rounds:     Rounds{Planned: len(p99), OK: len(p99)},
		Throughput: stats.Summarize(slices.Repeat([]float64{rate}, len(p99)), stats.Higher),
		Schedule:   &Schedule{},
	}
	var ns []float64
	for _, ms := range p99 {
		ns = append(ns, 1e6*ms)
		g := round{Trial: results.Trial{Measured: &results.Measured{Ops: 1000, Attempts: 1000, Schedule: &results.Schedule{}}}}
		g.response.quantiles[3] = quantile{int64(1e6 * ms), true}
		r.good = append(r.good, g)
	}
	r.Response.P99 = stats.Summarize(ns, stats.Lower)
	return LoadPoint{Load: rate, Row: r}
}

// overloadedAt is a point of which some of these rounds were overloaded.
func overloadedAt(rate float64, overloaded, rounds int) LoadPoint {
	p := paced(rate, slices.Repeat([]float64{1}, rounds)...)
	achieved := slices.Repeat([]float64{rate}, rounds)
	for i := range overloaded {
		achieved[i] = rate / 2
		p.Row.good[i].Schedule.Offered, p.Row.good[i].Schedule.Achieved = rate, rate/2
	}
	p.Row.Response = Latency{}
	p.Row.Schedule = &Schedule{
		Overloaded: overloaded, Achieved: stats.Summarize(achieved, stats.Higher),
		Offered: stats.Summarize(slices.Repeat([]float64{rate}, rounds), stats.Higher),
	}
	return p
}

// unmeasuredAt is a point without a good round.
func unmeasuredAt(rate float64, status string) LoadPoint {
	p := paced(rate, 1)
	p.Row.Status, p.Row.Reason, p.Row.Rounds = status, "a reason", Rounds{Planned: 1}
	p.Row.Throughput, p.Row.Response, p.Row.Schedule, p.Row.good = nil, Latency{}, nil, nil
	if status == failed {
		p.Row.Rounds.Failed = 1
	}
	return p
}

// withErrors has errors in its last round.
func withErrors(p LoadPoint, errors int64) LoadPoint {
	last := p.Row.good[len(p.Row.good)-1]
	last.Errors, last.Attempts = map[string]int64{"timeout": errors}, 1000+errors
	return p
}

func mustSLO(t *testing.T, texts ...string) []Limit {
	t.Helper()
	var slo []Limit
	for _, text := range texts {
		l, err := ParseSLO(text)
		if err != nil {
			t.Fatal(err)
		}
		slo = append(slo, l)
	}
	return slo
}

func TestCapacity(t *testing.T) {
	few := paced(4000, 1, 1)
	few.Row.Response.P99 = nil
	some := paced(4000, 1, 1)
	some.Row.Rounds.Planned, some.Row.Status, some.Row.Reason = 3, partial, "by SIGINT"
	tests := []struct {
		name   string
		slo    []string
		points []LoadPoint
		want   string // the text
		why    string // part of it
	}{
		{"between", []string{"p99<2ms"}, []LoadPoint{paced(1000, 1, 1), paced(2000, 1, 1.9), paced(4000, 1, 2)}, "2,000/s", "response p99 2.00 ms is not below 2ms (the worst of 2 rounds)"},
		{"may be equal", []string{"p99<=2ms"}, []LoadPoint{paced(1000, 1, 1), paced(4000, 1, 2)}, "4,000/s, the most that was measured", ""},
		{"never", []string{"p99<2ms"}, []LoadPoint{paced(1000, 3), paced(2000, 3)}, "below 1,000/s", "3.00 ms"},
		{"overloaded", []string{"p99<2ms"}, []LoadPoint{paced(1000, 1), overloadedAt(2000, 1, 2)}, "1,000/s", "overloaded in 1 of 2 rounds: achieved 1,000 of 2,000 a second"},
		{"failed", []string{"p99<2ms"}, []LoadPoint{paced(1000, 1), unmeasuredAt(2000, failed)}, "1,000/s", "all rounds failed: a reason"},
		{"of two limits", []string{"p99<2ms", "errors<1"}, []LoadPoint{paced(1000, 1, 1), withErrors(paced(2000, 1, 1), 1)}, "1,000/s", "errors 1 is not below 1"},
		{"share of errors", []string{"errors<=0.1%"}, []LoadPoint{withErrors(paced(1000, 1, 1), 1), withErrors(paced(2000, 1, 1), 2)}, "1,000/s", "errors 0.20% is above 0.1%"},
		{"again", []string{"p99<2ms"}, []LoadPoint{paced(1000, 1), paced(2000, 3), paced(4000, 1), paced(8000, 3)}, "1,000/s; it held again at 4,000/s: not steady", "3.00 ms"},
		{"few samples", []string{"p99<2ms"}, []LoadPoint{paced(1000, 1), few, paced(8000, 3)}, "1,000/s; not known at 4,000/s", "3.00 ms"},
		{"few samples, and overdone errors", []string{"p99<2ms", "errors<1"}, []LoadPoint{paced(1000, 1), withErrors(few, 5)}, "1,000/s", "errors 5"},
		{"cut short", []string{"p99<2ms"}, []LoadPoint{paced(1000, 1), some}, "1,000/s, the most that was measured; not known at 4,000/s", ""},
		{"skipped", []string{"p99<2ms"}, []LoadPoint{unmeasuredAt(1000, skipped), unmeasuredAt(2000, skipped)}, "not known: skipped: a reason", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := Curve{By: ByRate, Points: test.points}.CapacityUnder(mustSLO(t, test.slo...))
			if k.Text != test.want || !strings.Contains(k.Why, test.why) || (k.Why == "") != (k.Broke == nil) || test.why != "" && k.Broke == nil {
				t.Errorf("%q, for %q; expected %q, for %q", k.Text, k.Why, test.want, test.why)
			}
		})
	}
}

// A client that holds up to a rate is found to do so, whatever the rate.
func TestNextFindsTheCapacity(t *testing.T) {
	slo := mustSLO(t, "p99<2ms")
	for _, most := range []float64{1000.5, 1234, 2500, 23_456, 99_999, 199_999} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			at := func(rate float64) LoadPoint {
				if rate <= most {
					return paced(rate, 1)
				}
				return paced(rate, 5)
			}
			c := Curve{By: ByRate, Points: []LoadPoint{at(1000), at(200_000)}}
			steps := 0
			for {
				rate, done := c.Next(slo, 0.05)
				if done {
					break
				}
				k := c.CapacityUnder(slo)
				if steps++; steps > 12 || rate <= k.Held.Load || rate >= k.Broke.Load {
					t.Fatalf("step %d: %g between %g and %g", steps, rate, k.Held.Load, k.Broke.Load)
				}
				c.Points = append(c.Points, at(rate))
				slices.SortFunc(c.Points, func(a, b LoadPoint) int { return int(a.Load - b.Load) })
			}
			k := c.CapacityUnder(slo)
			if k.Held.Load > most || k.Broke.Load <= most || k.Broke.Load > 1.05*k.Held.Load {
				t.Errorf("between %g and %g", k.Held.Load, k.Broke.Load)
			}
		})
	}
}

func TestNext(t *testing.T) {
	few := paced(2000, 1)
	few.Row.Response.P99 = nil
	tests := []struct {
		name   string
		by     Axis
		points []LoadPoint
		rate   float64
	}{
		{"round", ByRate, []LoadPoint{paced(1000, 1), paced(4000, 3)}, 2000},
		{"rounder than close", ByRate, []LoadPoint{paced(8000, 1), paced(16_000, 3)}, 10_000},
		{"narrow", ByRate, []LoadPoint{paced(1000, 1), paced(1060, 3)}, 1020},
		{"below one", ByRate, []LoadPoint{paced(0.2, 1), paced(0.8, 3)}, 0.4},
		{"near enough", ByRate, []LoadPoint{paced(1000, 1), paced(1050, 3)}, 0},
		{"all held", ByRate, []LoadPoint{paced(1000, 1), paced(4000, 1)}, 0},
		{"none held", ByRate, []LoadPoint{paced(1000, 3), paced(4000, 3)}, 0},
		{"asked before, in vain", ByRate, []LoadPoint{paced(1000, 1), few, paced(4000, 3)}, 0},
		{"by workers", ByWorkers, []LoadPoint{paced(1000, 1), paced(4000, 3)}, 0},
	}
	for _, test := range tests {
		rate, done := Curve{By: test.by, Points: test.points}.Next(mustSLO(t, "p99<2ms"), 0.05)
		if done != (test.rate == 0) || cmp.Diff(test.rate, rate) != "" {
			t.Errorf("%s: %g, %v; expected %g", test.name, rate, done, test.rate)
		}
	}
}
