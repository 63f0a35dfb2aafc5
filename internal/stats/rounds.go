package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// power is how often a change of the smallest size that counts is found.
	power = 0.90
	// mostRounds stands for all numbers above it.
	mostRounds = math.MaxInt32
	// With manyRounds the spread is known well enough, and with manyArrangements any
	// level is attained, nearly.
	manyRounds       = 1000
	manyArrangements = 1e6
)

// LeastP is the smallest one-sided p that a test of so many values a side can
// give; where paired, of base pairs.
func LeastP(base, other int, paired bool) float64 { return design{base, other, paired}.least() }

// Decides is the largest family of tests of which one can be rejected, with so
// many values a side; 0: not even one alone.
func Decides(base, other int, paired bool, alpha float64) int {
	d := design{base, other, paired}
	family := int(min(math.Floor(alpha/d.least()), mostRounds))
	for family > 0 && !d.decides(family, alpha) { // the quotient was rounded up
		family--
	}
	return family
}

// Rounds is the smallest number of rounds a side that can reject one test of a
// family. Alpha is above 0.
func Rounds(family int, paired bool, alpha float64) int {
	rounds := 1
	for !(design{rounds, rounds, paired}).decides(family, alpha) {
		rounds++
	}
	return rounds
}

// Even is the next even number: so many paired rounds begin as often with base as
// with new.
func Even(rounds int) int { return rounds + rounds%2 }

// SmallestEffect is the smallest change, as a share (0.05), that a test of
// rounds a side finds in nine of ten cases, for this Spread. It is infinite where
// so many rounds cannot reject one test of the family.
func SmallestEffect(spread float64, rounds int, paired bool, family int, alpha float64) float64 {
	return design{rounds, rounds, paired}.smallestEffect(spread, family, alpha)
}

func (d design) smallestEffect(spread float64, family int, alpha float64) float64 {
	if d.freedom() < 1 || !d.decides(family, alpha) {
		return math.Inf(1)
	}
	return math.Expm1(d.errorsToSee(alpha/float64(max(family, 1))) * d.standardError(spread))
}

// errorsToSee is how many standard errors a change must have to be found at
// this level. A t-test needs about t + z sqrt(1 + t^2/2f), with f degrees of
// freedom. Rank tests of few values need more: they do not attain every level,
// and where all but a few arrangements must be ruled out they are less
// efficient. That last part was fitted to simulated powers.
func (d design) errorsToSee(level float64) float64 {
	attained, least := level, d.least()
	if level < manyArrangements*least {
		_, attained = d.cut(level)
	}
	f := float64(d.freedom())
	t := distuv.StudentsT{Sigma: 1, Nu: f}.Quantile(1 - attained)
	z := distuv.UnitNormal.Quantile(power)
	return (t + z*math.Sqrt(1+t*t/(2*f))) * (1 + least/(5*attained))
}

// RoundsToSee is how many rounds a side find such a change in nine of ten
// cases, and can reject it. The effect is above 0.
func RoundsToSee(effect, spread float64, paired bool, family int, alpha float64) int {
	// So many would do if the spread were known and every level attained.
	z := distuv.UnitNormal.Quantile(power) - distuv.UnitNormal.Quantile(alpha/float64(max(family, 1)))
	ratio := z * design{1, 1, paired}.standardError(spread) / math.Log1p(effect)
	rounds := max(int(min(math.Ceil(ratio*ratio), mostRounds)), Rounds(family, paired, alpha))
	for rounds < manyRounds && SmallestEffect(spread, rounds, paired, family, alpha) > effect {
		rounds++
	}
	return rounds
}
