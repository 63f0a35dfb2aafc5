package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"respbench.dev/respbench/internal/stats"
)

// A Metric is a number of each round of a cell.
type Metric struct {
	Name   string // as it is typed: "p99"
	Better stats.Direction
	Unit   metricUnit
	Tail   bool // beyond the 90th percentile: rounds differ more
	Counts bool // a total of all rounds, failed ones too, not a value of each

	value func(round) (float64, bool)   // of a round that is ok; nil if Counts
	field func(*Row) **stats.Summary    // where a row keeps it; nil if Counts
	total func(Row) (n, attempts int64) // of all rounds; nil unless Counts
}

// A metricUnit says how a value is written.
type metricUnit int

const (
	opsPerSecond metricUnit = iota
	nanosecondsASample
	microsecondsAnOp
	countAnOp
	bytesAnOp
	plainCount
)

// metrics are all but the percentiles, which stand behind the first.
var metrics = []Metric{
	{Name: "throughput", Better: stats.Higher, Unit: opsPerSecond, value: throughput, field: func(r *Row) **stats.Summary { return &r.Throughput }},
	percentile("p50", 0.5, func(r *Row) **stats.Summary { return &r.Latency.P50 }),
	percentile("p90", 0.9, func(r *Row) **stats.Summary { return &r.Latency.P90 }),
	tail(percentile("p95", 0.95, func(r *Row) **stats.Summary { return &r.Latency.P95 })),
	tail(percentile("p99", 0.99, func(r *Row) **stats.Summary { return &r.Latency.P99 })),
	tail(percentile("p999", 0.999, func(r *Row) **stats.Summary { return &r.Latency.P999 })),
	{Name: "cpu", Better: stats.Lower, Unit: microsecondsAnOp, value: clientCPU, field: func(r *Row) **stats.Summary { return &r.CPU }},
	{Name: "server-cpu", Better: stats.Lower, Unit: microsecondsAnOp, value: serverCPU, field: func(r *Row) **stats.Summary { return &r.ServerCPU }},
	{Name: "allocs", Better: stats.Lower, Unit: countAnOp, value: allocs, field: func(r *Row) **stats.Summary { return &r.Allocs }},
	{Name: "bytes", Better: stats.Lower, Unit: bytesAnOp, value: allocBytes, field: func(r *Row) **stats.Summary { return &r.Bytes }},
	{Name: errorsMetric, Better: stats.Lower, Unit: plainCount, Counts: true, total: allErrors},
}

// Metrics lists all metrics in the order of a report.
func Metrics() []Metric { return slices.Clone(metrics) }

// MetricNamed returns one of the Metrics. The error names the choices.
func MetricNamed(name string) (Metric, error) {
	var names []string
	for _, m := range metrics {
		if m.Name == name || m.Name == strings.ReplaceAll(name, "p99.9", "p999") {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Metric{}, fmt.Errorf("unknown metric %q; have %s", name, strings.Join(names, ", "))
}

// of returns what a row has of the metric; nil if not every round has a value.
func (m Metric) of(r Row) *stats.Summary {
	if m.field == nil {
		return nil
	}
	return *m.field(&r)
}

func percentile(name string, q float64, field func(*Row) **stats.Summary) Metric {
	return Metric{
		Name: name, Better: stats.Lower, Unit: nanosecondsASample, field: field,
		value: func(g round) (float64, bool) {
			i := slices.Index(quantiles[:], q)
			return float64(g.quantiles[i].ns), g.quantiles[i].known
		},
	}
}

func tail(m Metric) Metric {
	m.Tail = true
	return m
}

func throughput(g round) (float64, bool) {
	return float64(g.kind.Ops) / g.Window.Seconds(), g.Window > 0
}

func clientCPU(g round) (float64, bool) {
	if g.Cost.UserCPU == nil || g.Cost.SystemCPU == nil {
		return 0, false
	}
	return perOp(g, micros(*g.Cost.UserCPU+*g.Cost.SystemCPU))
}

func serverCPU(g round) (float64, bool) {
	if g.ServerCPU == nil {
		return 0, false
	}
	return perOp(g, micros(*g.ServerCPU))
}

func allocs(g round) (float64, bool) { return countPerOp(g, g.Cost.Allocs) }

func allocBytes(g round) (float64, bool) { return countPerOp(g, g.Cost.Bytes) }

func countPerOp(g round, n *int64) (float64, bool) {
	if n == nil {
		return 0, false
	}
	return perOp(g, float64(*n))
}

// perOp divides by all ops of the trial, for what is spent is not known by
// kind.
func perOp(g round, spent float64) (float64, bool) {
	return spent / float64(max(g.Ops, 1)), g.Ops > 0
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// allErrors counts failed steps.
func allErrors(r Row) (n, attempts int64) {
	for _, count := range r.Errors {
		n += count
	}
	return n, r.Attempts
}
