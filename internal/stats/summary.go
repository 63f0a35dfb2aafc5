// Package stats reduces the values of rounds to what a reader needs: worst,
// best and spread, and warnings where these may mislead. It knows nothing of
// clients or servers, and prints nothing.
package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Direction tells which values are better.
type Direction int

// The directions.
const (
	Higher Direction = iota // is better
	Lower                   // is better
)

// A Summary is of the values of rounds. Its numbers are finite.
type Summary struct {
	N           int
	Worst, Best float64 // the extremes by Direction
	Mean        float64
	Median      float64
	Low, High   *float64  // 95 % interval of Median, between two of the values; nil below six
	Stdev       *float64  // of the sample, with n-1; nil for a single value
	CVPercent   *float64  // Stdev in percent of Mean; nil without a Stdev or for a mean of 0
	Values      []float64 // in the order of the rounds
}

// Summarize returns the summary of values, or nil if there are none or one of
// them is not finite.
func Summarize(values []float64, better Direction) *Summary {
	if len(values) == 0 || slices.ContainsFunc(values, notFinite) {
		return nil
	}
	s := &Summary{N: len(values), Values: slices.Clone(values), Median: Median(values)}
	s.Worst, s.Best = slices.Min(values), slices.Max(values)
	if better == Lower {
		s.Worst, s.Best = s.Best, s.Worst
	}
	if low, high, known := MedianInterval(values, 0.95); known {
		s.Low, s.High = &low, &high
	}
	s.spread()
	return s
}

func (s *Summary) spread() {
	if s.N == 1 {
		s.Mean = s.Values[0]
		return
	}
	mean, stdev := stat.MeanStdDev(s.Values, nil)
	// A sum rounds, and the mean of equal values would differ from them.
	s.Mean = min(max(mean, slices.Min(s.Values)), slices.Max(s.Values))
	s.Stdev = &stdev
	if s.Mean != 0 {
		cv := 100 * stdev / math.Abs(s.Mean)
		s.CVPercent = &cv
	}
}

// Median is the middle value, or the mean of the two in the middle. It is NaN
// without values.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return sorted[middle-1]/2 + sorted[middle]/2
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
