package stats

import (
	"fmt"
	"math"
	"slices"
)

// A Warning says why a summary may mean less than it seems.
type Warning struct {
	Code   string // stable, for programs
	Text   string // what was seen
	Advice string // what to do
}

// Thresholds of the warnings. On pinned trials the coefficient of variation
// was 3 to 10 %, on trials that the kernel moved between CPUs 47 to 75 %.
const (
	gapShare    = 0.25 // of the median, between two groups of rounds
	groupSize   = 2    // rounds in the smaller group
	noisyCV     = 20.0 // percent
	driftRounds = 5
	driftShare  = 0.10 // of the first round's value
)

// Warnings examines the values of rounds, in their order. Two of its findings
// may exclude each other: a drift also spreads, and is named alone.
func (s *Summary) Warnings() []Warning {
	switch {
	case drifts(s.Values):
		return []Warning{{
			Code:   "drift",
			Text:   fmt.Sprintf("each round was %s than the one before, by %.0f%% in all", direction(s.Values), 100*math.Abs(change(s.Values))),
			Advice: "the machine or the server was changing (heat, other load, growing data): wait until it is steady, and run again",
		}}
	case bimodal(s.Values):
		return []Warning{{
			Code:   "bimodal",
			Text:   "the rounds fall into two groups with a gap between them: the median stands for one of the groups, or for neither",
			Advice: "look for something with two states: where nothing is pinned mostly CPU placement (--pin split, --pin same), else other load",
		}}
	case s.CVPercent != nil && *s.CVPercent > noisyCV:
		return []Warning{{
			Code:   "noisy",
			Text:   fmt.Sprintf("the rounds spread by %.0f%% of their mean", *s.CVPercent),
			Advice: "end other load, run longer trials (--duration) or more --rounds, and pin (--pin split) where nothing is pinned",
		}}
	}
	return nil
}

// bimodal reports whether the largest gap between neighbours in size is wide
// and has at least two values on either side.
func bimodal(values []float64) bool {
	sorted := slices.Sorted(slices.Values(values))
	largest, at := 0.0, 0
	for i := 1; i < len(sorted); i++ {
		if gap := sorted[i] - sorted[i-1]; gap > largest {
			largest, at = gap, i
		}
	}
	return largest > gapShare*math.Abs(Median(values)) && min(at, len(sorted)-at) >= groupSize
}

// drifts reports whether the values only rise or only fall, by much: by chance
// alone, five values do in one case of 60.
func drifts(values []float64) bool {
	if len(values) < driftRounds || math.Abs(change(values)) <= driftShare {
		return false
	}
	rising := values[1] > values[0]
	for i := 1; i < len(values); i++ {
		if values[i] == values[i-1] || values[i] > values[i-1] != rising {
			return false
		}
	}
	return true
}

// change is from the first to the last, as a share of the first.
func change(values []float64) float64 {
	first, last := values[0], values[len(values)-1]
	if first == 0 {
		return 0
	}
	return (last - first) / math.Abs(first)
}

func direction(values []float64) string {
	if change(values) > 0 {
		return "higher"
	}
	return "lower"
}
