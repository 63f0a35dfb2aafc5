package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// How many further rounds a side somebody may want to run.
const (
	reasonableRounds = 200
	reasonableFactor = 9 // as many as there were
)

// A plan is what further rounds are reckoned from.
type plan struct {
	Shift
	margin float64 // the threshold, as a logarithm
	family int
	alpha  float64
}

// settle is why no verdict can be given, and how many further rounds a side
// would give one.
func (p plan) settle() (Cause, int) {
	change := math.Abs(p.Estimate)
	more, reasonable := p.further(p.enough(change))
	if !reasonable {
		more = 0
	}
	switch {
	case !p.design().decides(p.family, p.alpha) || math.IsInf(p.High, 1):
		least, _ := p.further(float64(Rounds(p.family, p.Paired, p.alpha)))
		return TooFew, max(more, least)
	case change >= p.margin:
		return NotSignificant, more
	case p.halfWidth() < change: // so it is not the noise
		return AtThreshold, more
	}
	return TooNoisy, more
}

// enough is how many rounds a side a change of this size needs: to be
// significant where it is beyond the threshold, else for its interval to lie
// within.
func (p plan) enough(change float64) float64 {
	if change >= p.margin {
		return float64(RoundsToSee(math.Expm1(change), p.Spread, p.Paired, p.family, p.alpha))
	}
	width := p.halfWidth() / (p.margin - change)
	return p.design().rounds() * width * width
}

// halfWidth is that of the interval, or what it would be about were it known.
func (p plan) halfWidth() float64 {
	if math.IsInf(p.High, 1) {
		return distuv.UnitNormal.Quantile(1-tail) * p.design().standardError(p.Spread)
	}
	return (p.High - p.Low) / 2
}

// further is how many rounds there are to go, one at least; paired rounds are
// run in even numbers. It tells whether anybody may want to.
func (p plan) further(enough float64) (more int, reasonable bool) {
	rounds := min(p.Base, p.New)
	more = max(1, int(math.Ceil(min(enough, mostRounds)))-rounds)
	if p.Paired {
		more = Even(more)
	}
	return more, more <= min(reasonableRounds, reasonableFactor*rounds)
}
