package gen

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

const draws = 200_000

// drawn counts how often each key is picked.
func drawn(t testing.TB, text string, keys int, seed uint64) []int {
	t.Helper()
	k, counts := pick(t, text, keys, seed), make([]int, keys)
	for range draws {
		counts[k.Next()]++
	}
	return counts
}

func pick(t testing.TB, text string, keys int, seed uint64) *Picker {
	t.Helper()
	p, err := ParsePicks(text)
	if err != nil {
		t.Fatal(err)
	}
	return p.Over(keys).Picker(seed, 0, 1)
}

// fits compares counts with probabilities: chi-squared, with the bound that
// one in 30,000 exceeds (Wilson and Hilferty's approximation). Probabilities
// that expect few are put together.
func fits(t *testing.T, counts []int, law []float64) {
	t.Helper()
	var chi2, expected, got, left float64
	cells := 0.0
	for i, p := range law {
		expected += p * draws
		got += float64(counts[i])
		if left += p; expected >= 10 && (1-left)*draws >= 10 || i == len(law)-1 && expected > 0 {
			chi2 += (got - expected) * (got - expected) / expected
			cells++
			expected, got = 0, 0
		}
	}
	free := max(cells-1, 1)
	if most := free * math.Pow(1-2/(9*free)+4*math.Sqrt(2/(9*free)), 3); chi2 > most {
		t.Errorf("chi-squared is %.1f with %.0f degrees of freedom, at most %.1f was expected", chi2, free, most)
	}
}

func zipfLaw(keys int, s float64) []float64 {
	law, sum := make([]float64, keys), 0.0
	for r := range law {
		law[r] = math.Pow(float64(r+1), -s)
		sum += law[r]
	}
	for r := range law {
		law[r] /= sum
	}
	return law
}

// byRank puts the counts of a scattered distribution in the order of ranks.
func byRank(counts []int) []int {
	ranked, by := make([]int, len(counts)), scattering(uint64(len(counts)))
	for r := range ranked {
		ranked[r] = counts[uint64(r)*by%uint64(len(counts))]
	}
	return ranked
}

func TestZipfIsExact(t *testing.T) {
	for _, s := range []float64{0.01, 0.5, 0.99, 1 - 1e-7, 1, 1 + 1e-12, 1.01, 1.5, 2, 10} {
		for _, keys := range []int{1, 2, 10, 1000, 100_000} {
			t.Run(fmt.Sprint(s, " of ", keys), func(t *testing.T) {
				counts := drawn(t, "zipf:"+plain(s), keys, 3)
				fits(t, byRank(counts), zipfLaw(keys, s))
			})
		}
	}
}

// Ranks of one cell are drawn as if all were as frequent as its first, and the
// others are rejected more often: what is drawn of the halves of all cells
// would be the same without.
func TestZipfWithinCells(t *testing.T) {
	const n, times = 1_000_000, 4_000_000
	z, r := newZipf(n, 1), newRandom(12, 0)
	half := make([]int8, n) // 1 or 2 of the cell, 0: it has none
	law, counts := [3]float64{}, [3]float64{}
	for _, c := range z.cells {
		for i := range c.width / 2 {
			half[c.first+i], half[c.first+c.width-1-i] = 1, 2
		}
	}
	for rank, p := range zipfLaw(n, 1) {
		law[half[rank]] += p
	}
	for range times {
		counts[half[z.next(&r)]]++
	}
	for i, p := range law {
		if sigma := math.Sqrt(p * (1 - p) / times); math.Abs(counts[i]/times-p) > 4*sigma {
			t.Errorf("half %d: a share of %.5f, want %.5f", i, counts[i]/times, p)
		}
	}
}

func TestHotKeysAreScattered(t *testing.T) {
	const keys = 10_000
	counts, by := drawn(t, "zipf:0.99", keys, 4), scattering(keys)
	hot := make([]int, 0, 10)
	for r := range uint64(10) {
		hot = append(hot, int(r*by%keys))
	}
	slices.Sort(hot)
	for i := 1; i < len(hot); i++ {
		if apart := hot[i] - hot[i-1]; apart < keys/50 {
			t.Errorf("of the ten hottest keys, %d and %d are %d apart", hot[i-1], hot[i], apart)
		}
	}
	if hottest := slices.Index(counts, slices.Max(counts)); hottest != 0 {
		t.Errorf("key %d is the hottest, want that of rank 0", hottest)
	}
}

func TestLatest(t *testing.T) {
	for _, keys := range []int{1, 2, 10_000} {
		counts := drawn(t, "latest", keys, 5)
		slices.Reverse(counts)
		fits(t, counts, zipfLaw(keys, latestExponent))
	}
}

func TestUniform(t *testing.T) {
	for _, keys := range []int{1, 3, 1000, 65_537} {
		fits(t, drawn(t, "uniform", keys, 6), zipfLaw(keys, 0))
	}
}

func TestHotspot(t *testing.T) {
	for _, test := range []struct {
		text      string
		keys, hot int
		hits      float64
	}{
		{"hotspot:90/10", 1000, 100, 0.9},
		{"hotspot:50/0.1", 10_000, 10, 0.5},
		{"hotspot:99.9/0.001", 1000, 1, 0.999}, // at least one key is hot
		{"hotspot:100/20", 1000, 200, 1},
		{"hotspot:10/50", 10, 5, 0.1},
		{"hotspot:80/100", 77, 77, 1}, // no key is left
	} {
		t.Run(test.text, func(t *testing.T) {
			law := make([]float64, test.keys)
			for r := range law {
				if r < test.hot {
					law[r] = test.hits / float64(test.hot)
				} else {
					law[r] = (1 - test.hits) / float64(test.keys-test.hot)
				}
			}
			fits(t, byRank(drawn(t, test.text, test.keys, 7)), law)
		})
	}
}

func TestSequential(t *testing.T) {
	p, _ := ParsePicks("sequential")
	for _, workers := range []int{1, 3, 10, 13} {
		const keys = 10
		seen := map[int]int{}
		for w := range workers {
			k, last := p.Over(keys).Picker(1, w, workers), -1
			for range keys {
				key := k.Next()
				if key%workers != w%keys || key <= last && key != w%keys {
					t.Fatalf("worker %d of %d picks %d after %d", w, workers, key, last)
				}
				last = key
				seen[key]++
			}
		}
		if len(seen) != keys {
			t.Errorf("%d workers pick %d of %d keys", workers, len(seen), keys)
		}
	}
}

// Every key can be picked: scattering is a permutation.
func TestScatteringIsAPermutation(t *testing.T) {
	for n := range uint64(2000) {
		n++
		if by := scattering(n); gcd(by, n) != 1 {
			t.Fatalf("%d keys: %d has a divisor in common", n, by)
		}
	}
}

var everyPick = []string{"sequential", "uniform", "zipf:0.99", "zipf:1", "zipf:1.3", "hotspot:90/10", "latest"}

func TestPickersAreDeterministic(t *testing.T) {
	for _, text := range everyPick {
		p, _ := ParsePicks(text)
		picked := func(seed uint64, worker int) (list []int) {
			k := p.Over(1000).Picker(seed, worker, 4)
			for range 100 {
				list = append(list, k.Next())
			}
			return list
		}
		if !slices.Equal(picked(8, 1), picked(8, 1)) {
			t.Errorf("%s: the same picker picks other keys", text)
		}
		if slices.Equal(picked(8, 1), picked(8, 2)) || text != "sequential" && slices.Equal(picked(8, 1), picked(9, 1)) {
			t.Errorf("%s: other pickers pick the same keys", text)
		}
	}
}

func TestPickingAllocatesNothing(t *testing.T) {
	for _, text := range everyPick {
		k, sum := pick(t, text, 1000, 1), 0
		if n := testing.AllocsPerRun(1000, func() { sum += k.Next() }); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}

func TestWeights(t *testing.T) {
	k := pick(t, "uniform", 1, 9)
	for _, weights := range [][]int{{1}, {1, 1}, {95, 5}, {1, 2, 3, 4}, {LargestWeight, LargestWeight}} {
		var total float64
		for _, w := range weights {
			total += float64(w)
		}
		law, counts, draw := make([]float64, len(weights)), make([]int, len(weights)), NewWeights(weights)
		for i, w := range weights {
			law[i] = float64(w) / total
		}
		for range draws {
			counts[k.Choose(draw)]++
		}
		fits(t, counts, law)
	}
}

func TestShares(t *testing.T) {
	k := pick(t, "uniform", 1, 10)
	for _, part := range []float64{0, 0.01, 0.5, 1} {
		counts, share := []int{0, 0}, ShareOf(part)
		for range draws {
			if k.Happens(share) {
				counts[0]++
			} else {
				counts[1]++
			}
		}
		fits(t, counts, []float64{part, 1 - part})
		if (part == 0 || part == 1) && counts[int(part)] != 0 {
			t.Errorf("a share of %v: %v", part, counts)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	for _, text := range everyPick {
		for _, keys := range []int{100_000, 10_000_000} {
			b.Run(fmt.Sprint(text, "/", keys), func(b *testing.B) {
				k, sum := pick(b, text, keys, 1), 0
				b.ReportAllocs()
				for b.Loop() {
					sum += k.Next()
				}
			})
		}
	}
}

func BenchmarkOver(b *testing.B) {
	p, _ := ParsePicks("zipf:0.99")
	for b.Loop() {
		p.Over(10_000_000)
	}
}
