package report

import (
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A Disturbance is what became of the rounds of a disturbed row that are ok.
// All of it is of whole trials, whatever their kinds of op.
type Disturbance struct {
	Availability *stats.Summary // percent of the ops attempted; nil if a round attempted none
	// Times, since the disturbance.
	WithoutSuccess, FirstSuccess, Normal Delays
	Resolution                           time.Duration    // shorter pauses are ordinary
	Slice                                time.Duration    // what Normal is rounded up to
	Took                                 []time.Duration  // of each round, until what was done was made: its longest
	Tally                                *results.Tally   // of all rounds together; nil if the scenario does not count, or it is not known of one
	Redirects                            map[string]int64 // of all rounds together, "moved" and "ask"
	Dials                                *stats.Summary
}

// Delays are of rounds, in their order.
type Delays struct {
	Rounds        []stats.Delay
	Median, Worst stats.Delay
}

// disturbance is nil for a row that was not disturbed or has no good round.
func disturbance(p results.Point, good []round) *Disturbance {
	if p.Disturb == "" || len(good) == 0 {
		return nil
	}
	d := &Disturbance{
		Availability: series(good, stats.Higher, availability),
		Dials:        series(good, stats.Lower, func(g round) (float64, bool) { return float64(g.Conns.Dialled), true }),
		Tally:        tally(good), Redirects: map[string]int64{},
	}
	for _, g := range good {
		for answer, n := range g.Redirects {
			d.Redirects[answer] += n
		}
		r := course(g).Recovery()
		d.WithoutSuccess.add(r.WithoutSuccess)
		d.FirstSuccess.add(r.FirstSuccess)
		d.Normal.add(r.Normal)
		d.Took = append(d.Took, took(g.Disturbances))
		d.Resolution, d.Slice = max(d.Resolution, r.Resolution), max(d.Slice, g.Slices.Length)
	}
	return d
}

// availability is in percent of what was attempted, if anything was.
func availability(g round) (percent float64, known bool) {
	return 100 * float64(g.Ops) / float64(max(g.Attempts, 1)), g.Attempts > 0
}

func (d *Delays) add(round stats.Delay) {
	d.Rounds = append(d.Rounds, round)
	d.Median, d.Worst = stats.OverRounds(d.Rounds)
}

func course(g round) stats.Course {
	c := stats.Course{
		Window: g.Window, Length: g.Slices.Length, Ops: g.Slices.Ops, Errors: g.Slices.Errors,
		Coarse: g.Slices.Coarse, Shortest: results.OutageFrom,
	}
	for _, o := range g.Outages {
		c.Outages = append(c.Outages, stats.Outage(o))
	}
	for _, e := range g.Disturbances {
		c.Events = append(c.Events, stats.Event{At: e.At, Took: e.Took})
	}
	return c
}

func took(events []results.Disturbance) time.Duration {
	var longest time.Duration
	for _, e := range events {
		longest = max(longest, e.Took)
	}
	return longest
}

// tally adds the rounds up; nil if one has none.
func tally(good []round) *results.Tally {
	var sum results.Tally
	for _, g := range good {
		t := g.Tally
		if t == nil {
			return nil
		}
		sum.Acked, sum.Lost = sum.Acked+t.Acked, sum.Lost+t.Lost
		sum.Unsure, sum.Twice = sum.Unsure+t.Unsure, sum.Twice+t.Twice
	}
	return &sum
}
