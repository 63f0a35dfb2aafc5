package report

import (
	"strings"
	"testing"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

func TestMetricNamed(t *testing.T) {
	for _, m := range Metrics() {
		if got, err := MetricNamed(m.Name); err != nil || got.Name != m.Name {
			t.Errorf("%s: %q, %v", m.Name, got.Name, err)
		}
	}
	if m, err := MetricNamed("p99.9"); err != nil || m.Name != "p999" {
		t.Errorf("p99.9 is %q, %v", m.Name, err)
	}
	for _, name := range []string{"", "p9", "P50", "p99.99", "xp99.9"} {
		if m, err := MetricNamed(name); err == nil || !strings.HasSuffix(err.Error(), "have throughput, p50, p90, p95, p99, p999, cpu, server-cpu, allocs, bytes, errors") {
			t.Errorf("%q is %q, %v", name, m.Name, err)
		}
	}
}

func TestMetricsOfARow(t *testing.T) {
	run := measuredRun("base", goredis(100e3, 1))
	trial := &run.Trials[0]
	allocs, bytes, server := int64(fewSamples*3), int64(fewSamples*48), *trial.Cost.UserCPU
	trial.Cost.Allocs, trial.Cost.Bytes, trial.ServerCPU = &allocs, &bytes, &server
	trial.Errors = map[string]int64{"timeout": 2, "reset": 1}
	row := rowsOf([]results.Run{run})[0]
	ns := float64(*trial.Kinds[0].Service.Min)
	want := map[string]float64{
		"throughput": fewSamples / trial.Window.Seconds(), "p50": ns, "p90": ns, "p95": ns, "p99": 2 * ns,
		"cpu": ns / 2000, "server-cpu": ns / 4000, "allocs": 3, "bytes": 48, "errors": 3,
	}
	for _, m := range Metrics() {
		s := m.sample(row).summary
		value, known := want[m.Name]
		if (s != nil) != known || known && (s.Median < 0.999*value || s.Median > 1.001*value) {
			t.Errorf("%s is %+v, want %g", m.Name, s, value)
		}
		if higher := m.Name == "throughput"; higher != (m.Better == stats.Higher) {
			t.Errorf("%s: better is %v", m.Name, m.Better)
		}
		if tail := strings.HasPrefix(m.Name, "p9") && m.Name != "p90"; tail != m.Tail {
			t.Errorf("%s: tail %v", m.Name, m.Tail)
		}
	}
}
