package plan

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

// Lacking is that new cannot measure what base can.
type Lacking struct{ text string }

func (l Lacking) Error() string { return l.text }

// Align brings the points of new into the order of those of base. Cells belong
// together if their keys are equal but for the fields in which the sides are to
// differ. A cell that base skips is left out of new, which skips it then for
// that reason. The error is Lacking if new skips a cell of base; else it names
// what else differs, or what is ambiguous.
func Align(base, other *Plan, differ []results.Field) error {
	places, err := placesOf(other, differ, "new")
	if err != nil {
		return err
	}
	if _, err := placesOf(base, differ, "base"); err != nil {
		return err
	}
	var aligned []int
	for i, p := range base.Points {
		key := cellKey(p, base.ends[i], differ)
		j, ok := places[key]
		if !ok {
			return unmatched(base, other, i, differ)
		}
		if err := sameKinds(p, other.Points[j]); err != nil {
			return err
		}
		aligned = append(aligned, j)
		delete(places, key)
	}
	for _, j := range slices.Sorted(maps.Values(places)) {
		p := other.Points[j]
		reason := base.skips(p, differ)
		if reason == "" {
			return fmt.Errorf("%s has no counterpart in base: let both sides have the same cells", describe(p))
		}
		other.Skips = append(other.Skips, results.Skip{Point: p, Reason: "base cannot be measured: " + reason})
	}
	if len(aligned) == 0 {
		return errors.New("the sides have no cell in common that can be measured")
	}
	other.Keep(aligned)
	return nil
}

// skips is why a plan skips the cell that belongs to p; empty if it does not.
func (p *Plan) skips(point results.Point, differ []results.Field) string {
	key := cellKey(point, results.Ending{}, differ)
	for _, s := range p.Skips {
		if cellKey(s.Point, results.Ending{}, differ) == key {
			return s.Reason
		}
	}
	return ""
}

// sameKinds refuses to set beside each other what is counted in other ops.
func sameKinds(p, q results.Point) error {
	a, err := scenarios.Named(p.Scenario)
	if err != nil {
		return err
	}
	b, err := scenarios.Named(q.Scenario)
	if err != nil {
		return err
	}
	if p.Load.Lines != q.Load.Lines {
		return fmt.Errorf("%s with other commands counts other ops: they cannot be compared", a.Name)
	}
	same := func(k, l scenarios.Kind) bool { return k.Name == l.Name && k.Unit == l.Unit }
	if !slices.EqualFunc(a.KindsFor(scenarios.Load(p.Load)), b.KindsFor(scenarios.Load(q.Load)), same) {
		return fmt.Errorf("%s and %s count other ops: they cannot be compared", a.Name, b.Name)
	}
	return nil
}

// Keep leaves only some of the points, by index.
func (p *Plan) Keep(points []int) {
	var kept []results.Point
	var ends []results.Ending
	for _, i := range points {
		kept, ends = append(kept, p.Points[i]), append(ends, p.ends[i])
	}
	p.Points, p.ends = kept, ends
}

// Interleave lays the trials of two aligned plans out as one: in every round
// both sides of every cell, one right after the other, the cells in a shuffle of
// their own. Of the rounds, which must be even and as many on both sides, half
// begin with base. The two trials of a pair go through the same keys in the same
// order with other values, so that a SET which is lost shows, and both servers
// get the same keys. It returns the side, 0 for base or 1 for new, of each trial
// in turn.
func Interleave(base, other *Plan) (sides []int) {
	random := rand.New(rand.NewPCG(base.Seed, 2))
	first := firstSides(random, len(base.Points), base.Rounds)
	base.Trials, other.Trials = nil, nil
	for round := range base.Rounds {
		for _, point := range random.Perm(len(base.Points)) {
			trial, seed := Trial{Point: point, Round: round + 1, Pair: len(base.Trials) + 1}, random.Uint64()
			for _, side := range []int{first[point][round], 1 - first[point][round]} {
				p := []*Plan{base, other}[side]
				sides = append(sides, side)
				trial.Order, trial.Seed = len(sides), seed^uint64(side)
				trial.Limit, trial.Warmup = p.ends[point].Limit, p.ends[point].Warmup
				p.Trials = append(p.Trials, trial)
			}
		}
	}
	base.Datasets = datasets(slices.Concat(base.Points, other.Points))
	other.Datasets = base.Datasets
	return sides
}

// firstSides is which side begins, by point and round: of two rounds that
// follow each other either side begins one, so that a run may end after any two.
func firstSides(random *rand.Rand, points, rounds int) [][]int {
	first := make([][]int, points)
	for i := range first {
		for range rounds / 2 {
			side := random.IntN(2)
			first[i] = append(first[i], side, 1-side)
		}
	}
	return first
}

// placesOf has the place of each cell of a side by its key.
func placesOf(p *Plan, differ []results.Field, side string) (map[results.Key]int, error) {
	places := map[results.Key]int{}
	for i, point := range p.Points {
		key := cellKey(point, p.ends[i], differ)
		if j, taken := places[key]; taken {
			return nil, fmt.Errorf("%s has %s and %s, which differ only in what the sides differ in: give one of them",
				side, describe(p.Points[j]), describe(point))
		}
		places[key] = i
	}
	return places, nil
}

func describe(p results.Point) string { return p.Scenario + " " + p.Client() }

func cellKey(p results.Point, e results.Ending, differ []results.Field) results.Key {
	h := results.Header{Servers: []results.Server{{ID: p.Server}}}
	return results.TrialKey(h, results.Trial{Point: p, Limit: e.Limit, Warmup: e.Warmup}).Without(differ...)
}

// unmatched says why a cell of base has no counterpart.
func unmatched(base, other *Plan, i int, differ []results.Field) error {
	if reason := other.skips(base.Points[i], differ); reason != "" {
		return Lacking{fmt.Sprintf("%s cannot be measured in new: %s", describe(base.Points[i]), reason)}
	}
	key := cellKey(base.Points[i], base.ends[i], differ)
	var nearest results.Key
	var fields []results.Field // in which that differs
	for j, p := range other.Points {
		k := cellKey(p, other.ends[j], differ)
		if f := results.Differing([]results.Key{key, k}); fields == nil || len(f) < len(fields) {
			fields, nearest = f, k
		}
	}
	if fields == nil {
		return errors.New("new has no cells")
	}
	f := fields[0]
	return fmt.Errorf("%s has no counterpart in new: the sides also differ in %s, base %s, new %s; let both have the same",
		describe(base.Points[i]), f, key[f], nearest[f])
}
