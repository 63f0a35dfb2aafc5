package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// choose is how many choices of k among n there are; exact below 2^53, and infinite
// beyond the largest number.
func choose(n, k int) float64 {
	ways := 1.0
	for i := 1; i <= min(k, n-k) && !math.IsInf(ways, 1); i++ {
		ways = ways * float64(n-i+1) / float64(i)
	}
	return ways
}

// normalTails are those at a value of a distribution that is about normal,
// widened by half a step for it has steps; neither is below least.
func normalTails(value, half, mean, deviation, least float64) (atMost, atLeast float64) {
	if deviation == 0 {
		return 1, 1
	}
	atMost = distuv.UnitNormal.CDF((value + half - mean) / deviation)
	atLeast = distuv.UnitNormal.Survival((value - half - mean) / deviation)
	return max(atMost, least), max(atLeast, least)
}
