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

func latency(good []round) Latency {
	var l Latency
	var sum float64
	distributions := make([]results.Distribution, len(good))
	for i, g := range good {
		s := g.kind.Service
		d, err := s.Distribution()
		if err != nil || s.Min == nil || s.Max == nil {
			return Latency{} // a reader lets no such histogram pass
		}
		if l.Count == 0 {
			l.Min = *s.Min
		}
		l.Min, l.Max = min(l.Min, *s.Min), max(l.Max, *s.Max)
		l.Count += s.Count
		sum += float64(s.Sum)
		distributions[i] = d
	}
	if l.Count == 0 {
		return l
	}
	l.Mean = sum / float64(l.Count)
	l.percentiles(distributions)
	return l
}

func (l *Latency) percentiles(rounds []results.Distribution) {
	for _, p := range []struct {
		q    float64
		into **stats.Summary
	}{{0.5, &l.P50}, {0.9, &l.P90}, {0.95, &l.P95}, {0.99, &l.P99}, {0.999, &l.P999}} {
		*p.into = percentile(rounds, p.q)
	}
}

func percentile(rounds []results.Distribution, q float64) *stats.Summary {
	values := make([]float64, len(rounds))
	for i, d := range rounds {
		ns, known := d.Quantile(q)
		if !known {
			return nil
		}
		values[i] = float64(ns)
	}
	return stats.Summarize(values, stats.Lower)
}
