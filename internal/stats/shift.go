package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Shift is how much more the new side costs than the base side: of the
// logarithms of the values, where higher is better with the sign turned. So
// what is worse is positive, and sides that are swapped mirror all of it.
type Shift struct {
	Base, New int // values a side
	Paired    bool

	// Estimate is Hodges and Lehmann's of ln(cost of new / cost of base): the
	// median of the Walsh averages of the differences where paired, else of all
	// differences; 0 where all values of both sides are equal. Low and High hold it
	// with a confidence of 90 % at least; infinite where there are too few values
	// for that.
	Estimate, Low, High float64
	// PWorse and PBetter are one-sided: of the exact signed-rank test where
	// paired, else of the exact test of Mann and Whitney; ties count half. Beyond
	// exactPairs and exactProduct they are approximate.
	PWorse, PBetter float64
	// Least is the smallest p that so many values can give, whether or not some
	// are equal: equal values say that nothing changed, not that they are too few.
	Least float64
	// Spread is the standard deviation of the differences where paired, else of
	// the logarithms within a side; 0 where too few values have none.
	Spread float64
	// Unfit says why nothing can be told: then all but the counts is zero.
	Unfit string
}

// tail is how likely Low, and how likely High, is on the wrong side, at most.
const tail = 0.05

// Compare tests two sides, base and new, given in the order of the rounds; paired values
// belong together by index. Their order else changes nothing, and neither
// slice is changed.
func Compare(base, other []float64, paired bool, better Direction) Shift {
	if paired && len(base) != len(other) {
		panic("stats: paired sides of different lengths")
	}
	s := Shift{Base: len(base), New: len(other), Paired: paired}
	pooled := slices.Concat(base, other)
	if s.Unfit = unfit(base, other); s.Unfit != "" {
		return s
	}
	s.Least = s.design().least()
	switch {
	case slices.Min(pooled) == slices.Max(pooled):
		s.equal()
	case paired:
		s.pairs(logRatios(other, base, better))
	default:
		slices.Sort(pooled)
		// Any reference does; one of the values is scaled as they are.
		reference := slices.Repeat(pooled[len(pooled)/2:][:1], max(s.Base, s.New))
		s.sides(logRatios(base, reference, better), logRatios(other, reference, better))
	}
	return s
}

// unfit is why two sides have no ratio, or empty.
func unfit(base, other []float64) string {
	if len(base) == 0 || len(other) == 0 {
		return "no values"
	}
	same := base[0]
	differs := func(v float64) bool { return v != same }
	equal := !slices.ContainsFunc(base, differs) && !slices.ContainsFunc(other, differs)
	for _, v := range slices.Concat(base, other) {
		switch {
		case notFinite(v):
			return "a value is not a finite number"
		case v == 0 && !equal:
			return "a value of 0 has no ratio"
		case v < 0 && !equal:
			return "a value below 0 has no ratio"
		}
	}
	return ""
}

// logRatios are by how much more each value costs than that beside it, sorted.
func logRatios(values, beside []float64, better Direction) []float64 {
	ratios := make([]float64, len(values))
	for i, v := range values {
		ratios[i] = logRatio(v, beside[i])
		if better == Higher {
			ratios[i] = -ratios[i]
		}
	}
	slices.Sort(ratios)
	return ratios
}

// logRatio is ln(a/b), of numbers above 0. It divides first, that equal ratios
// give equal logarithms, and the larger by the smaller, that a and b swapped
// give the same with the other sign.
func logRatio(a, b float64) float64 {
	if a < b {
		return -logRatio(b, a)
	}
	if ratio := a / b; !math.IsInf(ratio, 1) {
		return math.Log(ratio)
	}
	return math.Log(a) - math.Log(b)
}

// equal is of values that do not differ: they may be 0, which has no logarithm.
func (s *Shift) equal() {
	s.PWorse, s.PBetter = 1, 1
	if cut, _ := s.design().cut(tail); cut == 0 {
		s.Low, s.High = math.Inf(-1), math.Inf(1)
	}
}

// pairs tests sorted differences.
func (s *Shift) pairs(differences []float64) {
	s.PWorse, s.PBetter = signedRank(differences)
	averages := walshAverages(differences)
	s.Estimate = averages.median()
	cut, _ := s.design().cut(tail)
	s.Low, s.High = averages.between(cut)
	s.Spread = deviation(differences)
}

// sides tests two sorted samples.
func (s *Shift) sides(base, other []float64) {
	s.PWorse, s.PBetter = mannWhitney(base, other)
	all := differences(base, other)
	s.Estimate = all.median()
	cut, _ := s.design().cut(tail)
	s.Low, s.High = all.between(cut)
	if free := float64(s.Base + s.New - 2); free > 0 {
		squares := float64(s.Base-1)*variance(base) + float64(s.New-1)*variance(other)
		s.Spread = math.Sqrt(squares / free)
	}
}

func deviation(sorted []float64) float64 { return math.Sqrt(variance(sorted)) }

// variance is the mean of the one summed upwards and downwards: sums round, and
// values of the other sign must have the same.
func variance(sorted []float64) float64 {
	if len(sorted) < 2 {
		return 0
	}
	down := slices.Clone(sorted)
	slices.Reverse(down)
	return (stat.Variance(sorted, nil) + stat.Variance(down, nil)) / 2
}
