package stats

import (
	"cmp"
	"slices"
)

// Holm adjusts the p-values of a family step down, after S. Holm, 1979: those
// at most alpha may be rejected together with a family-wise error of alpha.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	var previous float64
	for step, i := range order {
		previous = min(1, max(previous, float64(len(p)-step)*p[i]))
		adjusted[i] = previous
	}
	return adjusted
}
