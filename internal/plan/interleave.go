package plan

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"respbench.dev/respbench/results"
)

// Align brings the points of new into the order of those of base. Cells belong
// together if their keys are equal but for the fields in which the sides are to
// differ. The error names what else differs, or what is ambiguous.
func Align(base, other *Plan, differ []results.Field) error {
	places, err := placesOf(other, differ, "new")
	if err != nil {
		return err
	}
	if _, err := placesOf(base, differ, "base"); err != nil {
		return err
	}
	points, ends := make([]results.Point, len(base.Points)), make([]results.Ending, len(base.Points))
	for i, p := range base.Points {
		j, ok := places[cellKey(p, base.ends[i], differ)]
		if !ok {
			return unmatched(base, other, i, differ)
		}
		points[i], ends[i] = other.Points[j], other.ends[j]
	}
	if len(other.Points) > len(base.Points) {
		return fmt.Errorf("new has %d cells, base %d: each needs its counterpart", len(other.Points), len(base.Points))
	}
	other.Points, other.ends = points, ends
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
// begin with base. The two trials of a pair have the same seed, and both servers
// get the same keys. It returns the side, 0 for base or 1 for new, of each trial
// in turn.
func Interleave(base, other *Plan) (sides []int) {
	random := rand.New(rand.NewPCG(base.Seed, 2))
	first := firstSides(random, len(base.Points), base.Rounds)
	base.Trials, other.Trials = nil, nil
	for round := range base.Rounds {
		for _, point := range random.Perm(len(base.Points)) {
			trial := Trial{Point: point, Round: round + 1, Pair: len(base.Trials) + 1, Seed: random.Uint64()}
			for _, side := range []int{first[point][round], 1 - first[point][round]} {
				p := []*Plan{base, other}[side]
				sides = append(sides, side)
				trial.Order = len(sides)
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
