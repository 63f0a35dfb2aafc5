package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/aclements/go-moremath/stats"
)

// TestTiedSignedRanks counts the signs one by one, for all ways in which up to
// eight sizes may tie and all sums.
func TestTiedSignedRanks(t *testing.T) {
	for n := 1; n <= 8; n++ {
		for ties := range 1 << (n - 1) {
			ranks := midranks(tiedValues(n, ties), math.Abs)
			sums := make([]int, n*(n+1)+1)
			for signs := range 1 << n {
				sum := 0
				for i, r := range ranks {
					sum += r * (signs >> i & 1)
				}
				sums[sum]++
			}
			for sum := range n*(n+1)/2 + 1 {
				low, high := signedRankTails(ranks, sum)
				checkTails(t, sums, sum, low, high)
			}
		}
	}
}

// TestTiedSides counts the choices of a side one by one, for all ways in which
// up to ten values may tie.
func TestTiedSides(t *testing.T) {
	for size := 2; size <= 10; size++ {
		for ties := range 1 << (size - 1) {
			values := tiedValues(size, ties)
			n := 1 + ties%(size-1)
			wins := make([]int, 2*n*(size-n)+1)
			for chosen := range 1 << size {
				if bits.OnesCount(uint(chosen)) == n {
					base, other := deal(values, chosen)
					wins[doubledWins(base, other)]++
				}
			}
			for w := range n*(size-n) + 1 {
				low, high := mannWhitneyTails(tied(values, identity), n, w)
				if len(slices.Compact(slices.Clone(values))) < size || w%2 == 0 {
					checkTails(t, wins, w, low, high)
				}
			}
		}
	}
}

// tiedValues is sorted; a bit ties one value with the next.
func tiedValues(n, ties int) []float64 {
	values := make([]float64, n)
	values[0] = 1
	for i := 1; i < n; i++ {
		values[i] = values[i-1] + 1 - float64(ties>>(i-1)&1)
	}
	return values
}

func deal(values []float64, chosen int) (rest, taken []float64) {
	for i, v := range values {
		if chosen>>i&1 == 1 {
			taken = append(taken, v)
		} else {
			rest = append(rest, v)
		}
	}
	return rest, taken
}

func checkTails(t *testing.T, counts []int, at int, low, high float64) {
	t.Helper()
	var atMost, all int
	for value, count := range counts {
		all += count
		if value <= at {
			atMost += count
		}
	}
	atLeast := all - atMost + counts[at]
	if math.Abs(low-float64(atMost)/float64(all)) > 1e-12 || math.Abs(high-float64(atLeast)/float64(all)) > 1e-12 {
		t.Fatalf("%v at %d: %g, %g", counts, at, low, high)
	}
}

// TestTailsAgainstMoremath: an independent implementation, which is slower.
func TestTailsAgainstMoremath(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, sizes := range [][2]int{{12, 12}, {20, 9}, {30, 30}, {50, 50}} {
		for _, tie := range []int{1, 7} {
			n, m := sizes[0], sizes[1]
			var groups []int
			for left := n + m; left > 0; left -= groups[len(groups)-1] {
				groups = append(groups, min(left, 1+random.IntN(tie)))
			}
			wins := n * m * 3 / 8 * 2
			got, _ := mannWhitneyTails(groups, n, wins)
			want := stats.UDist{N1: n, N2: m, T: groups}.CDF(float64(wins) / 2)
			if math.Abs(got/want-1) > 1e-9 {
				t.Errorf("%d and %d of %v: %g, expected %g", n, m, groups, got, want)
			}
		}
	}
}

// TestNormalTails: they meet the exact ones where these end.
func TestNormalTails(t *testing.T) {
	ranks := midranks(tiedValues(exactPairs, 1<<40-1), math.Abs)
	groups := tied(tiedValues(100, 1<<30-1), identity)
	for _, share := range []float64{0.3, 0.35, 0.4, 0.5} {
		low, high := signedRankTails(ranks, int(share*exactPairs*(exactPairs+1)))
		lowNormal, highNormal := signedRankNormal(ranks, int(share*exactPairs*(exactPairs+1)))
		near(t, lowNormal, low)
		near(t, highNormal, high)
		low, high = mannWhitneyTails(groups, 50, int(2*share*exactProduct))
		lowNormal, highNormal = mannWhitneyNormal(groups, 50, 50, int(2*share*exactProduct))
		near(t, lowNormal, low)
		near(t, highNormal, high)
	}
}

func near(t *testing.T, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.002+0.02*want {
		t.Errorf("%g, exactly %g", got, want)
	}
}

// TestCombinations makes them, and sorts.
func TestCombinations(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		x, y := signed(random), signed(random)
		var averages, between []float64
		for i, a := range x {
			for _, b := range x[i:] {
				averages = append(averages, (a+b)/2)
			}
			for _, b := range y {
				between = append(between, b-a)
			}
		}
		checkCombinations(t, walshAverages(x), averages)
		checkCombinations(t, differences(x, y), between)
	}
}

func signed(random *rand.Rand) []float64 {
	values := sample(random, 1+random.IntN(12))
	for i := range values {
		values[i] -= 1.5
	}
	slices.Sort(values)
	return values
}

func checkCombinations(t *testing.T, c combinations, made []float64) {
	t.Helper()
	slices.Sort(made)
	if c.count != len(made) {
		t.Fatalf("%d, expected %d", c.count, len(made))
	}
	for i, want := range made {
		if got := c.at(i + 1); got != want || math.Signbit(got) != (got < 0) {
			t.Fatalf("%v at %d: %g", made, i+1, got)
		}
	}
	if math.Abs(c.median()-Median(made)) > 1e-15 {
		t.Fatalf("the median of %v is %g", made, c.median())
	}
}
