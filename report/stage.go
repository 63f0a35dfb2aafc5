package report

import (
	"cmp"
	"math"
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A stage is one comparison of two sides: what a second one measured is not
// added to the first.
type stage struct {
	rules Rules
	gated []string // metrics
	sides *sides
	matching

	items  []item
	family int
}

func newStage(s *sides, base, new []results.Run, rules Rules, gated []string) *stage {
	st := &stage{rules: rules, gated: gated, sides: s}
	st.matching = match(rowsOf(base), rowsOf(new), results.Decided(s.differ...), rules.AllowOther)
	for i := range st.twins {
		t := &st.twins[i]
		if s.paired && t.measured() {
			t.pairs = together(t.base.origins, t.new.origins)
		}
		for _, m := range metrics {
			st.items = append(st.items, st.item(t, m, len(st.items)))
		}
	}
	return st
}

// measured is whether both sides have good rounds of it.
func (t *twin) measured() bool { return t.new != nil && t.new.Rounds.OK > 0 }

// gateable is neither the reference, nor disturbed, nor unchecked.
func (t *twin) gateable() bool {
	isRaw := t.base.Point.Library == RawLibrary && (t.new == nil || t.new.Point.Library == RawLibrary)
	return !isRaw && t.base.Point.Disturb == "" && !t.base.unchecked()
}

// offered reports whether a metric is what each side was offered, and no
// more: throughput, where the rates differ.
func (t *twin) offered(m Metric) bool {
	return m.Name == throughputMetric && t.new != nil && t.base.Point.Load.Rate != t.new.Point.Load.Rate
}

// together finds the rounds that belong together, as indexes into both.
func together(base, new []origin) [][2]int {
	places := map[int]int{} // in new, by pair
	for j, o := range slices.Backward(new) {
		places[o.pair] = j
	}
	var at [][2]int
	for i, o := range base {
		if j, there := places[o.pair]; there && o.pair != 0 {
			at = append(at, [2]int{i, j})
			delete(places, o.pair)
		}
	}
	return at
}

// isGated is the family of a first stage.
func (st *stage) isGated(it *item) bool { return it.Gated }

// judge gives verdicts on what is gated. The family is all of that, whatever
// there are values of: what cannot be tested does not make the other tests
// easier. Those of raw are corrected apart, for warnings.
func (st *stage) judge(inFamily func(*item) bool) {
	var cases []stats.Case
	var judged []*item // nil: it has its verdict
	for i := range st.items {
		it := &st.items[i]
		gated := it.Gated && inFamily(it)
		if gated && !it.Metric.Counts {
			st.family++
		}
		switch {
		case it.Gated && st.untested(it):
			if gated && !it.Metric.Counts {
				judged, cases = append(judged, nil), append(cases, stats.Case{Shift: stats.Shift{Unfit: "untested"}, Gated: true})
			}
		case it.tested() && (gated || st.watched(it)):
			judged, cases = append(judged, it), append(cases, stats.Case{Shift: it.Shift, Threshold: it.Threshold, Gated: gated})
		}
	}
	for i, f := range stats.Judge(cases, st.rules.Alpha) {
		it := judged[i]
		if it == nil {
			continue
		}
		if it.Finding = f; cases[i].Gated {
			it.Verdict = f.Verdict
		}
	}
	for i := range st.items {
		st.explain(&st.items[i])
	}
}

// watched is of raw, which moves with the machine and the server.
func (st *stage) watched(it *item) bool {
	return it.Point.Library == RawLibrary && !it.twin.gateable() && it.Point.Disturb == "" && slices.Contains(st.gated, it.Metric.Name)
}

// byWeight are the verdicts as a report has them.
var byWeight = []stats.Verdict{stats.Regressed, Missing, Incomparable, stats.Inconclusive, stats.Improved, stats.Unchanged, NotTold}

// changes are sorted: what is gated first, by verdict, then by size; the rest
// as in a report.
func (st *stage) changes() []Change {
	slices.SortStableFunc(st.items, func(a, b item) int {
		return cmp.Or(
			cmp.Compare(slices.Index(byWeight, a.Verdict), slices.Index(byWeight, b.Verdict)),
			cmp.Compare(b.size(), a.size()),
			cmp.Compare(a.place, b.place),
		)
	})
	changes := make([]Change, len(st.items))
	for i, it := range st.items {
		changes[i] = it.Change
	}
	return changes
}

// size is 0 of what is not gated, which stays in its order.
func (it item) size() float64 {
	if !it.Gated {
		return 0
	}
	return math.Abs(it.Shift.Estimate)
}
