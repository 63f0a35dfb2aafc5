package report

import (
	"math"

	"respbench.dev/respbench/internal/stats"
)

// tailFactor is how much wider than others the thresholds and intervals of
// tails may be.
const tailFactor = 2

// Narrow reports whether the interval of every gated test reaches at most this
// share to either side; of tails, twice that. It looks at no estimate. Where there
// is no test, nothing is narrow.
func (c *Comparison) Narrow(share float64) bool {
	tested := false
	for _, change := range c.Changes {
		if !change.Gated || !change.tested() {
			continue
		}
		tested = true
		if (change.Shift.High-change.Shift.Low)/2 > math.Log1p(change.Metric.allowed(share)) {
			return false
		}
	}
	return tested
}

// Narrow reports whether the interval of every row's median throughput, p50 and
// p99 reaches at most this share to either side; of p99, twice that. Where nothing
// was measured, nothing is narrow.
func (s *Summary) Narrow(share float64) bool {
	measured := false
	for _, r := range s.Rows {
		for _, name := range DefaultMetrics {
			m, err := MetricNamed(name)
			v := m.of(r)
			if err != nil || v == nil {
				continue
			}
			if measured = true; !narrow(v, m.allowed(share)) {
				return false
			}
		}
	}
	return measured
}

func narrow(s *stats.Summary, share float64) bool {
	return s.Low != nil && *s.High-*s.Low <= 2*share*math.Abs(s.Median)
}

// allowed is a share as it holds for the metric.
func (m Metric) allowed(share float64) float64 {
	if m.Tail {
		return tailFactor * share
	}
	return share
}
