package report

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

func sideFacts(paired bool, runs, again []results.Run) Side {
	var s Side
	for _, run := range slices.Concat(runs, again) {
		s.Runs = append(s.Runs, run.Header.ID)
		if paired && s.Options == "" {
			s.Options = run.Header.Pair.Options
		}
	}
	return s
}

// differingFacts are the versions and places in which comparable cells differ.
func differingFacts(twins []twin) (base, new []string) {
	for f := range results.Fields {
		if c := f.Class(); f == results.FieldSide || c != results.Subject && c != results.Environment {
			continue
		}
		for _, t := range twins {
			if !t.measured() || t.apart != "" || t.base.Key[f] == t.new.Key[f] {
				continue
			}
			base = addFacts(base, f, t.base, *t.new)
			new = addFacts(new, f, *t.new, t.base)
		}
	}
	return base, new
}

// addFacts name a field of a row, where it differs from the other's.
func addFacts(facts []string, f results.Field, r, other Row) []string {
	value := r.Key[f]
	switch {
	case value == "":
		return facts
	case f == results.FieldLibraryVersion:
		return addNew(facts, r.Point.Library+" "+value)
	case f == results.FieldOtherVersions:
		return addModules(facts, r, other)
	case f == results.FieldTool:
		return addNew(facts, value)
	}
	return addNew(facts, f.String()+" "+value)
}

// addModules names those of another version that are not the version of a
// client that was named before. Beside another library all others are others.
func addModules(facts []string, r, other Row) []string {
	if r.Point.Library != other.Point.Library {
		return facts
	}
	theirs := strings.Split(other.Key[results.FieldOtherVersions], ", ")
	for module := range strings.SplitSeq(r.Key[results.FieldOtherVersions], ", ") {
		_, version, _ := strings.Cut(module, " ")
		said := slices.ContainsFunc(facts, func(fact string) bool { return strings.HasSuffix(fact, " "+version) })
		if !said && !slices.Contains(theirs, module) {
			facts = append(facts, module)
		}
	}
	return facts
}

// warnings are of what is gated, by side, and of raw where it moved.
func (st *stage) warnings(s *sides) []Warning {
	var all []Warning
	for _, t := range st.twins {
		if !t.gateable() {
			continue
		}
		for _, w := range t.base.Warnings {
			all = addWarning(all, w, t.name+" in base")
		}
		if t.new == nil {
			continue
		}
		for _, w := range t.new.Warnings {
			all = addWarning(all, w, t.name+" in new")
		}
	}
	all = ofRuns(all, "base", s.base)
	all = ofRuns(all, "new", s.new)
	for _, it := range st.items {
		if st.watched(&it) && (it.Finding.Verdict == stats.Regressed || it.Finding.Verdict == stats.Improved) {
			all = addWarning(all, rawMoved(it), it.Cell)
		}
	}
	return all
}

func ofRuns(all []Warning, side string, runs []results.Run) []Warning {
	for _, run := range runs {
		if run.End != nil {
			for _, w := range run.End.Warnings {
				all = addWarning(all, w, side)
			}
		}
	}
	return all
}

func rawMoved(it item) results.Warning {
	return results.Warning{
		Code:   "raw-moved",
		Text:   fmt.Sprintf("%s of raw moved by %s: the machine or the server changed", it.Metric.Name, signed(it.share(it.Shift.Estimate))),
		Advice: "what the other cells show may have the same cause: look at them beside raw, or measure both sides in one run",
	}
}

// notes are about the whole, and about what a reader may miss in it.
func (st *stage) notes(s *sides) []string {
	var notes []string
	if !st.paired {
		notes = append(notes, apartNote)
	}
	if s.halves {
		notes = append(notes, halvesNote)
	}
	notes = append(notes, st.thresholdNotes()...)
	notes = append(notes, st.noiseNotes(s)...)
	if names := st.names(func(t twin) bool { return t.base.Point.Disturb != "" }); names != "" {
		notes = append(notes, "not gated, for they were disturbed: "+names)
	}
	return append(notes, st.roundNotes()...)
}

const (
	apartNote  = "these sides were measured at different times: what the machine did in between shows as change; respbench ab measures both in one run"
	halvesNote = "not every run has its other side here: none is compared round by round"
)

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
	case !st.paired && st.otherDay:
		said += fmt.Sprintf("; here it is %s, for the sides were measured on different days", doubled)
	case !st.paired && elsewhere != "":
		said += fmt.Sprintf("; it is %s for %s, measured on different machines", doubled, elsewhere)
	}
	if len(tails) > 0 {
		said += fmt.Sprintf("; for %s it is %s, for tails vary more", strings.Join(tails, ", "), doubled)
	}
	notes := []string{said}
	var raised []string
	for _, it := range st.items {
		if it.Gated && it.Threshold > 2*plain || it.Gated && it.Threshold != plain && it.Threshold != 2*plain {
			raised = append(raised, fmt.Sprintf("%s %s to %s", it.Cell, it.Metric.Name, percent(it.Threshold)))
		}
	}
	if len(raised) > 0 {
		notes = append(notes, "thresholds raised to the noise that was calibrated: "+strings.Join(raised, ", "))
	}
	return notes
}

// noiseNotes say where a calibration is of another place.
func (st *stage) noiseNotes(s *sides) []string {
	var notes []string
	if st.rules.Noise == nil {
		return nil
	}
	for _, run := range slices.Concat(s.base, s.new) {
		if err := st.rules.Noise.Fits(run.Header); err != nil {
			notes = addNew(notes, fmt.Sprintf("the calibrated noise is not that of run %s: %v", run.Header.ID, err))
		}
	}
	return notes
}

// roundNotes say which rounds are not compared, or unequal in number.
func (st *stage) roundNotes() []string {
	var notes []string
	for _, t := range st.twins {
		if !t.measured() || t.apart != "" || !t.gateable() {
			continue
		}
		base, new := t.base.Rounds.OK, t.new.Rounds.OK
		switch dropped := max(base, new) - len(t.pairs); {
		case st.paired && dropped > 0:
			notes = append(notes, fmt.Sprintf("%s: %s left out, of which one side is not good", t.name, counted(dropped, "pair")))
		case !st.paired && base != new:
			notes = append(notes, fmt.Sprintf("%s: %s in base, %d in new", t.name, counted(base, "round"), new))
		}
	}
	return notes
}
