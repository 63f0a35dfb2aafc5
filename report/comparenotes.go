package report

import (
	"fmt"
	"slices"
	"strings"
)

const (
	apartNote  = "these sides were measured at different times: what the machine did in between shows as change; respbench ab measures both in one run"
	changeNote = "a change is the typical one from pair to pair, which need not be that between the medians"
	halvesNote = "not every run has its other side here: none is compared round by round"
)

// notes are about the whole, and about what a reader may miss in it.
func (st *stage) notes() []string {
	var notes []string
	if !st.sides.paired {
		notes = append(notes, apartNote)
	}
	if st.sides.halves {
		notes = append(notes, halvesNote)
	}
	if st.sides.paired && st.family > 0 {
		notes = append(notes, changeNote)
	}
	notes = append(notes, st.thresholdNotes()...)
	notes = append(notes, st.noiseNotes()...)
	if names := st.names(func(t twin) bool { return t.base.Point.Disturb != "" }); names != "" {
		notes = append(notes, "not gated, for they were disturbed: "+names)
	}
	for _, why := range st.unknown {
		notes = append(notes, "not measured in base: "+why)
	}
	return slices.Concat(notes, st.roundNotes(), st.leftNotes())
}

// leftNotes say where rounds count for other metrics and not for this one.
func (st *stage) leftNotes() []string {
	var notes []string
	for _, it := range st.items {
		if it.Gated && it.tested() && it.left > 0 {
			notes = append(notes, fmt.Sprintf("%s %s: %s left out, without a value of it", it.Cell, it.Metric.Name, counted(it.left, "round")))
		}
	}
	return notes
}

// names of cells; empty if there are none.
func (st *stage) names(which func(twin) bool) string {
	var names []string
	for _, t := range st.twins {
		if which(t) {
			names = addNew(names, t.name)
		}
	}
	return strings.Join(names, ", ")
}

// compared is whether verdicts rest on the rounds of both sides.
func (t *twin) compared() bool {
	return t.apart == "" && t.gateable() && t.measured() && t.new.bad() == 0
}

// thresholdNotes say what threshold is used, and why.
func (st *stage) thresholdNotes() []string {
	plain := st.rules.Threshold
	said := fmt.Sprintf("the threshold is %s, which is a fall by %s", percent(plain), percent(-fall(plain)))
	var tails []string
	for _, m := range metrics {
		if m.Tail && slices.Contains(st.gated, m.Name) {
			tails = append(tails, m.Name)
		}
	}
	doubled := percent(2 * plain)
	switch elsewhere := st.names(func(t twin) bool { return t.elsewhere() && t.apart == "" }); {
	case !st.sides.paired && st.sides.otherDay:
		said += fmt.Sprintf("; here it is %s, for the sides were measured on different days", doubled)
	case !st.sides.paired && elsewhere != "":
		said += fmt.Sprintf("; it is %s for %s, measured on different machines", doubled, elsewhere)
	}
	if len(tails) > 0 {
		said += fmt.Sprintf("; for %s it is %s, for tails vary more", strings.Join(tails, ", "), doubled)
	}
	if st.rules.MinAbs > 0 {
		said += fmt.Sprintf("; of latencies it is %s at least", durationWords(st.rules.MinAbs))
	}
	notes := []string{said}
	var raised []string
	for _, it := range st.items {
		if it.Gated && it.minAbs == 0 && it.Threshold != plain && it.Threshold != 2*plain {
			raised = append(raised, fmt.Sprintf("%s %s to %s", it.Cell, it.Metric.Name, percent(it.Threshold)))
		}
	}
	if len(raised) > 0 {
		notes = append(notes, "thresholds raised to the noise that was calibrated: "+strings.Join(raised, ", "))
	}
	return notes
}

// noiseNotes say where a calibration is of another place, and of which cells it
// says nothing.
func (st *stage) noiseNotes() []string {
	if st.rules.Noise == nil {
		return nil
	}
	var notes []string
	for _, run := range slices.Concat(st.sides.base, st.sides.new) {
		if err := st.rules.Noise.Fits(run.Header); err != nil {
			notes = addNew(notes, fmt.Sprintf("the calibrated noise is not that of run %s: %v", run.Header.ID, err))
		}
	}
	if names := st.names(func(t twin) bool { return t.compared() && !st.calibrated(t) }); names != "" {
		notes = append(notes, "no noise was calibrated for: "+names)
	}
	return notes
}

// calibrated is whether the noise of any gated metric of a cell is known.
func (st *stage) calibrated(t twin) bool {
	return slices.ContainsFunc(st.items, func(it item) bool {
		return it.Gated && it.Floor != nil && it.Cell == t.name && it.Op == t.base.Op
	})
}

// roundNotes say which rounds are not compared, or unequal in number, and what
// is taken for a round.
func (st *stage) roundNotes() []string {
	var notes []string
	for i := range st.twins {
		t := &st.twins[i]
		if !t.compared() {
			continue
		}
		notes = append(notes, t.shortfalls()...)
		base, new := t.base.Rounds.OK, t.new.Rounds.OK
		switch dropped := max(base, new) - len(t.pairs); {
		case st.sides.paired && dropped > 0:
			notes = append(notes, fmt.Sprintf("%s: %s left out, of which one side is not good%s", t.name, counted(dropped, "pair"), t.firsts()))
		case !st.sides.paired && base != new:
			notes = append(notes, fmt.Sprintf("%s: %s in base, %d in new", t.name, counted(base, "round"), new))
		}
		if !st.sides.paired {
			notes = addNew(notes, t.runNote())
		}
	}
	return slices.DeleteFunc(notes, func(note string) bool { return note == "" })
}

// shortfalls are of sides that have fewer rounds than were planned.
func (t *twin) shortfalls() []string {
	var notes []string
	for i, r := range []Row{t.base, *t.new} {
		if r.Rounds.OK < r.Rounds.Planned {
			side := []string{"base", "new"}[i]
			notes = append(notes, fmt.Sprintf("%s in %s: %d of %s: %s", t.name, side, r.Rounds.OK, counted(r.Rounds.Planned, "planned round"), r.Reason))
		}
	}
	return notes
}

// firsts says how many pairs began with which side, where these are not equal in
// number.
func (t *twin) firsts() string {
	base := 0
	for _, pair := range t.pairs {
		if t.base.origins[pair[0]].order < t.new.origins[pair[1]].order {
			base++
		}
	}
	if new := len(t.pairs) - base; base != new {
		return fmt.Sprintf("; of the others %d began with base and %d with new", base, new)
	}
	return ""
}

// runNote says what several runs count as; empty of one a side.
func (t *twin) runNote() string {
	base, new := len(runsOf(t.base.origins)), len(runsOf(t.new.origins))
	switch most := max(base, new); {
	case t.byRun():
		return fmt.Sprintf("each run counts once, by the median of its rounds: %d in base, %d in new", base, new)
	case most > 1:
		return fmt.Sprintf("rounds of %d runs count as independent of each other", most)
	}
	return ""
}
