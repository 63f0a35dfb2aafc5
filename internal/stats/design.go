package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Up to these sizes the tests are exact; the normal approximation is good long
// before.
const (
	exactPairs   = 100
	exactProduct = 50 * 50 // of the sides' sizes: 50 values a side
)

// A design is what is compared: how many values a side, and whether they are
// paired. It knows how the test's statistic is distributed if nothing changed
// and no values are equal.
type design struct {
	base, new int
	paired    bool
}

func (s Shift) design() design { return design{s.Base, s.New, s.Paired} }

func (d design) exact() bool {
	if d.paired {
		return d.base <= exactPairs
	}
	return d.base*d.new <= exactProduct
}

// arrangements is how many are equally likely: of signs where paired, else of
// values to sides. It may be infinite for too many to count.
func (d design) arrangements() float64 {
	if d.paired {
		return math.Ldexp(1, d.base)
	}
	return choose(d.base+d.new, d.new)
}

// least is the smallest p.
func (d design) least() float64 {
	return max(1/d.arrangements(), math.SmallestNonzeroFloat64)
}

// decides tells whether the first step of Holm can reject one of a family.
func (d design) decides(family int, alpha float64) bool {
	return d.least()*float64(max(family, 1)) <= alpha
}

// combinations is how many there are of two values, and the highest value of the
// statistic, which counts those that speak for one side.
func (d design) combinations() int {
	if d.paired {
		return d.base * (d.base + 1) / 2
	}
	return d.base * d.new
}

// ways is by how many arrangements the statistic comes to each value of its
// lower half.
func (d design) ways() []float64 {
	half := d.combinations() / 2
	if !d.paired {
		return untiedWins(min(d.base, d.new), max(d.base, d.new), half)
	}
	ranks := make([]int, d.base)
	for i := range ranks {
		ranks[i] = i + 1
	}
	return subsetSums(ranks, half)
}

// cut is how many of the lowest values together are at most so likely, and how
// likely they are.
func (d design) cut(level float64) (values int, p float64) {
	if !d.exact() {
		from := float64(d.combinations())/2 + distuv.UnitNormal.Quantile(level)*d.deviation()
		return max(0, int(math.Floor(from+0.5))), level
	}
	all, below := d.arrangements(), 0.0
	for value, ways := range d.ways() {
		if (below+ways)/all > level {
			return value, below / all
		}
		below += ways
	}
	return d.combinations()/2 + 1, below / all
}

// deviation is that of the statistic. The variances n(n+1)(2n+1)/24 and
// nm(n+m+1)/12 are of one form.
func (d design) deviation() float64 {
	return math.Sqrt(float64(d.combinations()) * float64(d.base+d.new+1) / 12)
}

// freedom is how many degrees of it a t-test of such values has.
func (d design) freedom() int {
	if d.paired {
		return d.base - 1
	}
	return d.base + d.new - 2
}

// rounds is how many rounds a side tell as much as these.
func (d design) rounds() float64 {
	return 2 * float64(d.base) * float64(d.new) / float64(d.base+d.new)
}

// standardError is about that of an Estimate. Three over pi is the efficiency of
// the rank tests for normal values: they need a few rounds more than a t-test.
func (d design) standardError(spread float64) float64 {
	rounds := d.rounds()
	if !d.paired {
		rounds /= 2 // both sides vary
	}
	return spread / math.Sqrt(3/math.Pi*rounds)
}
