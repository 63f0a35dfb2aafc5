package stats

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var inf = math.Inf(1)

func TestCompareWithoutRatios(t *testing.T) {
	// Two values a side are too few for an interval, three are enough.
	two := Shift{Base: 2, New: 2, Low: -inf, High: inf, PWorse: 1, PBetter: 1, Least: 1. / 6}
	three := Shift{Base: 3, New: 3, PWorse: 1, PBetter: 1, Least: 1. / 20}
	tests := []struct {
		name        string
		base, other []float64
		want        Shift
	}{
		{"nothing at all", nil, nil, Shift{Unfit: "no values"}},
		{"nothing before", nil, []float64{1}, Shift{New: 1, Unfit: "no values"}},
		{"nothing after", []float64{1}, nil, Shift{Base: 1, Unfit: "no values"}},
		{"a zero", []float64{1, 0}, []float64{1, 2}, Shift{Base: 2, New: 2, Unfit: "a value of 0 has no ratio"}},
		{"a negative", []float64{1, 2}, []float64{1, -2}, Shift{Base: 2, New: 2, Unfit: "a value below 0 has no ratio"}},
		{"not a number", []float64{math.NaN()}, []float64{1}, Shift{Base: 1, New: 1, Unfit: "a value is not a finite number"}},
		{"equally infinite", []float64{inf}, []float64{inf}, Shift{Base: 1, New: 1, Unfit: "a value is not a finite number"}},
		{"two equal", []float64{3, 3}, []float64{3, 3}, two},
		{"two zeros", []float64{0, 0}, []float64{0, 0}, two},
		{"three equal", []float64{3, 3, 3}, []float64{3, 3, 3}, three},
		{"three zeros", []float64{0, 0, 0}, []float64{0, 0, 0}, three},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Compare(test.base, test.other, false, Lower)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestComparePairsOfDifferentLengths(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two values are paired with one")
		}
	}()
	Compare([]float64{1, 2}, []float64{1}, true, Lower)
}

// TestCompareFewRounds: five pairs have an interval, their whole range, since
// 2/32 of the confidence are lost; four do not.
func TestCompareFewRounds(t *testing.T) {
	base, other := []float64{1, 1, 1, 1, 1}, []float64{1.25, 1.5, 2, 3, 4}
	five := Compare(base, other, true, Lower)
	if five.Low != math.Log(1.25) || five.High != math.Log(4) || five.PWorse != 1./32 || five.PBetter != 1 {
		t.Errorf("five pairs: %+v", five)
	}
	four := Compare(base[:4], other[:4], true, Lower)
	if four.Low != -inf || four.High != inf || four.PWorse != 1./16 {
		t.Errorf("four pairs: %+v", four)
	}
}

// TestComparePairsThatAreEqual: they count for the estimate, not for p, and do
// not make the rounds too few.
func TestComparePairsThatAreEqual(t *testing.T) {
	base := []float64{1, 2, 3, 4, 5, 6}
	same := Compare(base, base, true, Higher)
	want := Shift{Base: 6, New: 6, Paired: true, PWorse: 1, PBetter: 1, Least: 1. / 64}
	if diff := cmp.Diff(want, same); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if few := Compare(base[:4], base[:4], true, Higher); few.Low != -inf || few.High != inf {
		t.Errorf("four pairs, all equal: %+v", few)
	}
	// Of 21 averages 10 are 0, 8 are ln(2)/2 and 3 are ln(2).
	two := Compare(base, []float64{1, 2, 3, 4, 10, 12}, true, Lower)
	if two.PWorse != 0.25 || two.Estimate != math.Ln2/2 || two.Least != 1./64 {
		t.Errorf("two of six differ: %+v", two)
	}
}

// TestEqualRatiosAreTies: differences of logarithms would differ in their last
// bits, and rank.
func TestEqualRatiosAreTies(t *testing.T) {
	s := Compare([]float64{100, 330, 7, 1}, []float64{110, 300, 7.7, 1.1}, true, Lower)
	// Ranks are 2.5 each. Of 16 signs, 5 have a negative sum of at most 2.5.
	if s.PWorse != 5./16 || s.PBetter != 15./16 {
		t.Errorf("%+v", s)
	}
}

// sample draws values of few sizes, which tie, or of many.
func sample(random *rand.Rand, n int) []float64 {
	values, sizes := make([]float64, n), 3+random.IntN(4)
	if random.IntN(2) == 0 {
		sizes = 1 << 40
	}
	for i := range values {
		values[i] = 1 + float64(random.IntN(sizes))/float64(sizes)
	}
	return values
}

func TestCompareProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		paired, better := i%2 == 0, Direction(random.IntN(2))
		base := sample(random, 1+random.IntN(14))
		other := sample(random, 1+random.IntN(14))
		if paired {
			other = sample(random, len(base))
		}
		kept := [][]float64{slices.Clone(base), slices.Clone(other)}
		s := Compare(base, other, paired, better)
		if !slices.Equal(base, kept[0]) || !slices.Equal(other, kept[1]) {
			t.Fatalf("%v were changed to %v, %v", kept, base, other)
		}
		checkShift(t, s)
		if swapped := Compare(other, base, paired, better); mirrored(swapped) != s {
			t.Fatalf("%v %v: %+v, swapped %+v", base, other, s, swapped)
		}
		if scaled := Compare(times(base, 1<<20), times(other, 1<<20), paired, better); scaled != s {
			t.Fatalf("%v %v: %+v, scaled %+v", base, other, s, scaled)
		}
		shuffle(random, base, other, paired)
		if got := Compare(base, other, paired, better); got != s {
			t.Fatalf("%v: %+v, shuffled %+v", kept, s, got)
		}
	}
}

// checkShift: it is of the kind that may be shown.
func checkShift(t *testing.T, s Shift) {
	t.Helper()
	if !(s.Low <= s.Estimate && s.Estimate <= s.High) || notFinite(s.Estimate) || notFinite(s.Spread) || s.Spread < 0 {
		t.Fatalf("%+v", s)
	}
	for _, p := range []float64{s.PWorse, s.PBetter, s.Least} {
		if !(p > 0 && p <= 1 && p >= s.Least) {
			t.Fatalf("p %g: %+v", p, s)
		}
	}
}

func mirrored(s Shift) Shift {
	s.Base, s.New = s.New, s.Base
	s.Estimate, s.Low, s.High = -s.Estimate, -s.High, -s.Low
	s.PWorse, s.PBetter = s.PBetter, s.PWorse
	return s
}

func times(values []float64, factor float64) []float64 {
	scaled := slices.Clone(values)
	for i := range scaled {
		scaled[i] *= factor
	}
	return scaled
}

func shuffle(random *rand.Rand, base, other []float64, paired bool) {
	random.Shuffle(len(base), func(i, j int) {
		base[i], base[j] = base[j], base[i]
		if paired {
			other[i], other[j] = other[j], other[i]
		}
	})
	if !paired {
		random.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	}
}

func FuzzCompare(f *testing.F) {
	for _, v := range []float64{0, 1, -1, inf, math.NaN(), math.MaxFloat64, math.SmallestNonzeroFloat64} {
		f.Add(slices.Concat(eightBytes(v), eightBytes(1), eightBytes(2), eightBytes(v)), true, true)
		f.Add(slices.Concat(eightBytes(v), eightBytes(v), eightBytes(2)), false, false)
	}
	f.Fuzz(func(t *testing.T, data []byte, paired, higher bool) {
		var values []float64
		for len(data) >= 8 && len(values) < 60 {
			values = append(values, math.Float64frombits(binary.BigEndian.Uint64(data)))
			data = data[8:]
		}
		base, other := values[:len(values)/2], values[len(values)/2:]
		better := Lower
		if higher {
			better = Higher
		}
		s := Compare(base, other[:min(len(other), len(base))], paired, better)
		for _, finding := range Judge([]Case{{Shift: s, Threshold: 0.05, Gated: true}}, 0.05) {
			checkFinding(t, finding)
		}
		if s.Unfit == "" {
			checkShift(t, s)
		} else if want := (Shift{Base: s.Base, New: s.New, Paired: paired, Unfit: s.Unfit}); s != want {
			t.Fatalf("%+v", s)
		}
	})
}

func eightBytes(v float64) []byte { return binary.BigEndian.AppendUint64(nil, math.Float64bits(v)) }

func BenchmarkCompare(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []string{"10", "50", "500"} {
		for _, kind := range []string{"pairs", "pairs tied", "sides", "sides tied", "sides with one tie"} {
			base, other := benchmarked(random, map[string]int{"10": 10, "50": 50, "500": 500}[n], kind)
			b.Run(n+"/"+kind, func(b *testing.B) {
				for b.Loop() {
					Compare(base, other, strings.HasPrefix(kind, "pairs"), Lower)
				}
			})
		}
	}
}

func benchmarked(random *rand.Rand, n int, kind string) (base, other []float64) {
	base, other = make([]float64, n), make([]float64, n)
	for _, side := range [][]float64{base, other} {
		for i := range side {
			side[i] = 1 + random.Float64()/10
			if strings.HasSuffix(kind, " tied") {
				side[i] = math.Round(100*side[i]) / 100
			}
		}
	}
	if strings.HasSuffix(kind, "one tie") {
		base[0] = other[0]
	}
	return base, other
}
