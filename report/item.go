package report

import (
	"slices"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// An item is a Change in the making.
type item struct {
	Change
	twin   *twin
	place  int           // in the order of the report
	minAbs time.Duration // where it decided the threshold; else 0
	left   int           // rounds of either side that are ok and lack a value
}

func (st *stage) item(t *twin, m Metric, place int) item {
	it := item{twin: t, place: place, Change: Change{
		Cell: t.name, Point: t.base.Point, Op: t.base.Op, Metric: m, Absent: t.new == nil,
		Gated: t.gateable() && slices.Contains(st.gated, m.Name) && !t.offered(m),
	}}
	var base, new sample
	if !t.several {
		base = m.sample(t.base)
		if t.new != nil {
			new = m.sample(*t.new)
		}
	}
	it.Base, it.New, it.left = base.summary, new.summary, base.left+new.left
	if t.apart == "" && it.Base != nil && it.New != nil && !m.Counts {
		st.compare(&it, base.origins, new.origins)
	}
	st.setThreshold(&it)
	return it
}

// A sample is what the rounds of a row have of a metric, as far as they have a
// value; the summary is nil if most have none.
type sample struct {
	summary *stats.Summary
	origins []origin // of the values
	left    int      // rounds without one
}

func (m Metric) sample(r Row) sample {
	switch {
	case m.Counts:
		return sample{summary: m.summary(r)}
	case m.latency() && r.overloaded():
		return sample{}
	}
	var s sample
	var values []float64
	for i, g := range r.good {
		if v, known := m.value(g); known {
			values, s.origins = append(values, v), append(s.origins, r.origins[i])
		}
	}
	if s.left = len(r.good) - len(values); s.left > len(values) {
		return sample{}
	}
	s.summary = stats.Summarize(values, m.Better)
	return s
}

// compare tests the rounds that belong together, or all of both sides.
func (st *stage) compare(it *item, base, new []origin) {
	m, paired := it.Metric, st.sides.paired
	switch {
	case paired:
		pairs := together(base, new)
		it.Base, it.New = picked(it.Base, pairs, 0, m.Better), picked(it.New, pairs, 1, m.Better)
		if it.Base == nil {
			return
		}
	case it.twin.byRun():
		it.ByRun = true
		it.Base, it.New = byRun(it.Base, base, m.Better), byRun(it.New, new, m.Better)
	}
	it.Shift = stats.Compare(it.Base.Values, it.New.Values, paired, m.Better)
	if m.Better == stats.Higher && slices.Contains(it.Base.Values, 0) {
		it.Shift = stats.Shift{Base: it.Base.N, New: it.New.N, Paired: paired, Unfit: "a value of 0 has no ratio"}
	}
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

// manyRuns are enough a side that each counts once: rounds of a run have more in
// common than those of several, and are no tests of their own.
const manyRuns = 7

func (t *twin) byRun() bool {
	return len(runsOf(t.base.origins)) >= manyRuns && len(runsOf(t.new.origins)) >= manyRuns
}

// runsOf are the ids of the runs that rounds are of.
func runsOf(rounds []origin) []string {
	var runs []string
	for _, o := range rounds {
		runs = addNew(runs, o.run)
	}
	return runs
}

// byRun has the median of each run.
func byRun(s *stats.Summary, rounds []origin, better stats.Direction) *stats.Summary {
	var medians []float64
	for _, run := range runsOf(rounds) {
		var values []float64
		for i, o := range rounds {
			if o.run == run {
				values = append(values, s.Values[i])
			}
		}
		medians = append(medians, stats.Median(values))
	}
	return stats.Summarize(medians, better)
}

// summary is of a total: its only value.
func (m Metric) summary(r Row) *stats.Summary {
	n, attempts := m.total(r)
	if attempts == 0 {
		return nil
	}
	return stats.Summarize([]float64{float64(n)}, m.Better)
}

// setThreshold doubles that of the rules once at most, however many the reasons.
// It is not below the noise floor, nor below what MinAbs is of the smaller
// median.
func (st *stage) setThreshold(it *item) {
	it.Threshold = st.rules.Threshold
	if it.Metric.Tail || !st.sides.paired && (st.sides.otherDay || it.twin.elsewhere()) {
		it.Threshold *= 2
	}
	if it.Floor = st.floor(it); it.Floor != nil {
		it.Threshold = max(it.Threshold, *it.Floor)
	}
	if it.Metric.Unit != nanosecondsASample || it.Base == nil || it.New == nil {
		return
	}
	if median := min(it.Base.Median, it.New.Median); median > 0 && float64(st.rules.MinAbs) > it.Threshold*median {
		it.Threshold, it.minAbs = float64(st.rules.MinAbs)/median, st.rules.MinAbs
	}
}

// floor is the higher one of both sides, as they may differ in what is
// calibrated; nil: none is known.
func (st *stage) floor(it *item) (floor *float64) {
	if st.rules.Noise == nil {
		return nil
	}
	rows := []Row{it.twin.base}
	if it.twin.new != nil {
		rows = append(rows, *it.twin.new)
	}
	for _, r := range rows {
		if share, known := st.rules.Noise.Floor(r.Key, it.Op, it.Metric.Name); known && (floor == nil || share > *floor) {
			floor = &share
		}
	}
	return floor
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
