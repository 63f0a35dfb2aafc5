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
	var options []string
	for _, run := range slices.Concat(runs, again) {
		s.Runs, s.Headers = append(s.Runs, run.Header.ID), append(s.Headers, run.Header)
		if paired && run.Header.Pair.Options != "" {
			options = addNew(options, run.Header.Pair.Options)
		}
	}
	s.Options = strings.Join(options, " and ")
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
func (st *stage) warnings() []Warning {
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
	all = ofRuns(all, "base", st.sides.base)
	all = ofRuns(all, "new", st.sides.new)
	for _, it := range st.items {
		if st.watched(&it) && (it.Finding.Verdict == stats.Regressed || it.Finding.Verdict == stats.Improved) {
			all = addWarning(all, rawMoved(it), it.Cell)
		}
		if it.Gated && it.Floor != nil && *it.Floor >= blindFrom {
			all = addWarning(all, blind(it), it.Cell)
		}
	}
	return all
}

// blindFrom is a noise floor with which a gate sees little.
const blindFrom = 0.25

func blind(it item) results.Warning {
	return results.Warning{
		Code:   "noise-floor",
		Text:   fmt.Sprintf("%s is noisy by %s here: what is smaller passes", it.Metric.Name, percent(*it.Floor)),
		Advice: "calibrate on a quieter machine, with longer trials and more rounds, or compare without --noise",
	}
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
