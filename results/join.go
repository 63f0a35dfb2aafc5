package results

import (
	"cmp"
	"slices"
)

// Join makes one run of each run that was resumed: the parts that go on with a
// run, which come later in the list, give it their trials, their notes and
// their end, which then states what all parts warned of and removed. What was
// planned is what the first header says. A trial that had
// not come to its end is gone where a later part made it good; a trial that
// failed stays. A part whose run is not in the list stays a run of its own.
func Join(runs []Run) []Run {
	var joined []Run
	var ends []End // of all parts so far; the last part may have none
	for _, part := range runs {
		i := resumedBy(part, joined)
		if i < 0 {
			i = len(joined)
			joined, ends = append(joined, part), append(ends, End{})
		} else {
			joined[i] = joined[i].goOn(part)
		}
		if part.End == nil {
			continue
		}
		ends[i].Removed += part.End.Removed
		ends[i].Warnings = union(ends[i].Warnings, part.End.Warnings)
		end := *joined[i].End
		end.Removed, end.Warnings = ends[i].Removed, ends[i].Warnings
		joined[i].End = &end
	}
	return joined
}

// resumedBy is which run a part goes on with: the nearest before it with the
// id; -1 if there is none, or if it begins a run.
func resumedBy(part Run, earlier []Run) int {
	if part.Header.Resumes == "" {
		return -1
	}
	for i, run := range slices.Backward(earlier) {
		if run.Header.ID == part.Header.Resumes {
			return i
		}
	}
	return -1
}

// goOn returns the run with a further part; neither is changed.
func (r Run) goOn(part Run) Run {
	again := map[int]bool{}
	for _, t := range part.Trials {
		again[t.Order] = true
	}
	trials := slices.DeleteFunc(slices.Clone(r.Trials), func(t Trial) bool { return !t.Done() && again[t.Order] })
	r.Trials = append(trials, part.Trials...)
	slices.SortStableFunc(r.Trials, func(a, b Trial) int { return cmp.Compare(a.Order, b.Order) })
	r.Header.Notes = union(r.Header.Notes, part.Header.Notes)
	r.Notes = union(r.Notes, part.Notes)
	r.End = part.End
	if r.End != nil && r.End.Status == OK && slices.ContainsFunc(r.Trials, Trial.failed) {
		end := *r.End
		end.Status = Failed // in an earlier part
		r.End = &end
	}
	return r
}

// Done reports whether the trial came to its end, good or bad: it is not owed
// any more.
func (t Trial) Done() bool { return t.Status != Interrupted && t.Status != NotRun }

func (t Trial) failed() bool { return t.Status == Failed }

// union returns what is in either, once.
func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
