package stats

import "math"

// combinations are the numbers that come of taking values two by two. There may
// be a million of them, so they are counted, not made.
type combinations struct {
	count     int
	low, high float64             // the extremes
	atMost    func(v float64) int // how many are at most v
}

// walshAverages are the averages of all two values, and of each with itself.
func walshAverages(sorted []float64) combinations {
	n := len(sorted)
	return combinations{
		count: n * (n + 1) / 2, low: sorted[0], high: sorted[n-1],
		atMost: func(v float64) int {
			count, j := 0, n-1
			for i, x := range sorted {
				for j >= i && (x+sorted[j])/2 > v {
					j--
				}
				if j < i {
					break
				}
				count += j - i + 1
			}
			return count
		},
	}
}

// differences are those between each value of other and each of base.
func differences(base, other []float64) combinations {
	n, m := len(base), len(other)
	return combinations{
		count: n * m, low: other[0] - base[n-1], high: other[m-1] - base[0],
		atMost: func(v float64) int {
			count, j := 0, 0
			for _, x := range base { // the larger it is, the more are at most v
				for j < m && other[j]-x <= v {
					j++
				}
				count += j
			}
			return count
		},
	}
}

// at is the combination of that rank, from 1. It halves the floating-point
// numbers between the extremes, of which there are less than 2^64.
func (c combinations) at(rank int) float64 {
	low, high := ordinal(c.low), ordinal(c.high)
	for low < high {
		middle := low + int64(uint64(high-low)/2)
		if c.atMost(number(middle)) >= rank {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return number(low)
}

func (c combinations) median() float64 {
	return (c.at((c.count+1)/2) + c.at(c.count/2+1)) / 2
}

// between is the interval without the outermost combinations: from the one of
// rank cut to that of the same rank from above. Without a cut it is unbounded.
func (c combinations) between(cut int) (low, high float64) {
	if cut == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	return c.at(cut), c.at(c.count + 1 - cut)
}

// ordinal numbers the finite floating-point numbers in their order; 0 is 0.
func ordinal(v float64) int64 {
	if bits := int64(math.Float64bits(v)); bits < 0 {
		return math.MinInt64 - bits
	}
	return int64(math.Float64bits(v))
}

// number is the one that has this ordinal; never -0.
func number(ordinal int64) float64 {
	if ordinal < 0 {
		ordinal = math.MinInt64 - ordinal
	}
	return math.Float64frombits(uint64(ordinal))
}
