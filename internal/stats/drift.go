package stats

import (
	"cmp"
	"math"
)

// Thresholds of what changes with time. Five rounds that only rise or only fall
// have a p of 2/120: the least that can be seen.
const (
	driftP        = 0.02
	driftShare    = 0.10 // of the median, in all
	unsteadyP     = 0.01
	unsteadyShare = 0.025 // between the halves
	fewestSlices  = 8
)

// drift returns whether the values change with time, by much and more steadily
// than chance makes it, and by how much from the first to the last, as a share
// of their median.
func drift(values []float64) (change float64, drifts bool) {
	median := math.Abs(Median(values))
	if median == 0 || trendP(values) >= driftP {
		return 0, false
	}
	change = slope(values) * float64(len(values)-1) / median
	return change, math.Abs(change) > driftShare
}

// Unsteady returns by how much a trial's second half differs from its first, as
// a share of that, and whether this is more than chance makes it. Ops are of
// whole slices of equal length, in order; there must be eight at least.
func Unsteady(ops []float64) (change float64, unsteady bool) {
	half := len(ops) / 2
	first, second := sum(ops[:half]), sum(ops[len(ops)-half:])
	if len(ops) < fewestSlices || first <= 0 {
		return 0, false
	}
	change = second/first - 1
	return change, math.Abs(change) > unsteadyShare && trendP(ops) < unsteadyP
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

// slope is the median of the slopes between any two values, after Theil and
// Sen, in units of one step.
func slope(values []float64) float64 {
	var slopes []float64
	for i, v := range values {
		for j := i + 1; j < len(values); j++ {
			slopes = append(slopes, (values[j]-v)/float64(j-i))
		}
	}
	return Median(slopes)
}

// trendP is the two-sided p of Kendall's test of values against their order.
// Equal values count as a pair against the trend: of all orders in which they
// may really have been, that is the least significant.
func trendP(values []float64) float64 {
	var rises, falls, ties int
	for i, v := range values {
		for _, later := range values[i+1:] {
			switch cmp.Compare(later, v) {
			case 1:
				rises++
			case -1:
				falls++
			default:
				ties++
			}
		}
	}
	return min(1, 2*inversionsP(len(values), min(rises, falls)+ties))
}

// exactTrend is up to how many values the distribution is counted out.
const exactTrend = 100

// inversionsP is the probability that a random order of n has at most that many
// pairs in the wrong order.
func inversionsP(n, most int) float64 {
	if n > exactTrend {
		return normalInversionsP(n, most)
	}
	// The m-th value has m places among those before it, each as likely as the
	// others, and makes 0 to m-1 inversions.
	p := make([]float64, most+1)
	p[0] = 1
	for m := 2; m <= n; m++ {
		next, window := make([]float64, most+1), 0.0
		for k := range p {
			window += p[k]
			if k >= m {
				window -= p[k-m]
			}
			next[k] = max(window, 0) / float64(m)
		}
		p = next
	}
	return sum(p)
}

func normalInversionsP(n, most int) float64 {
	pairs := float64(n) * float64(n-1)
	mean, deviation := pairs/4, math.Sqrt(pairs*float64(2*n+5)/72)
	return math.Erfc((mean-float64(most)-0.5)/deviation/math.Sqrt2) / 2
}
