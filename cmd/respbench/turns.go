package main

import (
	"fmt"

	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// Rounds of a run that ends when its intervals are narrow enough, unless others
// are asked for.
const (
	mostRounds     = 50
	leastRunRounds = 6 // below it, a median has no interval
)

// turns are the trials of both sides, as they are shown and as they came out.
type turns struct {
	*progress.Display
	number int
	keep   bool                       // the records of the trials
	trials map[string][]results.Trial // by side
}

// A sideTurns observes one side.
type sideTurns struct {
	*turns
	side     string
	accepted func(results.Server, []results.Warning)
}

// Accepted announces the side.
func (t sideTurns) Accepted(s results.Server, warnings []results.Warning) { t.accepted(s, warnings) }

// TrialStarted counts the trials of both sides.
func (t sideTurns) TrialStarted(_ int, p results.Point, round int) {
	t.number++
	t.Side(t.side)
	t.Display.TrialStarted(t.number, p, round)
}

// TrialEnded keeps the record where that is needed.
func (t sideTurns) TrialEnded(number int, record results.Trial) {
	if t.keep {
		t.trials[t.side] = append(t.trials[t.side], record)
	}
	t.Display.TrialEnded(number, record)
}

// precise tells after an even number of rounds whether the intervals of all
// gated tests are narrow enough. It looks at nothing but their width.
func (p *pair) precise(runners [2]*runner.Runner, t *turns) func(round int) bool {
	return func(round int) bool {
		if round%2 != 0 || round < max(leastPairRounds, p.needed()) {
			return false
		}
		var sides [2][]results.Run
		for i, r := range runners {
			h := r.Header
			alone := *h.Pair
			alone.Confirm, alone.Confirms = false, "" // the stage is looked at for itself
			h.Pair = &alone
			sides[i] = []results.Run{{Header: h, Trials: t.trials[p.sides[i].name], End: &results.End{Rounds: round}}}
		}
		c, err := report.Compare(sides[0], sides[1], p.rules)
		return err == nil && c.Narrow(p.options.target)
	}
}

// precise tells after a round whether the intervals of one run's medians are
// narrow enough.
func precise(h results.Header, trials []results.Trial, round int, target float64) bool {
	if round < leastRunRounds {
		return false
	}
	summary, err := report.Summarize([]results.Run{{Header: h, Trials: trials, End: &results.End{Rounds: round}}})
	return err == nil && summary.Narrow(target)
}

// announcePrecision says whether --target-ci was reached.
func (a *app) announcePrecision(target float64, ended, rounds int) {
	switch {
	case target == 0:
	case ended > 0:
		fmt.Fprintf(a.stderr, "--target-ci: every interval is narrow enough after %d of %s\n", ended, progress.Count(rounds, "round"))
	default:
		fmt.Fprintf(a.stderr, "--target-ci: not every interval is narrow enough after %s\n", progress.Count(rounds, "round"))
	}
}
