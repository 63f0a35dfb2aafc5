package report

import (
	"fmt"
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// latency adds the percentiles. A sample that is not one op is named: in the
// heads if it is the same for all rows, else in a column.
func (b *builder) latency() {
	suffix := ""
	if !b.variety("latency of", func(r Row) string { return r.Sample }) {
		if r := typical(b.rows); r.Sample != r.Unit {
			suffix = " (" + r.Sample + ")"
		}
	} else {
		b.sheet.columns[len(b.sheet.columns)-1].rank = important
	}
	scheduled := func(r Row) bool { return r.Schedule != nil }
	closed := func(r Row) bool { return r.Schedule == nil && r.Latency.Count > 0 }
	service := durations{
		of:       func(r Row) Latency { return r.Latency },
		recorded: func(g round) recorded { return g.service },
		rank:     important, tails: true,
	}
	if !slices.ContainsFunc(b.rows, scheduled) {
		b.percentiles("", suffix, service)
		return
	}
	b.percentiles("response ", suffix, durations{
		of:       func(r Row) Latency { return r.Response },
		recorded: func(g round) recorded { return g.response },
		rank:     important, tails: true, due: true,
	})
	service.rank, service.tails = detail, slices.ContainsFunc(b.rows, closed)
	b.percentiles("service ", suffix, service)
}

// durations are the response times or the service times.
type durations struct {
	of       func(Row) Latency
	recorded func(round) recorded
	rank     rank
	tails    bool // with the p99.9
	due      bool // from when a step was due, which in a closed loop it never is
}

func (b *builder) percentiles(time, suffix string, d durations) {
	b.times(time+"p50"+suffix, func(r Row) *stats.Summary { return d.of(r).P50 }).rank = d.rank
	b.explain(d.lack)
	b.times(time+"p99"+suffix, func(r Row) *stats.Summary { return d.of(r).P99 }).rank = d.rank
	b.explain(d.lack)
	if d.tails {
		b.times(time+"p99.9"+suffix, func(r Row) *stats.Summary { return d.of(r).P999 }).rank = max(d.rank, useful)
		b.explain(d.lack)
	}
}

// lack is why a row has no percentile.
func (d durations) lack(r Row) lack {
	switch {
	case r.overloaded():
		return lack{why: "the latencies of an overloaded cell tell how long it ran"}
	case d.due && r.Schedule == nil:
		return lack{why: "a closed loop has no response times"}
	}
	return tooFew(fewestSamples(r, d.recorded))
}

func tooFew(samples int64) lack {
	if samples == 0 {
		return lack{why: "nothing was recorded in a round"}
	}
	return lack{fmt.Sprintf("fewer than %d samples beyond it in a round", results.SamplesBeyond), samples}
}

// fewestSamples are of the round that has the fewest.
func fewestSamples(r Row, of func(round) recorded) int64 {
	var fewest int64
	for i, g := range r.good {
		if n := of(g).Count; i == 0 || n < fewest {
			fewest = n
		}
	}
	return fewest
}

// times adds a column of medians, in ns, in the unit that suits them.
func (b *builder) times(name string, of func(Row) *stats.Summary) *column {
	in := timeScale(b.medians(of))
	return b.scaled(name, in.unit, in.by, of)
}

func (b *builder) medians(of func(Row) *stats.Summary) []float64 {
	return list(b.summaries(of), func(s *stats.Summary) float64 { return s.Median })
}

func (b *builder) summaries(of func(Row) *stats.Summary) []*stats.Summary {
	var known []*stats.Summary
	for _, r := range b.rows {
		if s := of(r); s != nil {
			known = append(known, s)
		}
	}
	return known
}

// scaled adds a column of medians with the same decimals in every row.
func (b *builder) scaled(name, unit string, by float64, of func(Row) *stats.Summary) *column {
	unit, cell := b.scaledCells(unit, by, of)
	return b.add(name, unit, false, cell)
}

func (b *builder) scaledCells(unit string, by float64, of func(Row) *stats.Summary) (string, func(Row) string) {
	known := b.summaries(of)
	if len(known) == 0 {
		unit = ""
	}
	digits := columnDecimals(by, known)
	return unit, func(r Row) string {
		switch s := of(r); {
		case s != nil:
			return inColumn(s.Median/by, digits)
		case r.Throughput != nil:
			return unknown
		}
		return nothing
	}
}
