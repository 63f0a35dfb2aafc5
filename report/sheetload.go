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
func (b *builder) once(name, unit string, cell func(Row) string) {
	first := map[results.Key]string{}
	b.add(name, unit, false, func(r Row) string {
		if op, said := first[r.Key]; said && op != r.Op {
			b.note(trialNote)
			return ""
		}
		first[r.Key] = r.Op
		return cell(r)
	})
}

func (b *builder) scaledOnce(name, unit string, by float64, of func(Row) *stats.Summary) {
	unit, cell := b.scaledCells(unit, by, of)
	b.once(name, unit, cell)
}

// schedule adds how an open loop was kept.
func (b *builder) schedule() {
	if !slices.ContainsFunc(b.rows, func(r Row) bool { return r.Schedule != nil }) {
		return
	}
	b.onSchedule("schedule", "achieved/\noffered", func(s *Schedule) string {
		return number(s.Achieved.Median, 0) + "/" + number(s.Offered.Median, 0)
	})
	b.onSchedule("late", "", func(s *Schedule) string { return shareWords(s.Late.Median) })
	b.timesOnce("sender lag p99", func(r Row) *stats.Summary {
		if r.Schedule == nil {
			return nil
		}
		return r.Schedule.Lag.P99
	})
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
	})
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

// metrics adds those that any row has: percentiles of times, means of others.
func (b *builder) metrics() {
	type column struct {
		name, unit string
		once       bool
	}
	var columns []column
	for _, r := range b.rows {
		for _, s := range r.Metrics {
			columns = addNew(columns, column{s.Name, s.Unit, s.Once})
		}
	}
	for _, c := range columns {
		of := func(value func(Series) *stats.Summary) func(Row) *stats.Summary {
			return func(r Row) *stats.Summary {
				s, found := r.series(c.name)
				if !found || s.Unit != c.unit || s.Once != c.once {
					return nil
				}
				return value(s)
			}
		}
		mean := of(func(s Series) *stats.Summary { return s.Mean })
		if c.unit == nanosecond && c.once {
			b.timesOnce(c.name, mean)
			continue
		}
		if c.unit == nanosecond {
			b.timesOnce(c.name+" p50", of(func(s Series) *stats.Summary { return s.P50 }))
			if p99 := of(func(s Series) *stats.Summary { return s.P99 }); b.any(p99) {
				b.timesOnce(c.name+" p99", p99)
			} else {
				b.timesOnce(c.name+" max", of(func(s Series) *stats.Summary { return s.Max }))
			}
			continue
		}
		in := scale{c.unit, 1}
		if c.unit == "bytes" {
			in = byteScale(b.medians(mean))
		}
		b.scaledOnce(c.name, in.unit, in.by, mean)
	}
}

// any reports whether any row has it.
func (b *builder) any(of func(Row) *stats.Summary) bool {
	return slices.ContainsFunc(b.rows, func(r Row) bool { return of(r) != nil })
}

func (b *builder) timesOnce(name string, of func(Row) *stats.Summary) {
	in := timeScale(b.medians(of))
	b.scaledOnce(name, in.unit, in.by, of)
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
