package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A goldenShift has what R says of two sides without ties and without zeros;
// where it has ties or zeros, R does not compute exactly.
type goldenShift struct {
	Name      string
	Paired    bool
	Higher    bool // is better
	Base, New []float64

	Worse, Better       float64
	TwoSided            float64 `json:"two_sided"`
	Least               float64
	Estimate, Low, High float64
	Achieved            float64 // confidence of the interval
}

func readGolden(t *testing.T) (golden struct {
	Tests []goldenShift
	Holm  []struct{ P, Adjusted []float64 }
},
) {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	return golden
}

// rounding is what two ways to compute the same may differ by.
var rounding = cmpopts.EquateApprox(1e-9, 1e-13)

func TestCompareAgainstR(t *testing.T) {
	tests := readGolden(t).Tests
	if len(tests) < 30 {
		t.Fatalf("%d cases only", len(tests))
	}
	for _, test := range tests {
		t.Run(test.Name, func(t *testing.T) {
			better := Lower
			if test.Higher {
				better = Higher
			}
			got := Compare(test.Base, test.New, test.Paired, better)
			if diff := cmp.Diff(test.want(), got, rounding, cmpopts.IgnoreFields(Shift{}, "Spread")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if both := min(1, 2*min(got.PWorse, got.PBetter)); !cmp.Equal(test.TwoSided, both, rounding) {
				t.Errorf("two-sided p %v, want %v", both, test.TwoSided)
			}
		})
	}
}

func (g goldenShift) want() Shift {
	low, high := g.Low, g.High
	if g.Achieved < 0.9-1e-12 { // R gives the widest there is, and a warning
		low, high = math.Inf(-1), math.Inf(1)
	}
	return Shift{
		Base: len(g.Base), New: len(g.New), Paired: g.Paired,
		Estimate: g.Estimate, Low: low, High: high,
		PWorse: g.Worse, PBetter: g.Better, Least: g.Least,
	}
}

func TestHolmAgainstR(t *testing.T) {
	for _, test := range readGolden(t).Holm {
		t.Run(fmt.Sprintf("family of %d", len(test.P)), func(t *testing.T) {
			given := slices.Clone(test.P)
			if diff := cmp.Diff(test.Adjusted, Holm(given), rounding); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if !slices.Equal(given, test.P) {
				t.Error("changed what it was given")
			}
		})
	}
}

// An enumerated case has two sides of costs that are powers of two, so that
// ties and zeros are known and none is due to rounding. Where paired, new is
// how many powers above the base of its round.
type enumerated struct {
	name      string
	base, new []int
	paired    bool
}

var enumeratedCases = []enumerated{
	{"a zero", []int{1, 2, 3, 4, 5, 6}, []int{0, 1, -2, 3, 4, 5}, true},
	{"zeros and ties", []int{3, 1, 4, 1, 5, 9, 2, 6}, []int{0, 2, -1, 0, 2, 1, 0, 3}, true},
	{"ties of one sign", []int{3, 1, 4, 1, 5}, []int{1, 1, 2, 2, 2}, true},
	{"ties of both signs", []int{2, 7, 1, 8, 2, 8, 1}, []int{1, -1, 2, -2, 3, -3, 3}, true},
	{"all differ alike", []int{1, 2, 4, 5, 7, 8, 9, 11, 12, 14}, []int{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, true},
	{"one differs", []int{1, 2, 3, 4, 5, 6, 7}, []int{0, 0, 0, 1, 0, 0, 0}, true},
	{"identical pairs", []int{1, 2, 3, 4, 5, 6}, []int{0, 0, 0, 0, 0, 0}, true},
	{"ten rounds", []int{1, 1, 1, 2, 2, 2, 3, 3, 3, 4}, []int{2, 1, 1, 0, 2, 3, -1, 2, 4, 1}, true},

	{"a tie between the sides", []int{1, 2, 3, 4, 5}, []int{5, 6, 7, 8, 9}, false},
	{"ties within the sides", []int{1, 1, 2, 2, 2}, []int{3, 3, 3, 4, 4}, false},
	{"two levels", []int{1, 1, 1, 2, 1, 1}, []int{2, 2, 1, 2, 2, 2}, false},
	{"all alike", []int{5, 5, 5, 5, 5}, []int{5, 5, 5, 5, 5}, false},
	{"identical sides", []int{1, 2, 3, 4, 5, 6}, []int{6, 5, 4, 3, 2, 1}, false},
	{"unequal sides", []int{4, 4, 7}, []int{1, 4, 2, 1, 4, 3, 2, 6, 1}, false},
	{"a few against many", []int{3, 3, 2, 1, 3, 4, 2, 5, 3}, []int{5, 5, 3}, false},
	{"eight rounds", []int{1, 3, 2, 4, 3, 2, 1, 3}, []int{4, 2, 5, 3, 4, 6, 3, 5}, false},
}

func TestCompareAgainstEnumeration(t *testing.T) {
	for _, test := range slices.Concat(enumeratedCases, randomCases()) {
		t.Run(test.name, func(t *testing.T) {
			want := test.want()
			check := func(got Shift) {
				t.Helper()
				if diff := cmp.Diff(want, got, rounding, cmpopts.IgnoreFields(Shift{}, "Spread", "Least")); diff != "" {
					t.Errorf("base %v, new %v: -want +got:\n%s", test.base, test.new, diff)
				}
			}
			base, slower := powers(test.base), test.costs()
			check(Compare(base, slower, test.paired, Lower))
			check(Compare(rates(base), rates(slower), test.paired, Higher))
		})
	}
}

// randomCases have few levels, and therefore many ties.
func randomCases() []enumerated {
	random := rand.New(rand.NewPCG(1, 2))
	levels := func(n, from, to int) []int {
		out := make([]int, n)
		for i := range out {
			out[i] = from + random.IntN(to-from+1)
		}
		return out
	}
	var cases []enumerated
	for i := range 12 {
		n := 5 + random.IntN(8)
		cases = append(cases, enumerated{fmt.Sprintf("random pairs %d", i), levels(n, 0, 9), levels(n, -2, 3), true})
		n, m := 3+random.IntN(6), 3+random.IntN(6)
		cases = append(cases, enumerated{fmt.Sprintf("random sides %d", i), levels(n, 0, 4), levels(m, 1, 5), false})
	}
	return cases
}

func powers(levels []int) []float64 {
	out := make([]float64, len(levels))
	for i, level := range levels {
		out[i] = 3 * math.Exp2(float64(level))
	}
	return out
}

// rates fall as costs rise.
func rates(costs []float64) []float64 {
	out := make([]float64, len(costs))
	for i, cost := range costs {
		out[i] = 1 / cost
	}
	return out
}

// costs are of the new side.
func (e enumerated) costs() []float64 {
	if !e.paired {
		return powers(e.new)
	}
	sums := make([]int, len(e.new))
	for i, more := range e.new {
		sums[i] = e.base[i] + more
	}
	return powers(sums)
}

func (e enumerated) want() Shift {
	s := Shift{Base: len(e.base), New: len(e.new), Paired: e.paired}
	var differences []int // in halves of a power, of what the estimate is the median of
	var statistics []int  // of the permutations of as many values without ties
	if e.paired {
		s.PWorse, s.PBetter = enumeratePairs(e.new)
		differences, statistics = averages(e.new), signedRanks(untied(len(e.new)))
	} else {
		s.PWorse, s.PBetter = enumerateSides(e.base, e.new)
		differences, statistics = crossed(e.base, e.new), splits(untied(len(e.base)+len(e.new)), len(e.new))
	}
	slices.Sort(differences)
	const half = math.Ln2 / 2
	last := len(differences) - 1
	s.Estimate = half * float64(differences[last/2]+differences[(last+1)/2]) / 2
	s.Low, s.High = math.Inf(-1), math.Inf(1)
	if i := outermost(statistics); i >= 0 {
		s.Low, s.High = half*float64(differences[i]), half*float64(differences[last-i])
	}
	return s
}

// outermost is the index of the end of an interval of 90 %: of the permutations
// at most one in twenty has so small a statistic; -1 where even the smallest is
// not as rare.
func outermost(statistics []int) int {
	slices.Sort(statistics)
	lowest := statistics[0]
	end := -1
	for i, s := range statistics {
		if i+1 == len(statistics) || statistics[i+1] != s {
			if 20*(i+1) > len(statistics) {
				break
			}
			end = s - lowest
		}
	}
	return end
}

// enumeratePairs goes through all signs of the differences that are not zero.
func enumeratePairs(differences []int) (worse, better float64) {
	signed := slices.DeleteFunc(slices.Clone(differences), func(d int) bool { return d == 0 })
	sizes := make([]int, len(signed))
	for i, d := range signed {
		sizes[i] = max(d, -d)
	}
	ranks, seen := twiceRanks(sizes), 0
	for i, rank := range ranks {
		if signed[i] > 0 {
			seen += rank
		}
	}
	return tails(signedRanks(ranks), seen)
}

// enumerateSides goes through all ways to deal the values to the two sides.
func enumerateSides(base, slower []int) (worse, better float64) {
	ranks, seen := twiceRanks(slices.Concat(slower, base)), 0
	for _, rank := range ranks[:len(slower)] {
		seen += rank
	}
	return tails(splits(ranks, len(slower)), seen)
}

func tails(statistics []int, seen int) (atLeast, atMost float64) {
	for _, s := range statistics {
		if s >= seen {
			atLeast++
		}
		if s <= seen {
			atMost++
		}
	}
	all := float64(len(statistics))
	return atLeast / all, atMost / all
}

// twiceRanks are twice the ranks, whose ties share their mean.
func twiceRanks(values []int) []int {
	ranks := make([]int, len(values))
	for i, v := range values {
		ranks[i] = 1
		for _, other := range values {
			if other < v {
				ranks[i] += 2
			} else if other == v {
				ranks[i]++
			}
		}
	}
	return ranks
}

func untied(n int) []int {
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i + 1
	}
	return ranks
}

// signedRanks are the sums of ranks over each of the sets of pairs.
func signedRanks(ranks []int) []int {
	sums := []int{0}
	for _, rank := range ranks {
		for _, sum := range sums[:len(sums):len(sums)] {
			sums = append(sums, sum+rank)
		}
	}
	return sums
}

// splits are the sums of ranks over each of the sets of size many.
func splits(ranks []int, size int) []int {
	if size == 0 {
		return []int{0}
	}
	if len(ranks) < size {
		return nil
	}
	sums := splits(ranks[1:], size)
	for _, sum := range splits(ranks[1:], size-1) {
		sums = append(sums, ranks[0]+sum)
	}
	return sums
}

// averages are twice the averages of all pairs, each with itself too.
func averages(differences []int) []int {
	var sums []int
	for i, d := range differences {
		for _, other := range differences[i:] {
			sums = append(sums, d+other)
		}
	}
	return sums
}

// crossed are twice the differences between the sides.
func crossed(base, slower []int) []int {
	var differences []int
	for _, s := range slower {
		for _, b := range base {
			differences = append(differences, 2*(s-b))
		}
	}
	return differences
}
