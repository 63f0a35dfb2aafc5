package stats

import (
	"math"
	"slices"
)

// mannWhitney tests two sorted samples after H. Mann and D. Whitney, 1947: above
// is the p of other being above base, below that of its being below.
func mannWhitney(base, other []float64) (above, below float64) {
	if len(base) < len(other) {
		// The smaller side is counted, whichever it is.
		below, above = mannWhitney(other, base)
		return above, below
	}
	n, m := len(other), len(base)
	groups := tied(slices.Sorted(slices.Values(slices.Concat(base, other))), identity)
	wins := doubledWins(base, other)
	losses := 2*n*m - wins
	if wins > losses {
		slices.Reverse(groups) // the distribution of losses
	}
	smaller, larger := mannWhitneyTails(groups, n, min(wins, losses))
	if wins == losses && n == m {
		larger = smaller // the distribution is symmetric
	}
	if wins > losses {
		return smaller, larger
	}
	return larger, smaller
}

func identity(v float64) float64 { return v }

// doubledWins is twice U: two for each value of base below one of other, one for
// each that is equal.
func doubledWins(base, other []float64) int {
	var wins, below, upTo int
	for _, v := range other {
		for below < len(base) && base[below] < v {
			below++
		}
		for upTo < len(base) && base[upTo] <= v {
			upTo++
		}
		wins += below + upTo
	}
	return wins
}

// mannWhitneyTails is how likely n of the values have this doubled U at most,
// which is not above the middle, and how likely at least, if all choices are as
// likely. The values are given by how many are equal, in their order.
func mannWhitneyTails(groups []int, n, wins int) (atMost, atLeast float64) {
	size := 0
	for _, t := range groups {
		size += t
	}
	if n*(size-n) > exactProduct {
		return mannWhitneyNormal(groups, n, size-n, wins)
	}
	if len(groups) == size {
		return bothTails(untiedWins(n, size-n, wins/2), choose(size, n))
	}
	return bothTails(tiedWins(groups, n, wins), choose(size, n))
}

// untiedWins is in how many ways n values have each U up to limit over m more.
// They are the coefficients of the q-binomial of n+m over n, the product of
// (1-q^(m+i))/(1-q^i).
func untiedWins(n, m, limit int) []float64 {
	ways := make([]float64, limit+1)
	ways[0] = 1
	for i := 1; i <= n; i++ {
		for u := limit; u >= m+i; u-- {
			ways[u] -= ways[u-m-i]
		}
		for u := i; u <= limit; u++ {
			ways[u] += ways[u-i]
		}
	}
	return ways
}

// tiedWins is in how many ways n of the values have each doubled U up to limit
// over the others. It goes from the lowest group to the highest.
func tiedWins(groups []int, n, limit int) []float64 {
	ways := make([][]float64, n+1) // by how many were taken
	for k := range ways {
		ways[k] = make([]float64, limit+1)
	}
	ways[0][0] = 1
	prior, rest := 0, 0
	for _, t := range groups {
		rest += t
	}
	for _, t := range groups {
		rest -= t
		// Fewer cannot become n any more.
		for k := min(n, prior+t); k >= max(1, n-rest); k-- {
			takeFrom(ways, k, t, prior, limit)
		}
		prior += t
	}
	return ways[n]
}

// takeFrom adds the ways to have taken k by taking some of t equal values, after
// prior lower ones. With taken before, c of them add 2c(prior-taken) for those
// left below and c(t-c) for those left that are equal.
func takeFrom(ways [][]float64, k, t, prior, limit int) {
	for c := max(1, k-prior); c <= min(t, k); c++ {
		taken := k - c
		reach := min(limit, 2*taken*(prior-taken))
		addShifted(ways[k], ways[taken][:reach+1], 2*c*(prior-taken)+c*(t-c), choose(t, c))
	}
}

// addShifted adds factor times the terms to sums, from that index on.
func addShifted(sums, terms []float64, from int, factor float64) {
	if from >= len(sums) {
		return
	}
	sums = sums[from:]
	for i, term := range terms[:min(len(terms), len(sums))] {
		sums[i] += factor * term
	}
}

// mannWhitneyNormal is mannWhitneyTails by the normal approximation, with its
// variance for ties and corrected for continuity.
func mannWhitneyNormal(groups []int, n, m, wins int) (atMost, atLeast float64) {
	size := float64(n + m)
	ties := 0.0
	for _, t := range groups {
		t := float64(t)
		ties += t*t*t - t
	}
	product := float64(n) * float64(m)
	variance := product / 12 * (size + 1 - ties/(size*(size-1)))
	const half = 0.5
	return normalTails(float64(wins)/2, half, product/2, math.Sqrt(variance), LeastP(m, n, false))
}
