package report

import (
	"slices"
	"strconv"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// trialNote is for tables with several kinds of op.
const trialNote = "a cell left blank is that above it: of whole trials, all kinds of op together"

// once adds a column of what is of whole trials: it is written in the first row
// of a cell, and not in those of its other kinds of op.
func (b *builder) once(name, unit string, cell func(Row) string) *column {
	first := map[results.Key]string{}
	return b.add(name, unit, false, func(r Row) string {
		if op, said := first[r.Key]; said && op != r.Op {
			b.sheet.say(trialNote)
			return ""
		}
		first[r.Key] = r.Op
		return cell(r)
	})
}

func (b *builder) scaledOnce(name, unit string, by float64, of func(Row) *stats.Summary) *column {
	unit, cell := b.scaledCells(unit, by, of)
	return b.once(name, unit, cell)
}

// schedule adds how an open loop was kept.
func (b *builder) schedule() {
	if !slices.ContainsFunc(b.rows, func(r Row) bool { return r.Schedule != nil }) {
		return
	}
	digits := decimals(smallest(b.medians(onSchedule(func(s *Schedule) *stats.Summary { return s.Offered }))), 3)
	b.onSchedule("schedule", "achieved/\noffered", func(s *Schedule) string {
		return amount(s.Achieved.Median, digits) + "/" + amount(s.Offered.Median, digits)
	})
	b.onSchedule("late", "", func(s *Schedule) string { return shareWords(s.Late.Median) })
	b.timesOnce("sender lag p99", onSchedule(func(s *Schedule) *stats.Summary { return s.Lag.P99 })).rank = detail
	b.explain(func(r Row) lack {
		if r.Schedule == nil {
			return unscheduled
		}
		return tooFew(fewestSamples(r, func(g round) recorded { return g.lag }))
	})
}

var unscheduled = lack{why: "a closed loop has no schedule"}

// onSchedule is nil for a closed loop.
func onSchedule(of func(*Schedule) *stats.Summary) func(Row) *stats.Summary {
	return func(r Row) *stats.Summary {
		if r.Schedule == nil {
			return nil
		}
		return of(r.Schedule)
	}
}

func (b *builder) onSchedule(name, unit string, cell func(*Schedule) string) {
	b.once(name, unit, func(r Row) string {
		switch {
		case r.Schedule != nil:
			return cell(r.Schedule)
		case r.Throughput != nil:
			return unknown
		}
		return nothing
	}).rank = useful
	b.explain(func(Row) lack { return unscheduled })
}

// hits adds how many of the keys that were read were there.
func (b *builder) hits() {
	if !slices.ContainsFunc(b.rows, func(r Row) bool { return r.Reads != nil }) {
		return
	}
	b.add("hits", "", false, func(r Row) string {
		switch {
		case r.Reads != nil && r.Reads.Hits+r.Reads.Misses > 0:
			return shareWords(float64(r.Reads.Hits) / float64(r.Reads.Hits+r.Reads.Misses))
		case r.Throughput != nil:
			return unknown
		}
		return nothing
	}).rank = useful
	b.explain(func(r Row) lack {
		if slices.ContainsFunc(r.good, func(g round) bool { return g.kind.Reads != nil && r.Reads == nil }) {
			return lack{why: "not every round tells what it read"}
		}
		if r.unchecked() {
			return lack{why: "a client that looks at no reply does not know them"}
		}
		return lack{why: "nothing was read"}
	})
}

// shareWords writes a share with a decimal, and more only where it takes these
// to be seen as neither none nor all.
func shareWords(share float64) string {
	if share == 0 || share == 1 {
		return number(100*share, 0) + "%"
	}
	const most = 9
	digits := 1
	for ; digits < most; digits++ {
		if shown, _ := strconv.ParseFloat(strconv.FormatFloat(100*share, 'f', digits, 64), 64); shown != 0 && shown != 100 {
			break
		}
	}
	return number(100*share, digits) + "%"
}

// A metricColumn is a metric of the scenario's own, with one unit.
type metricColumn struct {
	name, unit string
	once       bool // a number a round
}

// metrics adds those that any row has: percentiles of times, means of others.
func (b *builder) metrics() {
	var columns []metricColumn
	for _, r := range b.rows {
		for _, s := range r.Metrics {
			columns = addNew(columns, metricColumn{s.Name, s.Unit, s.Once})
		}
	}
	for _, c := range columns {
		b.metric(c)
	}
}

func (b *builder) metric(c metricColumn) {
	mean := c.of(func(s Series) *stats.Summary { return s.Mean })
	if c.unit == nanosecond && c.once {
		b.metricTimes(c, "", mean)
		return
	}
	if c.unit == nanosecond {
		b.metricTimes(c, " p50", c.of(func(s Series) *stats.Summary { return s.P50 }))
		if p99 := c.of(func(s Series) *stats.Summary { return s.P99 }); b.any(p99) {
			b.metricTimes(c, " p99", p99)
		} else {
			b.metricTimes(c, " max", c.of(func(s Series) *stats.Summary { return s.Max }))
		}
		return
	}
	in := scale{plain(c.unit), 1}
	if c.unit == "bytes" {
		in = byteScale(b.medians(mean))
	}
	b.scaledOnce(c.name, in.unit, in.by, mean).rank = useful
	b.explain(c.lack)
}

func (b *builder) metricTimes(c metricColumn, suffix string, of func(Row) *stats.Summary) {
	b.timesOnce(c.name+suffix, of).rank = useful
	b.explain(c.lack)
}

// of is nil where a row has no such metric.
func (c metricColumn) of(value func(Series) *stats.Summary) func(Row) *stats.Summary {
	return func(r Row) *stats.Summary {
		s, found := r.series(c.name)
		if !found || s.Unit != c.unit || s.Once != c.once {
			return nil
		}
		return value(s)
	}
}

func (c metricColumn) lack(r Row) lack {
	s, found := r.series(c.name)
	switch {
	case !found:
		return lack{why: "nothing of it was recorded"}
	case s.Unit != c.unit || s.Once != c.once:
		return lack{why: "recorded otherwise in this cell"}
	case s.Mean == nil:
		return incomplete(r)
	}
	return tooFew(fewestSamples(r, func(g round) recorded { return g.metric(c.name) }))
}

// any reports whether any row has it.
func (b *builder) any(of func(Row) *stats.Summary) bool {
	return slices.ContainsFunc(b.rows, func(r Row) bool { return of(r) != nil })
}

func (b *builder) timesOnce(name string, of func(Row) *stats.Summary) *column {
	in := timeScale(b.medians(of))
	return b.scaledOnce(name, in.unit, in.by, of)
}

// byteScale is the largest unit in which the smallest value is at least half.
func byteScale(bytes []float64) scale {
	low := smallest(bytes)
	for _, s := range []scale{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if low >= s.by/2 {
			return s
		}
	}
	return scale{"B", 1}
}
