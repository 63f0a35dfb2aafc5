package stats

import (
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// MedianInterval holds the median with at least this confidence, between two of
// the values; false where there are too few (below 6 for 0.95).
func MedianInterval(values []float64, confidence float64) (low, high float64, known bool) {
	n := len(values)
	if n == 0 || slices.ContainsFunc(values, notFinite) {
		return 0, 0, false
	}
	// How many values are below the median is known to be binomial.
	below := distuv.Binomial{N: float64(n), P: 0.5}
	cut := sort.Search(n/2, func(k int) bool { return below.CDF(float64(k)) > (1-confidence)/2 })
	if cut == 0 {
		return 0, 0, false
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[cut-1], sorted[n-cut], true
}
