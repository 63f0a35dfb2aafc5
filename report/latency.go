package report

import (
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// Latency is of the service times, in ns a sample. Percentiles are of each
// round, then summarised; nil if any round lacks one.
type Latency struct {
	Count                    int64 // 0: nothing is known
	Mean                     float64
	Min, Max                 int64
	P50, P90, P95, P99, P999 *stats.Summary
}

// latency leaves the percentiles to the metrics.
func latency(good []round) Latency {
	var l Latency
	var sum float64
	for _, g := range good {
		s := g.kind.Service
		if s.Min == nil || s.Max == nil {
			return Latency{}
		}
		if l.Count == 0 {
			l.Min = *s.Min
		}
		l.Min, l.Max = min(l.Min, *s.Min), max(l.Max, *s.Max)
		l.Count += s.Count
		sum += float64(s.Sum)
	}
	if l.Count > 0 {
		l.Mean = sum / float64(l.Count)
	}
	return l
}

// quantiles are those that a report gives.
var quantiles = [...]float64{0.5, 0.9, 0.95, 0.99, 0.999}

// A quantile is in ns; not known where too few samples lie beyond it.
type quantile struct {
	ns    int64
	known bool
}

// quantilesOf decodes the recording once, and keeps no more of it: a decoded
// histogram is a hundred times as large as what it was decoded from.
func quantilesOf(r results.Recording) (found [len(quantiles)]quantile) {
	d, err := r.Distribution()
	if err != nil {
		return found // a reader lets no such histogram pass
	}
	for i, q := range quantiles {
		found[i].ns, found[i].known = d.Quantile(q)
	}
	return found
}
