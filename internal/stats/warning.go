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
	gapShare  = 0.25 // of the median, between two groups of rounds
	groupSize = 2    // rounds in the smaller group
	noisyCV   = 20.0 // percent
)

// Warnings examines the values of rounds, in their order. It returns one finding
// at most, for each explains the next: a drift also spreads, and may part into
// groups; so do groups spread. No value is left out of a summary.
func (s *Summary) Warnings() []Warning {
	change, drifts := drift(s.Values)
	switch {
	case drifts:
		return []Warning{{
			Code:   "drift",
			Text:   fmt.Sprintf("over the %d rounds the values %s", s.N, moved(change)),
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

// moved is "rose by 8%", "fell by 8%".
func moved(change float64) string {
	verb := "rose"
	if change < 0 {
		verb = "fell"
	}
	return fmt.Sprintf("%s by %.0f%%", verb, 100*math.Abs(change))
}

// bimodal reports whether the largest gap between neighbours in size is wide
// and has at least two values on either side: so a client or server looks that
// the kernel places on one core in some rounds and on two in others. A single
// round apart is no group, and makes the rounds noisy instead.
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
