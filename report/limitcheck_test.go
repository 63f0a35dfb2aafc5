package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// limited is an undisturbed row with that many rounds, the i-th i+1 times as
// slow as the first.
func limited(library string, rounds int) Row {
	r := Row{
		Point: results.Point{Scenario: "sync", Library: library}, Status: ok, Rounds: Rounds{Planned: rounds, OK: rounds},
		Errors: map[string]int64{}, Attempts: 2000,
	}
	var rates, times []float64
	for i := range rounds {
		rates, times = append(rates, 60_000/float64(i+1)), append(times, 1e6*float64(i+1))
	}
	r.Throughput = stats.Summarize(rates, stats.Higher)
	r.Latency.P50 = stats.Summarize(times, stats.Lower)
	r.CPU = stats.Summarize([]float64{12.5}, stats.Lower)
	r.Allocs = stats.Summarize([]float64{15.001}, stats.Lower)
	r.Bytes = stats.Summarize([]float64{720}, stats.Lower)
	return r
}

func parsed(t *testing.T, texts ...string) []Limit {
	t.Helper()
	var limits []Limit
	for _, text := range texts {
		l, err := ParseLimit(text)
		if err != nil {
			t.Fatal(err)
		}
		limits = append(limits, l)
	}
	return limits
}

func TestCheckLimits(t *testing.T) {
	erring := limited("goredis", 3)
	erring.Errors, erring.Undone = map[string]int64{"timeout": 2, "reset": 1}, 3
	tests := []struct {
		name   string
		row    Row
		limit  string
		breach string // without the cell; empty: none
	}{
		// Ten have their interval from the second to the ninth.
		{"upper end", limited("goredis", 10), "p50>8ms", "p50 9.00 ms is above 8ms (upper end of the 95% interval of the median of 10 rounds)"},
		{"upper end below", limited("goredis", 10), "p50>9ms", ""},
		{"upper end at the bound", limited("goredis", 10), "p50>=9ms", "p50 9.00 ms is not below 9ms (upper end of the 95% interval of the median of 10 rounds)"},
		{"lower end", limited("goredis", 10), "throughput<7k", "throughput 6,667 ops/s is below 7k (lower end of the 95% interval of the median of 10 rounds)"},
		{"lower end above", limited("goredis", 10), "throughput<6.6k", ""},
		{"lower end at the bound", limited("goredis", 5), "throughput<=12k", "throughput 12,000 ops/s is not above 12k (the worst of 5 rounds)"},
		{"worst of few", limited("goredis", 5), "p50>4ms", "p50 5.00 ms is above 4ms (the worst of 5 rounds)"},
		{"worst of few within", limited("goredis", 5), "p50>5ms", ""},
		{"one", limited("goredis", 1), "p50>999us", "p50 1.00 ms is above 999us (the only round)"},
		{"a little above", limited("goredis", 1), "allocs>15", "allocs 15.001/op is above 15 (the only round)"},
		{"seen above only in full", limited("goredis", 1), "allocs>15.0005", "allocs 15.001/op is above 15.0005 (the only round)"},
		{"of an op", limited("goredis", 1), "cpu>12us/op", "cpu 12.5 us/op is above 12us/op (the only round)"},
		{"bytes", limited("goredis", 1), "bytes>0.7KB", "bytes 720 B/op is above 0.7KB (the only round)"},
		{"errors", erring, "errors>2", "errors 3 is above 2 (failed steps in all rounds)"},
		{"few errors", erring, "errors>3", ""},
		{"a share", erring, "errors>0.1%", "errors 0.15% is above 0.1% (3 of 2,000 ops in all rounds)"},
		{"a small share", erring, "errors>0.15%", ""},
		{"no errors", limited("goredis", 3), "errors>0", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			breaches, unchecked, _ := CheckLimits([]Row{test.row}, parsed(t, test.limit))
			if len(unchecked) > 0 {
				t.Errorf("unchecked: %q", unchecked)
			}
			var got string
			for _, b := range breaches {
				got += b.Text
				if b.Cell != "sync goredis" || !b.Limit.broken(b.Value) {
					t.Errorf("%+v", b)
				}
			}
			if test.breach != "" {
				test.breach = "sync goredis: " + test.breach
			}
			if got != test.breach {
				t.Errorf("got  %q\nwant %q", got, test.breach)
			}
		})
	}
}

func TestLimitsNotChecked(t *testing.T) {
	raw, short, broken := limited("raw", 5), limited("goredis", 5), limited("redigo", 5)
	disturbed, absent := limited("rueidis", 5), limited("valkeygo", 5)
	broken.Status, broken.Rounds.OK, broken.Throughput = failed, 0, nil
	broken.Latency = Latency{}
	broken.Errors = map[string]int64{"timeout": 9}
	disturbed.Point.Disturb = "restart@2s"
	absent.Status = skipped
	crashed := broken
	crashed.Point.Library, crashed.Errors, crashed.Attempts = "radix", nil, 0
	limits := parsed(t, "p99>2ms", "server-cpu>1us", "errors>0")

	breaches, unchecked, exempt := CheckLimits([]Row{raw, short, broken, disturbed, absent, crashed}, limits)
	want := []string{
		"p99>2ms was not checked (a round has fewer than ten samples beyond it): sync goredis",
		"server-cpu>1us was not checked (not every round has it): sync goredis",
	}
	if diff := cmp.Diff(want, unchecked); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want = []string{
		"p99>2ms was not checked (no round is ok): sync redigo, sync radix",
		"server-cpu>1us was not checked (no round is ok): sync redigo, sync radix",
		"limits are not for disturbed cells: sync+restart@2s rueidis",
		"errors>0 was not checked (no round is ok): sync radix",
	}
	if diff := cmp.Diff(want, exempt); diff != "" {
		t.Errorf("exempt: -want +got:\n%s", diff)
	}
	if len(breaches) != 1 || breaches[0].Cell != "sync redigo" {
		t.Errorf("errors of a failed cell: %+v", breaches)
	}

	breaches, unchecked, _ = CheckLimits([]Row{raw, absent}, limits)
	if len(breaches) > 0 || len(unchecked) != 1 || !strings.HasPrefix(unchecked[0], "no cell was held to a limit: ") {
		t.Errorf("of no cell: %+v %q", breaches, unchecked)
	}
	breaches, unchecked, exempt = CheckLimits([]Row{raw, disturbed}, nil)
	if len(breaches)+len(unchecked)+len(exempt) > 0 {
		t.Errorf("without limits: %+v %q", breaches, unchecked)
	}
}

func TestErrorsOfFailedRoundsCount(t *testing.T) {
	s := summarize(t, "troubled")
	breaches, _, _ := CheckLimits(s.Rows, parsed(t, "errors>=100"))
	for _, b := range breaches {
		t.Error(b.Text) // the only row with errors is of raw
	}
	for _, r := range s.Rows {
		if r.Point.Library == RawLibrary && len(r.Errors) > 0 {
			r.Point.Library = "goredis"
			breaches, _, _ = CheckLimits([]Row{r}, parsed(t, "errors>=100"))
		}
	}
	if len(breaches) != 1 || breaches[0].Value != 1236 {
		t.Errorf("%+v", breaches)
	}
}
