package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
)

func TestInvariants(t *testing.T) {
	for _, report := range reports {
		t.Run(report.name, func(t *testing.T) {
			for i, r := range summarize(t, report.files...).Rows {
				checkCounts(t, i, r)
				checkLatency(t, i, r.Latency, r.Rounds.OK)
				checkLatency(t, i, r.Response, r.Rounds.OK)
				checkSchedule(t, i, r)
				checkDisturbance(t, i, r)
				checkMeasure(t, i, "throughput", r.Throughput, stats.Higher, r.Rounds.OK)
				for name, s := range map[string]*stats.Summary{"cpu": r.CPU, "server cpu": r.ServerCPU, "allocs": r.Allocs, "bytes": r.Bytes} {
					checkMeasure(t, i, name, s, stats.Lower, r.Rounds.OK)
				}
			}
		})
	}
}

func checkCounts(t *testing.T, row int, r Row) {
	t.Helper()
	switch {
	case r.Rounds.OK+r.Rounds.Failed > r.Rounds.Planned:
		t.Errorf("row %d: %+v", row, r.Rounds)
	case (r.Status == ok) != (r.Rounds.OK == r.Rounds.Planned && r.Rounds.OK > 0):
		t.Errorf("row %d: %s, but %+v", row, r.Status, r.Rounds)
	case (r.Status == ok) != (r.Reason == ""):
		t.Errorf("row %d: %s for the reason %q", row, r.Status, r.Reason)
	case (r.Throughput != nil) != (r.Rounds.OK > 0):
		t.Errorf("row %d: throughput %+v of %+v", row, r.Throughput, r.Rounds)
	}
}

// checkSchedule holds that response times are there where a schedule is, unless
// a round was overloaded, and that no response is shorter than its service.
func checkSchedule(t *testing.T, row int, r Row) {
	t.Helper()
	switch {
	case r.Schedule == nil && r.Response.Count > 0:
		t.Errorf("row %d: response times without a schedule", row)
	case r.overloaded() && r.Response.Count+r.Latency.Count > 0:
		t.Errorf("row %d: overloaded, with latencies", row)
	case r.Schedule == nil || r.overloaded():
	case r.Response.Count == 0 || r.Response.Mean < r.Latency.Mean || r.felt() == &r.Latency:
		t.Errorf("row %d: response %+v of service %+v", row, r.Response, r.Latency)
	}
}

func checkMeasure(t *testing.T, row int, name string, s *stats.Summary, better stats.Direction, rounds int) {
	t.Helper()
	if s == nil {
		return
	}
	worst, best := slices.Min(s.Values), slices.Max(s.Values)
	if better == stats.Lower {
		worst, best = best, worst
	}
	if s.Worst != worst || s.Best != best {
		t.Errorf("row %d: %s: worst %g, best %g of %g", row, name, s.Worst, s.Best, s.Values)
	}
	if len(s.Values) != rounds {
		t.Errorf("row %d: %s: %d values of %d rounds", row, name, len(s.Values), rounds)
	}
	for _, v := range append([]float64{s.Mean, s.Median}, s.Values...) {
		if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			t.Errorf("row %d: %s: %g", row, name, v)
		}
	}
}

func checkLatency(t *testing.T, row int, l Latency, rounds int) {
	t.Helper()
	if l.Count == 0 {
		return
	}
	if l.Mean < float64(l.Min) || l.Mean > float64(l.Max) {
		t.Errorf("row %d: mean %g of %d to %d", row, l.Mean, l.Min, l.Max)
	}
	last := float64(l.Min)
	for _, p := range []*stats.Summary{l.P50, l.P90, l.P95, l.P99, l.P999} {
		checkMeasure(t, row, "percentile", p, stats.Lower, rounds)
		if p == nil {
			continue
		}
		if p.Best < float64(l.Min) || p.Worst > float64(l.Max) || p.Median < last {
			t.Errorf("row %d: percentile %+v after %g of %d to %d", row, p, last, l.Min, l.Max)
		}
		last = p.Median
	}
}

// The mean is that of all samples, not of the rounds' means.
func TestLatencyMeanIsSumByCount(t *testing.T) {
	runs := readRuns(t, "default")
	var sum, count int64
	first := runs[0].Header.Points[0]
	for _, trial := range runs[0].Trials {
		if cmp.Equal(trial.Point, first) {
			sum, count = sum+trial.Kinds[0].Service.Sum, count+trial.Kinds[0].Service.Count
		}
	}
	for _, r := range summarize(t, "default").Rows {
		if !cmp.Equal(r.Point, first) {
			continue
		}
		if want := float64(sum) / float64(count); r.Latency.Count != count || math.Abs(r.Latency.Mean-want) > 1e-6*want {
			t.Errorf("mean %g of %d, expected %g of %d", r.Latency.Mean, r.Latency.Count, want, count)
		}
	}
}

// The keys of the JSON document are a promise to other programs.
var (
	measureKeys = "best cv_percent mean median median_high median_low stdev values worst"
	delayKeys   = "median unknown values worst"
	jsonKeys    = map[string]string{
		"": "findings rows schema",
		"rows": "allocs_per_op bytes_per_op client client_host conns cpu_us_per_op disturb disturbance errors latency_ns library load metrics op " +
			"ops_per_sample placement reads reason response_ns rounds sample scenario schedule server server_cpu_us_per_op settings status throughput unchecked unit " +
			"variant version warnings",
		"server": "kind label mode name transport version", "conns": "declared dialled", "placement": "gomaxprocs pin",
		"rounds": "failed ok planned", "reads": "hits misses unintended",
		"load":        "arrivals batch_delay_ns batch_max commands conns data_size depth hit_ratio keys keyspace mix rate receivers sizes workers",
		"response_ns": "count max mean min p50 p90 p95 p99 p999", "lag_ns": "count max mean min p50 p90 p95 p99 p999",
		"schedule": "achieved lag_ns late offered overloaded_rounds unsent", "achieved": measureKeys, "late": measureKeys,
		"latency_ns": "count max mean min p50 p90 p95 p99 p999",
		"throughput": measureKeys, "cpu_us_per_op": measureKeys, "server_cpu_us_per_op": measureKeys,
		"allocs_per_op": measureKeys, "bytes_per_op": measureKeys,
		"disturbance": "acked availability_percent dials errors first_success_ns lost normal_ns redirects resolution_ns slice_ns took_ns " +
			"twice unsure without_success_ns",
		"availability_percent": measureKeys, "dials": measureKeys,
		"without_success_ns": delayKeys, "first_success_ns": delayKeys, "normal_ns": delayKeys,
		"p50": measureKeys, "p90": measureKeys, "p95": measureKeys, "p99": measureKeys, "p999": measureKeys,
	}
)

func TestJSONKeys(t *testing.T) {
	for _, report := range reports {
		t.Run(report.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := writeJSON(&out, summarize(t, report.files...), Layout{}); err != nil {
				t.Fatal(err)
			}
			var document any
			if err := json.Unmarshal(out.Bytes(), &document); err != nil {
				t.Fatal(err)
			}
			checkKeys(t, "", document)
		})
	}
}

func checkKeys(t *testing.T, name string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			checkKeys(t, name, element)
		}
	case map[string]any:
		keys := strings.Join(slices.Sorted(maps.Keys(v)), " ")
		if want, fixed := jsonKeys[name]; fixed && keys != want {
			t.Errorf("%q has the keys %s, expected %s", name, keys, want)
		}
		for key, value := range v {
			checkKeys(t, key, value)
		}
	}
}

// What results files hold is data: it must not act on a terminal, end a cell
// or become markup, in any format.
func TestTextStaysText(t *testing.T) {
	s := summarize(t, "troubled")
	label := s.Rows[0].Server.Label
	if !strings.ContainsAny(label, "\x1b\n|\u202e\u009b") {
		t.Fatalf("the label %q is harmless", label)
	}
	for _, format := range Formats() {
		var out bytes.Buffer
		if format.Name == "hgrm" {
			s.Rows = s.Rows[:1]
		}
		if err := format.Write(&out, s, Layout{}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x1b\r\u202e\u009b") {
			t.Errorf("%s: a control character went through", format.Name)
		}
		if !strings.Contains(out.String(), "u001b") {
			t.Errorf("%s: the label is not there", format.Name)
		}
		if format.Name == "json" && !strings.Contains(out.String(), `a | b \u001b[31mred\u001b[0m\nnext`) {
			t.Error("json: the label was changed")
		}
	}
}

func TestMarkdownCellsAreEqualInNumber(t *testing.T) {
	var out bytes.Buffer
	if err := writeMarkdown(&out, summarize(t, "troubled"), Layout{}); err != nil {
		t.Fatal(err)
	}
	cells := 0
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(line, "|") - strings.Count(line, `\|`)
		if cells != 0 && n != cells {
			t.Errorf("%d cells, expected %d: %s", n, cells, line)
		}
		cells = n
	}
	for _, markup := range []string{" *line*", "<script>", " `code`", "[x](y)"} {
		if i := strings.Index(out.String(), markup); i > 0 && out.String()[i-1] != '\\' {
			t.Errorf("%q is markup", markup)
		}
	}
}
