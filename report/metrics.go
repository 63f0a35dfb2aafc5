package report

import (
	"cmp"
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
	field func(*Row) **stats.Summary    // where a row has it; nil if Counts
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

// metrics are those that a row is measured by. Percentiles are of response time
// where there is a schedule, else of service time.
var metrics = []Metric{
	kept(throughputMetric, stats.Higher, opsPerSecond, throughput, func(r *Row) **stats.Summary { return &r.Throughput }),
	percentile("p50", 0.5),
	percentile("p90", 0.9),
	tail(percentile("p95", 0.95)),
	tail(percentile("p99", 0.99)),
	tail(percentile("p999", 0.999)),
	kept("cpu", stats.Lower, microsecondsAnOp, clientCPU, func(r *Row) **stats.Summary { return &r.CPU }),
	kept("server-cpu", stats.Lower, microsecondsAnOp, serverCPU, func(r *Row) **stats.Summary { return &r.ServerCPU }),
	kept("allocs", stats.Lower, countAnOp, allocs, func(r *Row) **stats.Summary { return &r.Allocs }),
	kept("bytes", stats.Lower, bytesAnOp, allocBytes, func(r *Row) **stats.Summary { return &r.Bytes }),
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

func kept(name string, better stats.Direction, unit metricUnit, value func(round) (float64, bool), field func(*Row) **stats.Summary) Metric {
	return Metric{Name: name, Better: better, Unit: unit, value: value, field: field}
}

func percentile(name string, q float64) Metric {
	i := slices.Index(quantiles[:], q)
	return Metric{
		Name: name, Better: stats.Lower, Unit: nanosecondsASample,
		value: func(g round) (float64, bool) { return g.latency().quantile(i) },
		field: func(r *Row) **stats.Summary { return r.felt().percentiles()[i] },
	}
}

// latency reports whether the metric is one, which an overloaded row has not.
func (m Metric) latency() bool { return m.Unit == nanosecondsASample }

// named says which time a percentile is of, where that is the less usual one:
// "response p99".
func (m Metric) named(open bool) string {
	if open && m.latency() {
		return "response " + m.Name
	}
	return m.Name
}

func tail(m Metric) Metric {
	m.Tail = true
	return m
}

func throughput(g round) (float64, bool) {
	window := cmp.Or(g.kind.Window, g.Window)
	return float64(g.kind.Ops) / window.Seconds(), window > 0
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
