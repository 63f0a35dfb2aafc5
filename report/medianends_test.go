package report

import (
	"slices"
	"testing"

	"respbench.dev/respbench/internal/stats"
)

// The interval of the median has a column if all measured rows have one.
func TestMedianEnds(t *testing.T) {
	rounds := func(values ...float64) Row {
		return Row{Status: ok, Throughput: stats.Summarize(values, stats.Higher)}
	}
	six, five := rounds(1200, 1100, 1000, 1300, 1400, 1500), rounds(1200, 1100, 1000, 1300, 1400)
	tests := []struct {
		name string
		rows []Row
		want []string // nil: no column
	}{
		{"six rounds", []Row{six, six}, []string{"1,000..1,500", "1,000..1,500"}},
		{"one failed", []Row{six, {Status: failed}}, []string{"1,000..1,500", "-"}},
		{"one of five", []Row{six, five}, nil},
		{"all failed", []Row{{Status: failed}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := builder{rows: test.rows}
			b.throughput()
			var got []string
			for _, c := range b.sheet.columns {
				if c.name == "median 95%" {
					got = c.cells
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, expected %q", got, test.want)
			}
		})
	}
}
