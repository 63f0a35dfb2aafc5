package stats

import (
	"cmp"
	"math"
	"slices"
)

// signedRank tests differences after F. Wilcoxon, 1945: above is the p of their
// being above zero, below that of their being below. Zeros are left out.
func signedRank(differences []float64) (above, below float64) {
	nonzero := slices.DeleteFunc(slices.Clone(differences), func(d float64) bool { return d == 0 })
	slices.SortFunc(nonzero, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	ranks := midranks(nonzero, math.Abs)
	var positive, negative int
	for i, d := range nonzero {
		if d > 0 {
			positive += ranks[i]
		} else {
			negative += ranks[i]
		}
	}
	smaller, larger := signedRankTails(ranks, min(positive, negative))
	if positive == negative {
		larger = smaller // the distribution is symmetric
	}
	if positive > negative {
		return smaller, larger
	}
	return larger, smaller
}

// midranks are twice the ranks of sorted values, from 1: of equal values,
// the mean of their ranks.
func midranks(sorted []float64, of func(float64) float64) []int {
	ranks := make([]int, 0, len(sorted))
	for _, t := range tied(sorted, of) {
		ranks = append(ranks, slices.Repeat([]int{2*len(ranks) + t + 1}, t)...)
	}
	return ranks
}

// tied is how many sorted values there are of each size.
func tied(sorted []float64, of func(float64) float64) []int {
	var groups []int
	for i, v := range sorted {
		if i == 0 || of(v) != of(sorted[i-1]) {
			groups = append(groups, 0)
		}
		groups[len(groups)-1]++
	}
	return groups
}

// signedRankTails is how likely a sum of doubled ranks is at most this one, which
// is not above the middle, and how likely it is at least, if every sign is as
// likely as the other.
func signedRankTails(ranks []int, sum int) (atMost, atLeast float64) {
	if len(ranks) > exactPairs {
		return signedRankNormal(ranks, sum)
	}
	ways := subsetSums(ranks, sum)
	return bothTails(ways, math.Ldexp(1, len(ranks)))
}

// bothTails is how likely the last of the counted values is undercut or met, and
// how likely it is met or exceeded.
func bothTails(ways []float64, all float64) (atMost, atLeast float64) {
	var below float64
	last := len(ways) - 1
	for _, w := range ways[:last] {
		below += w
	}
	return (below + ways[last]) / all, 1 - below/all
}

// subsetSums is in how many ways some of the numbers have each sum up to limit.
func subsetSums(numbers []int, limit int) []float64 {
	ways := make([]float64, limit+1)
	ways[0] = 1
	for _, x := range numbers {
		for sum := limit; sum >= x; sum-- {
			ways[sum] += ways[sum-x]
		}
	}
	return ways
}

// signedRankNormal is signedRankTails by the normal approximation, with its
// variance for ties and corrected for continuity.
func signedRankNormal(ranks []int, sum int) (atMost, atLeast float64) {
	var mean, squares float64
	for _, r := range ranks {
		mean += float64(r) / 2
		squares += float64(r) * float64(r)
	}
	const half = 1 // of the step between ranks, doubled
	return normalTails(float64(sum), half, mean, math.Sqrt(squares)/2, LeastP(len(ranks), len(ranks), true))
}
