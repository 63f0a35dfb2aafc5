package report

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// makeTimes is a run whose metrics are times of ever more samples a round.
func makeTimes() *fixture {
	f := newFixture("fewsampl")
	f.add(point("sync", "raw", results.Load{Workers: 1}), pace{100_000, steady[:3], 20_000, 9_000, 0, 1, false, nil})
	for i := range f.run.Trials {
		round := int64(i)
		few := append(slices.Repeat([]int64{1_000, 2_000, 3_000}, 10), 9_000+1_000*round)
		often, _ := f.recording(4_000, 10_000)
		f.run.Trials[i].Metrics = []results.Metric{
			{Name: "once", Unit: "ns", Values: valuesOf(7_000 + round)},
			{Name: "few", Unit: "ns", Values: valuesOf(few...)},
			{Name: "often", Unit: "ns", Values: often},
		}
	}
	return f
}

// A time recorded once a round is that number; where there are too few for a p99,
// the longest stands in its place.
func TestTimesOfFewSamples(t *testing.T) {
	rows := rowsOf([]results.Run{makeTimes().run})
	b := builder{rows: rows}
	b.metrics()
	var got []string
	for _, c := range b.sheet.columns[:3] {
		got = append(got, c.name+", "+c.unit+": "+c.cells[0])
	}
	if diff := cmp.Diff([]string{"once, us: 7.00", "few p50, us: 2.00", "few max, us: 10.0"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if names := list(b.sheet.columns[3:], func(c column) string { return c.name }); !slices.Equal(names, []string{"often p50", "often p99"}) {
		t.Errorf("of many samples: %q", names)
	}
	if longest := rows[0].jsonMetrics()["few"].Max; longest == nil || *longest != 11_000 {
		t.Errorf("the longest of all rounds: %v", longest)
	}
}

// A metric that a round lacks is not known, nor is its longest.
func TestMetricOfSomeRounds(t *testing.T) {
	f := makeTimes()
	f.run.Trials[1].Metrics[1].Values = results.Recording{}
	rows := rowsOf([]results.Run{f.run})
	if m := rows[0].jsonMetrics()["few"]; m.Mean != nil || m.Max != nil {
		t.Errorf("known: %+v", m)
	}
}
