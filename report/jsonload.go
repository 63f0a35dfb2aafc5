package report

import (
	"slices"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

type (
	// jsonSchedule is of the whole trials of the rounds that are ok. An
	// overloaded round leaves its row without latencies.
	jsonSchedule struct {
		Offered    *jsonMeasure `json:"offered"`           // ops a second that came due
		Achieved   *jsonMeasure `json:"achieved"`          // ops a second until the last had ended
		Late       *jsonMeasure `json:"late"`              // share of the steps that came due while their worker was in an earlier one
		Unsent     *jsonMeasure `json:"unsent"`            // share of the steps that were given up
		Lag        jsonLatency  `json:"lag_ns"`            // from when a step was due, and its worker free, until it was sent
		Overloaded int          `json:"overloaded_rounds"` // that achieved less than 99 % of what was offered
	}
	jsonReads struct {
		Hits       int64 `json:"hits"`
		Misses     int64 `json:"misses"`
		Unintended int64 `json:"unintended"` // of the misses: the key should have been there
	}
)

func (s *Schedule) json() *jsonSchedule {
	if s == nil {
		return nil
	}
	return &jsonSchedule{measure(s.Offered), measure(s.Achieved), measure(s.Late), measure(s.Unsent), s.Lag.json(), s.Overloaded}
}

func (r Row) jsonResponse() *jsonLatency {
	if r.Schedule == nil {
		return nil
	}
	return new(r.Response.json())
}

func jsonOfReads(r *results.Reads) *jsonReads {
	if r == nil {
		return nil
	}
	return &jsonReads{r.Hits, r.Misses, r.Unintended}
}

func (r Row) jsonMetrics() map[string]jsonMetric {
	metrics := map[string]jsonMetric{}
	for _, s := range r.Metrics {
		metrics[s.Name] = jsonMetric{s.Unit, known(s.Better), measure(s.Mean), measure(s.P50), measure(s.P99), largest(s.Max)}
	}
	return metrics
}

// largest is that of all rounds.
func largest(s *stats.Summary) *float64 {
	if s == nil {
		return nil
	}
	return new(slices.Max(s.Values))
}
