package report

import (
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// Latency is of the service times, or of the response times, in ns a sample.
// Percentiles are of each round, then summarised; nil if any round lacks one.
type Latency struct {
	Count                    int64 // 0: nothing is known
	Mean                     float64
	Min, Max                 int64
	P50, P90, P95, P99, P999 *stats.Summary
}

// latency is of what a round has recorded; empty if any has nothing.
func latency(good []round, of func(round) recorded) Latency {
	var l Latency
	var sum float64
	for _, g := range good {
		s := of(g)
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
	for i, p := range l.percentiles() {
		*p = series(good, stats.Lower, func(g round) (float64, bool) { return of(g).quantile(i) })
	}
	return l
}

// percentiles are in the order of quantiles.
func (l *Latency) percentiles() [len(quantiles)]**stats.Summary {
	return [...]**stats.Summary{&l.P50, &l.P90, &l.P95, &l.P99, &l.P999}
}

// quantiles are those that a report gives.
var quantiles = [...]float64{0.5, 0.9, 0.95, 0.99, 0.999}

// A recorded is a recording, decoded as far as a report needs it: a decoded
// histogram is a hundred times as large as what it was decoded from.
type recorded struct {
	results.Recording
	quantiles [len(quantiles)]quantile
}

// A quantile is not known where too few samples lie beyond it.
type quantile struct {
	value int64
	known bool
}

func decoded(r results.Recording) recorded {
	found := recorded{Recording: r}
	d, err := r.Distribution()
	if err != nil {
		return found // a reader lets no such histogram pass
	}
	for i, q := range quantiles {
		found.quantiles[i].value, found.quantiles[i].known = d.Quantile(q)
	}
	return found
}

func (r recorded) quantile(i int) (float64, bool) {
	return float64(r.quantiles[i].value), r.quantiles[i].known
}
