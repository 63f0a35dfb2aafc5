package report

import (
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A Series is a metric of the scenario's own, of whole trials. Its numbers are
// of the rounds that are ok; nil is unknown.
type Series struct {
	Name, Unit string         // the unit is "ns", "bytes", "%", or what is counted
	Better     string         // lower, higher, or empty: neither
	Mean       *stats.Summary // of the rounds' means
	P50, P99   *stats.Summary
	Max        *stats.Summary // of the rounds' largest
	Once       bool           // it is one number a round
}

// nanosecond is the unit of metrics that are times.
const nanosecond = "ns"

// seriesOf are the metrics that any round has.
func seriesOf(good []round) []Series {
	var all []Series
	for _, g := range good {
		for _, m := range g.Metrics {
			if !slices.ContainsFunc(all, func(s Series) bool { return s.Name == m.Name }) {
				all = append(all, metricOf(good, m))
			}
		}
	}
	return all
}

// metricOf summarises one metric, which is unknown unless all rounds have it.
func metricOf(good []round, m results.Metric) Series {
	better := stats.Lower
	if m.Better == "higher" {
		better = stats.Higher
	}
	s := Series{Name: m.Name, Unit: m.Unit, Better: m.Better, Once: true}
	quantile := func(q float64) *stats.Summary {
		i := slices.Index(quantiles[:], q)
		return series(good, better, func(g round) (float64, bool) { return g.metric(m.Name).quantile(i) })
	}
	s.Mean = series(good, better, func(g round) (float64, bool) { return g.metric(m.Name).Mean() })
	s.P50, s.P99 = quantile(0.5), quantile(0.99)
	s.Max = series(good, better, func(g round) (float64, bool) {
		r := g.metric(m.Name)
		if r.Max == nil {
			return 0, false
		}
		return float64(*r.Max), true
	})
	for _, g := range good {
		s.Once = s.Once && g.metric(m.Name).Count == 1
	}
	return s
}

// metric is empty where the round does not have it.
func (g round) metric(name string) recorded {
	for i, m := range g.Metrics {
		if m.Name == name {
			return g.metrics[i]
		}
	}
	return recorded{}
}

// series returns the metric of a row; false: it has none.
func (r Row) series(name string) (Series, bool) {
	for _, s := range r.Metrics {
		if s.Name == name {
			return s, true
		}
	}
	return Series{}, false
}

// reads adds up what the rounds read; nil if one does not tell.
func reads(good []round) *results.Reads {
	if len(good) == 0 {
		return nil
	}
	var sum results.Reads
	for _, g := range good {
		r := g.kind.Reads
		if r == nil {
			return nil
		}
		sum.Hits += r.Hits
		sum.Misses += r.Misses
		sum.Unintended += r.Unintended
	}
	return &sum
}
