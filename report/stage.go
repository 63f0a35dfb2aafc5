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
	rules    Rules
	gated    []string // metrics
	paired   bool
	otherDay bool

	twins   []twin
	newRows []Row
	added   []string
	items   []item
	family  int
}

// An item is a Change in the making.
type item struct {
	Change
	twin  *twin
	place int // in the order of the report
}

func newStage(s *sides, base, new []results.Run, rules Rules, gated []string) *stage {
	st := &stage{rules: rules, gated: gated, paired: s.paired, otherDay: s.otherDay, newRows: rowsOf(new)}
	st.twins, st.added = match(rowsOf(base), st.newRows, results.Decided(s.differ...), rules.AllowOther)
	for i := range st.twins {
		t := &st.twins[i]
		if st.paired && t.measured() {
			t.pairs = together(t.base.pairs, t.new.pairs)
		}
		for _, m := range metrics {
			st.items = append(st.items, st.item(t, m, len(st.items)))
		}
	}
	return st
}

// measured is whether both sides have good rounds of it.
func (t *twin) measured() bool { return t.new != nil && t.new.Rounds.OK > 0 }

// gateable is neither the reference nor disturbed.
func (t *twin) gateable() bool {
	isRaw := t.base.Point.Library == RawLibrary && (t.new == nil || t.new.Point.Library == RawLibrary)
	return !isRaw && t.base.Point.Disturb == ""
}

// together finds the rounds that belong together, as indexes into both.
func together(base, new []int) [][2]int {
	var at [][2]int
	for i, pair := range base {
		if j := slices.Index(new, pair); pair != 0 && j >= 0 && slices.Index(base, pair) == i {
			at = append(at, [2]int{i, j})
		}
	}
	return at
}

func (st *stage) item(t *twin, m Metric, place int) item {
	it := item{twin: t, place: place, Change: Change{
		Cell: t.name, Point: t.base.Point, Op: t.base.Op, Metric: m,
		Gated:     t.gateable() && slices.Contains(st.gated, m.Name),
		Threshold: st.threshold(t, m),
	}}
	it.Base = m.summary(t.base)
	if t.new != nil {
		it.New = m.summary(*t.new)
	}
	if t.several {
		it.Base, it.New = nil, nil
	}
	if t.apart != "" || it.Base == nil || it.New == nil || m.Counts {
		return it
	}
	if st.paired {
		it.Base, it.New = picked(it.Base, t.pairs, 0, m.Better), picked(it.New, t.pairs, 1, m.Better)
		if it.Base == nil {
			return it
		}
	}
	it.Shift = stats.Compare(it.Base.Values, it.New.Values, st.paired, m.Better)
	if m.Better == stats.Higher && slices.Contains(it.Base.Values, 0) {
		it.Shift = stats.Shift{Base: it.Base.N, New: it.New.N, Paired: st.paired, Unfit: "a value of 0 has no ratio"}
	}
	return it
}

// picked are the values of the rounds that belong together; nil if there are
// none.
func picked(s *stats.Summary, pairs [][2]int, side int, better stats.Direction) *stats.Summary {
	values := make([]float64, len(pairs))
	for i, pair := range pairs {
		values[i] = s.Values[pair[side]]
	}
	return stats.Summarize(values, better)
}

// summary is of a total, too: its only value.
func (m Metric) summary(r Row) *stats.Summary {
	if !m.Counts {
		return m.of(r)
	}
	n, attempts := m.total(r)
	if attempts == 0 {
		return nil
	}
	return stats.Summarize([]float64{float64(n)}, m.Better)
}

// threshold is doubled once at most, however many the reasons.
func (st *stage) threshold(t *twin, m Metric) float64 {
	threshold := st.rules.Threshold
	if m.Tail || !st.paired && (st.otherDay || t.elsewhere()) {
		threshold *= 2
	}
	floor := 0.0
	if st.rules.Noise != nil {
		floor, _ = st.rules.Noise.Floor(t.base.Key, t.base.Op, m.Name)
		if t.new != nil {
			now, _ := st.rules.Noise.Floor(t.new.Key, t.base.Op, m.Name)
			floor = max(floor, now)
		}
	}
	return max(threshold, floor)
}

// machineFields tell machines apart.
var machineFields = []results.Field{
	results.FieldClientHost, results.FieldCPU, results.FieldCores, results.FieldArch,
	results.FieldKernel, results.FieldServerLabel,
}

// elsewhere is whether the sides are of different machines.
func (t *twin) elsewhere() bool {
	return t.new != nil && slices.ContainsFunc(machineFields, func(f results.Field) bool {
		return t.base.Key[f] != t.new.Key[f]
	})
}

// isGated is the family of a first stage.
func (st *stage) isGated(it *item) bool { return it.Gated }

// judge gives verdicts on what is gated. Tests in the family are corrected
// together; those of raw apart from them, for warnings.
func (st *stage) judge(inFamily func(*item) bool) {
	var cases []stats.Case
	var judged []*item
	for i := range st.items {
		it := &st.items[i]
		gated := it.Gated && inFamily(it)
		switch {
		case it.Gated && st.untested(it), !it.tested(), !gated && !st.watched(it):
			continue
		case gated:
			st.family++
		}
		judged = append(judged, it)
		cases = append(cases, stats.Case{Shift: it.Shift, Threshold: it.Threshold, TooSmall: st.tooSmall(it), Gated: gated})
	}
	for i, f := range stats.Judge(cases, st.rules.Alpha) {
		judged[i].Finding = f
		if cases[i].Gated {
			judged[i].Verdict = f.Verdict
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

// tooSmall is of latencies.
func (st *stage) tooSmall(it *item) bool {
	return it.Metric.Unit == nanosecondsASample && math.Abs(it.New.Median-it.Base.Median) < float64(st.rules.MinAbs)
}

// untested gives the verdicts that need no test, and reports whether it did.
func (st *stage) untested(it *item) bool {
	switch t := it.twin; {
	case t.apart != "":
		it.Verdict = Incomparable
	case !t.measured() || t.new.Rounds.Failed > 0:
		it.Verdict = Missing
	case it.Metric.Counts:
		it.Verdict = st.counted(it)
	case !it.tested():
		it.Verdict, it.Finding.Cause = stats.Inconclusive, stats.CannotTell
	default:
		return false
	}
	it.Finding.Verdict = it.Verdict
	return true
}

// counted compares totals as shares of what was tried, exactly: where nothing
// failed before, one failure is a regression.
func (st *stage) counted(it *item) stats.Verdict {
	was, tried := it.Metric.total(it.twin.base)
	is, triedNow := it.Metric.total(*it.twin.new)
	if tried == 0 || triedNow == 0 {
		it.Finding.Cause = stats.CannotTell
		return stats.Inconclusive
	}
	before, now := float64(was)/float64(tried), float64(is)/float64(triedNow)
	switch {
	case now > before*(1+it.Threshold):
		return stats.Regressed
	case before > now*(1+it.Threshold):
		return stats.Improved
	}
	return stats.Unchanged
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
