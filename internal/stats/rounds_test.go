package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecides(t *testing.T) {
	tests := []struct {
		paired   bool
		families map[int]int // by rounds
	}{
		{true, map[int]int{4: 0, 5: 1, 6: 3, 7: 6, 8: 12, 9: 25, 10: 51, 12: 204, 5000: math.MaxInt32}},
		{false, map[int]int{2: 0, 3: 1, 4: 3, 5: 12, 6: 46, 7: 171, 8: 643, 10: 9237, 5000: math.MaxInt32}},
	}
	for _, test := range tests {
		for n, want := range test.families {
			if got := Decides(n, n, test.paired, 0.05); got != want {
				t.Errorf("%d rounds, paired %t: %d", n, test.paired, got)
			}
			if want > 0 && n < 100 && (Rounds(want, test.paired, 0.05) != n || Rounds(want+1, test.paired, 0.05) != n+1) {
				t.Errorf("a family of %d, paired %t: %d rounds", want, test.paired, Rounds(want, test.paired, 0.05))
			}
		}
	}
	if got := Rounds(36, true, 0.05); got != 10 {
		t.Errorf("36 paired tests need %d rounds", got)
	}
}

// TestSmallestEffect: nearly nine of ten changes of this size are found, or
// more, but not much smaller ones.
func TestSmallestEffect(t *testing.T) {
	const spread, repeats = 0.05, 2000
	for _, d := range []design{{5, 5, true}, {10, 10, true}, {20, 20, true}, {6, 6, false}, {10, 10, false}, {20, 20, false}} {
		for _, family := range []int{1, 24} {
			effect := SmallestEffect(spread, d.base, d.paired, family, 0.05)
			if math.IsInf(effect, 1) != (Decides(d.base, d.new, d.paired, 0.05) < family) {
				t.Errorf("%v in a family of %d: %g", d, family, effect)
			}
			if math.IsInf(effect, 1) {
				continue
			}
			random := rand.New(rand.NewPCG(5, 6))
			found := d.found(random, math.Log1p(effect)/spread, 0.05/float64(family), repeats)
			smaller := d.found(random, 0.75*math.Log1p(effect)/spread, 0.05/float64(family), repeats)
			if found < 0.885 || smaller > 0.85 {
				t.Errorf("%v in a family of %d: %.3f found, %.3f of smaller ones", d, family, found, smaller)
			}
		}
	}
}

// found is the share of shifts by so many deviations that are significant.
func (d design) found(random *rand.Rand, by, level float64, repeats int) float64 {
	hits := 0
	for range repeats {
		base, other := make([]float64, d.base), make([]float64, d.new)
		for i := range other {
			base[i], other[i] = random.NormFloat64(), random.NormFloat64()+by
		}
		slices.Sort(base)
		slices.Sort(other)
		test := func() (float64, float64) { return mannWhitney(base, other) }
		if d.paired {
			test = func() (float64, float64) { return signedRank(other) }
		}
		if p, _ := test(); p <= level {
			hits++
		}
	}
	return float64(hits) / float64(repeats)
}

func TestRoundsToSee(t *testing.T) {
	for _, paired := range []bool{true, false} {
		for _, effect := range []float64{0.001, 0.01, 0.02, 0.05, 0.10, 1} {
			n := RoundsToSee(effect, 0.05, paired, 24, 0.05)
			if n < Rounds(24, paired, 0.05) || SmallestEffect(0.05, n, paired, 24, 0.05) > 1.01*effect {
				t.Errorf("%g: %d rounds see %g", effect, n, SmallestEffect(0.05, n, paired, 24, 0.05))
			}
			if fewer := SmallestEffect(0.05, n*9/10-1, paired, 24, 0.05); fewer <= effect {
				t.Errorf("%g: fewer than %d rounds see %g", effect, n, fewer)
			}
		}
		if got := RoundsToSee(0.01, 0, paired, 24, 0.05); got != Rounds(24, paired, 0.05) {
			t.Errorf("without noise: %d rounds", got)
		}
	}
	if got := RoundsToSee(1e-300, 1, true, 1, 0.05); got != math.MaxInt32 {
		t.Errorf("nothing is seen in %d rounds", got)
	}
}

func TestMedianInterval(t *testing.T) {
	tests := []struct {
		n         int
		low, high float64
	}{{0, 0, 0}, {1, 0, 0}, {5, 0, 0}, {6, 1, 6}, {8, 1, 8}, {9, 2, 8}, {10, 2, 9}, {20, 6, 15}, {2000, 956, 1045}}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.n), func(t *testing.T) {
			values := make([]float64, test.n)
			for i := range values {
				values[i] = float64(test.n - i)
			}
			before := slices.Clone(values)
			low, high, known := MedianInterval(values, 0.95)
			if low != test.low || high != test.high || known != (test.high > 0) {
				t.Errorf("%g to %g, %t", low, high, known)
			}
			if !slices.Equal(values, before) {
				t.Errorf("the values were changed to %v", values)
			}
		})
	}
	if _, _, known := MedianInterval([]float64{1, 2, 3, 4, 5, 6, math.NaN()}, 0.95); known {
		t.Error("the median is known without all values")
	}
}

func TestHolm(t *testing.T) {
	tests := []struct{ p, want []float64 }{
		{nil, []float64{}},
		{[]float64{0.2}, []float64{0.2}},
		// 3 x 0.01; 2 x 0.02 = 0.04; 0.03 is raised to the one before.
		{[]float64{0.02, 0.03, 0.01}, []float64{0.04, 0.04, 0.03}},
		{[]float64{0.6, 0.5}, []float64{1, 1}},
	}
	for _, test := range tests {
		before := slices.Clone(test.p)
		if diff := cmp.Diff(test.want, Holm(test.p)); diff != "" || !slices.Equal(test.p, before) {
			t.Errorf("%v: -want +got:\n%s", before, diff)
		}
	}
}
