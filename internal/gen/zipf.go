package gen

import (
	"math"
	"math/bits"
)

// zipf draws ranks from 0 below n, rank r exactly in proportion to 1/(r+1)^s,
// for any s above 0. Ranks are put together in cells whose width grows with
// their rank: their number grows with log n. A cell is drawn as if all its
// ranks were as frequent as its first, in constant time by Walker's alias
// method ("An efficient method for generating discrete random variables with
// general distributions", ACM TOMS 3, 1977); then a rank in it, which is
// rejected as often as it is less frequent than the first.
type zipf struct {
	s     float64
	cells []cell
}

type cell struct {
	keep  Share  // of the draws of this cell; the rest goes to the other
	sure  Share  // draws of a rank below this are not rejected, whatever the rank
	first uint64 // rank, from 0
	width uint64 // ranks
	other int    // cell
}

// cellsPerDouble is how many cells reach from a rank to its double, at most:
// with more of them fewer ranks are rejected.
const cellsPerDouble = 32

func newZipf(n int, s float64) zipf {
	z := zipf{s: s}
	var weights []float64
	for first := 0; first < n; {
		width := min(max(first/cellsPerDouble, 1), n-first)
		c := cell{first: uint64(first), width: uint64(width)}
		c.sure = z.accept(&c, c.width-1)
		z.cells = append(z.cells, c)
		weights = append(weights, float64(width)*math.Pow(float64(first+1), -s))
		first += width
	}
	z.share(weights)
	return z
}

// share sets what each cell keeps and to which the rest goes, so that all are
// drawn in proportion to their weights.
func (z *zipf) share(weights []float64) {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	var small, large []int
	for i := range weights {
		weights[i] *= float64(len(weights)) / sum // 1 on average
		if weights[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		i, j := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		z.cells[i].keep, z.cells[i].other = ShareOf(weights[i]), j
		if weights[j] -= 1 - weights[i]; weights[j] < 1 {
			large, small = large[:len(large)-1], append(small, j)
		}
	}
	for _, i := range append(small, large...) { // 1, but for rounding
		z.cells[i].keep, z.cells[i].other = ShareOf(1), i
	}
}

func (z *zipf) next(random *random) uint64 {
	for {
		i, part := bits.Mul64(random.next(), uint64(len(z.cells)))
		if other := uint64(z.cells[i].other); Share(part) >= z.cells[i].keep {
			i = other
		}
		c := &z.cells[i]
		above, part := bits.Mul64(random.next(), c.width)
		if Share(part) < c.sure || Share(part) < z.accept(c, above) {
			return c.first + above
		}
	}
}

// accept is how much less frequent a rank is than the first of its cell.
func (z *zipf) accept(c *cell, above uint64) Share {
	first := float64(c.first + 1)
	return ShareOf(math.Pow((first+float64(above))/first, -z.s))
}
