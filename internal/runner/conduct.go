package runner

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/results"
)

// Run measures. Whatever happens, what was measured is written, our keys are
// removed, and the file is ended. An error means that nothing was measured, or
// that the results cannot be written.
func (r *Runner) Run(ctx context.Context) (Outcome, error) {
	err := conduct(ctx, []*Runner{r}, make([]int, len(r.Plan.Trials)))
	return r.outcome, err
}

// RunPair measures two sides in turns: sides names the side, 0 or 1, of each
// trial, as plan.Interleave gave them. It else does as Run; the sides end
// together, as base.Enough tells.
func RunPair(ctx context.Context, base, other *Runner, sides []int) (outcomes [2]Outcome, err error) {
	err = conduct(ctx, []*Runner{base, other}, sides)
	return [2]Outcome{base.outcome, other.outcome}, err
}

// RunServers measures on several servers in turns, into the file of the first
// runner. The plan of each is the part of whole that its server has. It else
// does as Run.
func RunServers(ctx context.Context, whole *plan.Plan, runners []*Runner) (Outcome, error) {
	index := map[string]int{}
	for i, r := range runners {
		index[plan.Server(i)] = i
		r.whole, r.serverID = whole, plan.Server(i)
		if i > 0 {
			r.joins = runners[0]
		}
	}
	var order []int
	for _, t := range whole.Trials {
		order = append(order, index[whole.Points[t.Point].Server])
	}
	err := conduct(ctx, runners, order)
	return runners[0].outcome, err
}

// conduct goes through the trials of all sides.
func conduct(ctx context.Context, sides []*Runner, order []int) (err error) {
	for _, s := range sites(sides) {
		defer s.admin.Close()
	}
	defer func() {
		cause := err
		for _, r := range slices.Backward(sides) { // the first one's file is that of those who join it
			err = errors.Join(err, r.finish(ctx, cause))
		}
	}()
	if err := begin(ctx, sides); err != nil {
		return err
	}
	for i, side := range order {
		record, err := sides[side].take(ctx)
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return nil
		case record.Status == results.NotRun:
			return giveUp(sides, sides[side], record.Reason)
		case endsEarly(sides, record.Round, order[i+1:]):
			return nil
		}
	}
	return nil
}

// giveUp records the rest of all sides as not run, since one of them cannot go
// on.
func giveUp(sides []*Runner, stuck *Runner, reason string) error {
	for _, r := range sides {
		why := reason
		if r != stuck {
			why = "the run ended with " + cmp.Or(stuck.side(), stuck.ServerLabel, stuck.serverID) + ": " + reason
		}
		if err := r.giveUp(why); err != nil {
			return err
		}
	}
	return nil
}

// endsEarly asks after a whole round whether it was enough.
func endsEarly(sides []*Runner, round int, left []int) bool {
	if len(left) == 0 || sides[0].Enough == nil {
		return false
	}
	next := sides[left[0]]
	if next.Plan.Trials[next.next].Round == round || !sides[0].Enough(round) {
		return false
	}
	for _, r := range sides {
		r.outcome.End.Rounds = round
	}
	return true
}

// begin prepares every server before anything is written down: a refusal
// leaves no results.
func begin(ctx context.Context, sides []*Runner) error {
	for _, r := range sides {
		if err := r.prepare(ctx); err != nil {
			return err
		}
	}
	for _, r := range sides {
		if first := r.joins; first != nil {
			h := &first.Header
			h.Servers, h.Notes, h.Loaded = append(h.Servers, r.Header.Servers...), append(h.Notes, r.Header.Notes...), append(h.Loaded, r.Header.Loaded...)
			h.Findings = append(h.Findings, r.Header.Findings...)
		}
	}
	for _, r := range sides {
		if r.joins == nil {
			if err := r.Out.Header(r.Header); err != nil {
				return err
			}
		}
		r.begun = true
	}
	return nil
}

// number is what is shown for trial i.
func (r *Runner) number(i int) int {
	if r.whole != nil {
		return r.Plan.Trials[i].Order
	}
	return i + 1
}

// take runs the next trial and writes its record down.
func (r *Runner) take(ctx context.Context) (results.Trial, error) {
	i := r.next
	r.next++
	record := r.nextTrial(ctx, i)
	if err := r.Out.Trial(record); err != nil {
		return record, err
	}
	r.Observer.TrialEnded(r.number(i), record)
	if record.Status == results.Failed || record.Status == results.NotRun {
		r.outcome.Failed++
	}
	return record, nil
}
