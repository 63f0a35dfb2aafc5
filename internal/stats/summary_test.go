package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func ptr(v float64) *float64 { return &v }

func TestSummarize(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		better Direction
		want   *Summary
	}{
		{"none", nil, Higher, nil},
		{"not a number", []float64{1, math.NaN()}, Higher, nil},
		{"infinite", []float64{1, math.Inf(1)}, Lower, nil},
		{"one", []float64{7}, Higher, &Summary{N: 1, Worst: 7, Best: 7, Mean: 7, Median: 7, Values: []float64{7}}},
		{
			// Deviations from 5 are -3 -1 -1 -1 0 0 2 4, their squares sum to
			// 32; 32/(8-1) = 4.571428..., whose root is 2.138089935.
			"eight, higher is better", []float64{2, 4, 4, 4, 5, 5, 7, 9}, Higher,
			&Summary{
				// The second of eight is above the median in 9 of 256 cases, the first
				// in one: only from first to last it is 95 %.
				N: 8, Worst: 2, Best: 9, Mean: 5, Median: 4.5, Low: ptr(2), High: ptr(9),
				Stdev: ptr(2.138089935299395), CVPercent: ptr(42.7617987059879),
				Values: []float64{2, 4, 4, 4, 5, 5, 7, 9},
			},
		},
		{
			// Squares of -1, 1 and 0 sum to 2; 2/(3-1) = 1.
			"three, lower is better, order kept", []float64{3, 1, 2}, Lower,
			&Summary{
				N: 3, Worst: 3, Best: 1, Mean: 2, Median: 2,
				Stdev: ptr(1), CVPercent: ptr(50), Values: []float64{3, 1, 2},
			},
		},
		{
			"equal values", []float64{0.1, 0.1, 0.1}, Higher,
			&Summary{
				N: 3, Worst: 0.1, Best: 0.1, Mean: 0.1, Median: 0.1,
				Stdev: ptr(0), CVPercent: ptr(0), Values: []float64{0.1, 0.1, 0.1},
			},
		},
		{
			"five have no interval of the median", []float64{1, 2, 3, 4, 5}, Higher,
			&Summary{
				N: 5, Worst: 1, Best: 5, Mean: 3, Median: 3,
				Stdev: ptr(1.5811388300841898), CVPercent: ptr(52.70462766947299), Values: []float64{1, 2, 3, 4, 5},
			},
		},
		{
			// The second of ten is above the median in 11 of 1024 cases.
			"ten", []float64{6, 10, 9, 8, 7, 5, 4, 3, 2, 1}, Lower,
			&Summary{
				N: 10, Worst: 10, Best: 1, Mean: 5.5, Median: 5.5, Low: ptr(2), High: ptr(9),
				Stdev: ptr(3.0276503540974917), CVPercent: ptr(55.04818825631803),
				Values: []float64{6, 10, 9, 8, 7, 5, 4, 3, 2, 1},
			},
		},
		{
			// A mean of zero has no percentage.
			"zeros", []float64{0, 0}, Lower,
			&Summary{N: 2, Stdev: ptr(0), Values: []float64{0, 0}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Summarize(test.values, test.better)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSummaryProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		values := make([]float64, 1+random.IntN(12))
		for i := range values {
			values[i] = math.Exp(random.Float64()*40 - 20)
		}
		before := slices.Clone(values)
		high, low := Summarize(values, Higher), Summarize(values, Lower)
		if !slices.Equal(values, before) {
			t.Fatalf("%v was changed to %v", before, values)
		}
		if high.Low != nil && (*high.Low > high.Median || *high.High < high.Median || *high.Low < high.Worst || *high.High > high.Best) {
			t.Fatalf("%v: the median %g, its interval %g to %g", values, high.Median, *high.Low, *high.High)
		}
		if high.Worst != low.Best || high.Best != low.Worst || high.Mean != low.Mean || high.Median != low.Median {
			t.Fatalf("%v: the directions do not mirror: %+v %+v", values, high, low)
		}
		for _, v := range []float64{high.Mean, high.Median} {
			if v < high.Worst || v > high.Best {
				t.Fatalf("%v: %g outside the extremes", values, v)
			}
		}
		checkScaling(t, values, high)
	}
}

// checkScaling: twice the values are twice the numbers and the same percentage.
func checkScaling(t *testing.T, values []float64, once *Summary) {
	t.Helper()
	doubled := make([]float64, len(values))
	for i, v := range values {
		doubled[i] = 2 * v
	}
	twice := Summarize(doubled, Higher)
	if twice.Median != 2*once.Median || twice.Mean != 2*once.Mean {
		t.Fatalf("%v: doubled, %+v became %+v", values, once, twice)
	}
	if (once.Stdev == nil) != (len(values) == 1) {
		t.Fatalf("%v: stdev %v", values, once.Stdev)
	}
	if once.CVPercent != nil && math.Abs(*once.CVPercent-*twice.CVPercent) > 1e-9 {
		t.Fatalf("%v: %g %% became %g %%", values, *once.CVPercent, *twice.CVPercent)
	}
}

func TestMedian(t *testing.T) {
	if got := Median([]float64{math.MaxFloat64, math.MaxFloat64}); got != math.MaxFloat64 {
		t.Errorf("the median of the largest numbers is %g", got)
	}
	if got := Median(nil); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %g", got)
	}
}
