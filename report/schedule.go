package report

import (
	"fmt"
	"strconv"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A Schedule is how the rounds of an open loop that are ok kept theirs. It is
// of whole trials, whatever their kinds of op.
type Schedule struct {
	Offered, Achieved *stats.Summary // ops a second
	Late, Unsent      *stats.Summary // share of the steps that came due: see results.Schedule
	Lag               Latency        // of the sender
	Overloaded        int            // rounds that could not keep it
}

// scheduleOf is nil unless all rounds had one.
func scheduleOf(good []round) *Schedule {
	s := &Schedule{}
	for _, g := range good {
		if g.Schedule == nil {
			return nil
		}
		if g.Schedule.Overloaded() {
			s.Overloaded++
		}
	}
	if len(good) == 0 {
		return nil
	}
	of := func(better stats.Direction, value func(*results.Schedule) float64) *stats.Summary {
		return series(good, better, func(g round) (float64, bool) { return value(g.Schedule), true })
	}
	s.Offered = of(stats.Higher, func(s *results.Schedule) float64 { return s.Offered })
	s.Achieved = of(stats.Higher, func(s *results.Schedule) float64 { return s.Achieved })
	s.Late = of(stats.Lower, func(s *results.Schedule) float64 { return float64(s.Late) / float64(max(s.Due, 1)) })
	s.Unsent = of(stats.Lower, func(s *results.Schedule) float64 { return float64(s.Unsent) / float64(max(s.Due, 1)) })
	s.Lag = latency(good, func(g round) recorded { return g.lag })
	return s
}

// overloaded reports whether a round of the row could not keep its schedule:
// then the row has no latencies, for those of the others alone would flatter.
func (r Row) overloaded() bool { return r.Schedule != nil && r.Schedule.Overloaded > 0 }

// wholly is whether all rounds of the row could not.
func (r Row) wholly() bool { return r.overloaded() && r.Schedule.Overloaded == r.Rounds.OK }

// overloadWords are of the worst round.
func (r Row) overloadWords() string {
	worst := 0
	for i, achieved := range r.Schedule.Achieved.Values {
		if achieved/r.Schedule.Offered.Values[i] < r.Schedule.Achieved.Values[worst]/r.Schedule.Offered.Values[worst] {
			worst = i
		}
	}
	words := "overloaded"
	if n := r.Schedule.Overloaded; n < r.Rounds.OK {
		words += fmt.Sprintf(" in %d of %s", n, counted(r.Rounds.OK, "round"))
	}
	return fmt.Sprintf("%s: achieved %s of %s a second; its latencies tell how long it ran", words,
		number(r.Schedule.Achieved.Values[worst], 0), number(r.Schedule.Offered.Values[worst], 0))
}

// open is whether a row is of an open loop.
func (r Row) open() bool { return r.Point.Load.Rate > 0 }

// rateWords writes "5,000/s", with all of its digits.
func rateWords(rate float64) string {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(rate, 'f', -1, 64), ".")
	return number(rate, len(fraction)) + "/s"
}
