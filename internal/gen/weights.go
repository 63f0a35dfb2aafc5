package gen

import (
	"math"
	"math/bits"
)

// LargestWeight keeps sums of weights far from overflow.
const LargestWeight = 1 << 32

// A Share is a part of the 64-bit numbers.
type Share uint64

// ShareOf is the share of something that happens that often, from 0 to 1.
func ShareOf(part float64) Share {
	if part >= 1 {
		return math.MaxUint64
	}
	return Share(part * (1 << 64))
}

// Weights divide the 64-bit numbers: the choice i is that of the numbers below
// element i, from element i-1 on.
type Weights []uint64

// NewWeights gives each choice a part in proportion to its weight, from 1 to
// LargestWeight.
func NewWeights(weights []int) Weights {
	var total, sum uint64
	for _, w := range weights {
		total += uint64(w)
	}
	var until Weights
	for _, w := range weights {
		if sum += uint64(w); sum == total {
			return append(until, math.MaxUint64)
		}
		part, _ := bits.Div64(sum, 0, total)
		until = append(until, part)
	}
	return until
}

// at is the choice that a random number draws.
func (w Weights) at(random uint64) int {
	for i, until := range w {
		if random < until {
			return i
		}
	}
	return len(w) - 1
}
