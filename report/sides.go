package report

import (
	"fmt"
	"slices"
	"time"

	"respbench.dev/respbench/results"
)

// NotComparable says why two sides cannot be set beside each other at all.
type NotComparable struct{ Reason string }

func (n NotComparable) Error() string { return n.Reason }

// Sides are the runs of base and new: each once, resumed ones as a whole.
type sides struct {
	base, new []results.Run
	baseAgain []results.Run // the second stages, which measure again what was flagged
	newAgain  []results.Run
	paired    bool // measured together, round by round
	differ    []string
	otherDay  bool // one side has a day that the other has not
	notes     []string
	halves    bool // of runs that were measured together, some without their other side
}

func newSides(base, new []results.Run) (*sides, error) {
	s := &sides{}
	base, new = s.read("base", base), s.read("new", new)
	if err := checkApart(base, new); err != nil {
		return nil, err
	}
	s.base, s.baseAgain = s.stages("base", base)
	s.new, s.newAgain = s.stages("new", new)
	if len(s.base) == 0 || len(s.new) == 0 {
		return nil, NotComparable{"a side holds nothing but second stages, without the runs that they confirm"}
	}
	s.otherDay = !slices.Equal(days(s.base), days(s.new))
	if s.paired = areTwins(s.base, s.new); s.paired {
		s.differ = differs(s.base, s.new)
	} else {
		s.halves = slices.ContainsFunc(s.base, isHalf) && slices.ContainsFunc(s.new, isHalf)
	}
	n := numbers{}
	for _, runs := range [][]results.Run{s.base, s.new, s.baseAgain, s.newAgain} {
		n.neutral(runs)
	}
	return s, nil
}

// read leaves out runs that were given before, and joins the parts of the rest.
func (s *sides) read(name string, given []results.Run) []results.Run {
	var runs []results.Run
	seen := map[identity]bool{}
	for _, run := range given {
		if id := identityOf(run); seen[id] {
			s.notes = addNew(s.notes, fmt.Sprintf("%s: run %s was given more than once and counts once", name, id.id))
			continue
		}
		seen[identityOf(run)] = true
		runs = append(runs, run)
	}
	runs = results.Join(runs)
	for i, run := range runs {
		runs[i].Trials = eachOnce(run.Trials)
	}
	for _, run := range runs {
		for _, note := range run.Notes {
			s.notes = append(s.notes, fmt.Sprintf("%s: run %s: %s", name, run.Header.ID, note))
		}
		if run.End == nil {
			s.notes = append(s.notes, fmt.Sprintf("%s: run %s: %s", name, run.Header.ID, cutOff))
		}
	}
	return runs
}

// eachOnce leaves out what stands twice in a file: no two trials of a run have
// the same place.
func eachOnce(trials []results.Trial) []results.Trial {
	seen := map[int]bool{}
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool {
		twice := seen[t.Order] && t.Order > 0
		seen[t.Order] = true
		return twice
	})
}

// checkApart refuses sides without a run, one that holds both sides of a run, and
// a run on both.
func checkApart(base, new []results.Run) error {
	switch {
	case len(base) == 0:
		return NotComparable{"base has no runs"}
	case len(new) == 0:
		return NotComparable{"new has no runs"}
	}
	if id := wholeRun(base); id != "" {
		return NotComparable{"base holds both sides of run " + id}
	}
	if id := wholeRun(new); id != "" {
		return NotComparable{"new holds both sides of run " + id}
	}
	for _, b := range base {
		for _, n := range new {
			if b.Header.ID == n.Header.ID && sideOf(b) == sideOf(n) {
				return NotComparable{fmt.Sprintf("run %s is on both sides", b.Header.ID)}
			}
		}
	}
	return nil
}

// wholeRun is the id of a run of which both sides are given; empty if there is
// none.
func wholeRun(runs []results.Run) string {
	sides := map[string]string{}
	for _, run := range runs {
		id, side := run.Header.ID, sideOf(run)
		if other, seen := sides[id]; seen && other != side {
			return id
		}
		sides[id] = side
	}
	return ""
}

func sideOf(run results.Run) string {
	if run.Header.Pair == nil {
		return ""
	}
	return run.Header.Pair.Side
}

func isHalf(run results.Run) bool { return run.Header.Pair != nil }

// stages tells second stages from the runs that they confirm.
func (s *sides) stages(name string, runs []results.Run) (first, second []results.Run) {
	var ids []string
	for _, run := range runs {
		if !isSecond(run) {
			first = append(first, run)
			ids = append(ids, run.Header.ID)
		}
	}
	for _, run := range runs {
		switch {
		case !isSecond(run):
		case slices.Contains(ids, run.Header.Pair.Confirms):
			second = append(second, run)
		default:
			s.notes = append(s.notes, fmt.Sprintf("%s: run %s is left out: it confirms run %s, which is not there",
				name, run.Header.ID, run.Header.Pair.Confirms))
		}
	}
	return first, second
}

func isSecond(run results.Run) bool { return isHalf(run) && run.Header.Pair.Confirms != "" }

// areTwins reports whether each run has its other side on the other side.
func areTwins(base, new []results.Run) bool {
	return slices.Equal(ids(base), ids(new)) && oneSide(base) && oneSide(new)
}

func oneSide(runs []results.Run) bool {
	return !slices.ContainsFunc(runs, func(run results.Run) bool { return !isHalf(run) || sideOf(run) != sideOf(runs[0]) })
}

func ids(runs []results.Run) []string {
	var ids []string
	for _, run := range runs {
		ids = addNew(ids, run.Header.ID)
	}
	slices.Sort(ids)
	return ids
}

// differs are the flags in which any of the runs' sides differ.
func differs(base, new []results.Run) []string {
	var flags []string
	for _, run := range slices.Concat(base, new) {
		flags = append(flags, run.Header.Pair.Differ...)
	}
	slices.Sort(flags)
	return slices.Compact(flags)
}

// days are the UTC days on which the runs began.
func days(runs []results.Run) []string {
	var days []string
	for _, run := range runs {
		days = addNew(days, run.Header.Started.UTC().Format(time.DateOnly))
	}
	slices.Sort(days)
	return days
}

// numbers give the pairs of all runs numbers of their own, from 1.
type numbers map[pairID]int

type pairID struct {
	run  string
	pair int
}

// neutral takes from trials what would keep them from being pooled: which side
// they are of, and that runs number their pairs alike. What is of no pair stays
// so.
func (n numbers) neutral(runs []results.Run) {
	for r, run := range runs {
		trials := slices.Clone(run.Trials)
		for i, t := range trials {
			trials[i].Side = ""
			if id := (pairID{run.Header.ID, t.Pair}); t.Pair != 0 {
				if n[id] == 0 {
					n[id] = len(n) + 1
				}
				trials[i].Pair = n[id]
			}
		}
		runs[r].Trials = trials
	}
}
