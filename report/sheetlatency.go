package report

import (
	"slices"

	"respbench.dev/respbench/internal/stats"
)

// latency adds the percentiles. A sample that is not one op is named: in the
// heads if it is the same for all rows, else in a column.
func (b *builder) latency() {
	suffix := ""
	if !b.variety("latency of", func(r Row) string { return r.Sample }) {
		if r := typical(b.rows); r.Sample != r.Unit {
			suffix = " (" + r.Sample + ")"
		}
	}
	scheduled := func(r Row) bool { return r.Schedule != nil }
	service := func(r Row) Latency { return r.Latency }
	if !slices.ContainsFunc(b.rows, scheduled) {
		b.percentiles("", suffix, tails, service)
		return
	}
	b.percentiles("response ", suffix, tails, func(r Row) Latency { return r.Response })
	closed := func(r Row) bool { return r.Schedule == nil && r.Latency.Count > 0 }
	b.percentiles("service ", suffix, slices.ContainsFunc(b.rows, closed), service)
}

// tails: with the p99.9.
const tails = true

func (b *builder) percentiles(time, suffix string, tails bool, of func(Row) Latency) {
	b.times(time+"p50"+suffix, func(r Row) *stats.Summary { return of(r).P50 })
	b.times(time+"p99"+suffix, func(r Row) *stats.Summary { return of(r).P99 })
	if tails {
		b.times(time+"p99.9"+suffix, func(r Row) *stats.Summary { return of(r).P999 })
	}
}

// times adds a column of medians, in ns, in the unit that suits them.
func (b *builder) times(name string, of func(Row) *stats.Summary) {
	in := timeScale(b.medians(of))
	b.scaled(name, in.unit, in.by, of)
}

func (b *builder) medians(of func(Row) *stats.Summary) []float64 {
	var values []float64
	for _, r := range b.rows {
		if s := of(r); s != nil {
			values = append(values, s.Median)
		}
	}
	return values
}

// scaled adds a column of medians with the same decimals in every row.
func (b *builder) scaled(name, unit string, by float64, of func(Row) *stats.Summary) {
	unit, cell := b.scaledCells(unit, by, of)
	b.add(name, unit, false, cell)
}

func (b *builder) scaledCells(unit string, by float64, of func(Row) *stats.Summary) (string, func(Row) string) {
	values := b.medians(of)
	if len(values) == 0 {
		unit = ""
	}
	digits := decimals(smallest(values)/by, 3)
	return unit, func(r Row) string {
		switch s := of(r); {
		case s != nil:
			return number(s.Median/by, digits)
		case r.Throughput != nil:
			return unknown
		}
		return nothing
	}
}
