package report

import (
	"slices"
	"testing"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

func TestNumber(t *testing.T) {
	tests := []struct {
		value    float64
		decimals int
		want     string
	}{
		{0, 0, "0"}, {999, 0, "999"}, {1000, 0, "1,000"}, {999.6, 0, "1,000"}, {123456.789, 2, "123,456.79"},
		{1234567, 0, "1,234,567"}, {-1234.5, 1, "-1,234.5"}, {-12, 0, "-12"},
	}
	for _, test := range tests {
		if got := number(test.value, test.decimals); got != test.want {
			t.Errorf("%g: %q, expected %q", test.value, got, test.want)
		}
	}
}

func TestSpread(t *testing.T) {
	tests := []struct {
		stdev, percent float64
		want           string
	}{
		{32.244, 3.2, "32 (3%)"}, {1564.2, 12.5, "1,564 (12%)"}, {156.42, 1, "156 (1%)"}, {0.3244, 2, "0.32 (2%)"},
		{3, 0.999, "3.0 (<1%)"}, {0, 0, "0 (<1%)"}, {0.004, 99.6, "<0.01 (100%)"},
	}
	for _, test := range tests {
		s := &stats.Summary{Stdev: &test.stdev, CVPercent: &test.percent}
		if got := spread(s); got != test.want {
			t.Errorf("%g, %g %%: %q, expected %q", test.stdev, test.percent, got, test.want)
		}
	}
	stdev := 0.0
	if got := spread(&stats.Summary{Stdev: &stdev}); got != "0" {
		t.Errorf("around zero: %q", got)
	}
	if got := spread(&stats.Summary{}); got != unknown {
		t.Errorf("of one round: %q", got)
	}
}

func TestSpreadDecimals(t *testing.T) {
	for stdev, want := range map[float64]int{1500: 0, 32: 0, 9: 1, 0.3: 2, 0.0001: 2} {
		if got := spreadDecimals(&stats.Summary{Stdev: &stdev}); got != want {
			t.Errorf("stdev %g: %d decimals, expected %d", stdev, got, want)
		}
	}
	if got := spreadDecimals(&stats.Summary{Median: 7.1}); got != 2 {
		t.Errorf("one round: %d decimals", got)
	}
}

// The digits of a column are what its typical spread deserves, two to three of
// the smallest median, and no more than four of any.
func TestColumnDecimals(t *testing.T) {
	cell := func(median, stdev float64) *stats.Summary { return &stats.Summary{Median: median, Stdev: &stdev} }
	tests := []struct {
		name   string
		column []*stats.Summary
		want   []string
	}{
		{"steady", []*stats.Summary{cell(1.418, 0.02), cell(12.36, 0.1)}, []string{"1.42", "12.36"}},
		{"spread by a third", []*stats.Summary{cell(34.18, 11)}, []string{"34"}},
		{"two digits at least", []*stats.Summary{cell(3.418, 2.1)}, []string{"3.4"}},
		{"most steady", []*stats.Summary{cell(34.18, 0.5), cell(41.26, 0.7), cell(39.91, 12)}, []string{"34.2", "41.3", "39.9"}},
		{"most unsteady", []*stats.Summary{cell(34.18, 0.5), cell(41.26, 13), cell(39.91, 12)}, []string{"34", "41", "40"}},
		{"far apart", []*stats.Summary{cell(0.463, 0.05), cell(1951.74, 0.5)}, []string{"0.46", "1,952"}},
		{"which does not vary", []*stats.Summary{cell(15, 0), cell(9.0004, 0), cell(0, 0), cell(0.0017, 0)}, []string{"15.00", "9.00", "0", "<0.01"}},
		{"nothing at all", []*stats.Summary{cell(0, 0)}, []string{"0"}},
		{"one round", []*stats.Summary{{Median: 7.1}}, []string{"7.10"}},
		{"none", nil, nil},
	}
	for _, test := range tests {
		digits := columnDecimals(1, test.column)
		got := list(test.column, func(s *stats.Summary) string { return inColumn(s.Median, digits) })
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, expected %q", test.name, got, test.want)
		}
	}
}

func TestFieldWords(t *testing.T) {
	tests := []struct {
		field       results.Field
		value, want string
	}{
		{results.FieldWorkers, "1000", "1,000"},
		{results.FieldRate, "100000/s", "100,000/s"},
		{results.FieldRate, "1000.5/s", "1000.5/s"},
		{results.FieldRate, "closed loop", "closed loop"},
		{results.FieldDataSize, "4096 B", "4,096 B"},
		{results.FieldDataSize, "1024:1,64:3 B", "1024:1,64:3 B"},
		{results.FieldServerVersion, "20260101", "20260101"},
		{results.FieldKeyspace, "", ""},
	}
	for _, test := range tests {
		if got := fieldWords(test.field, test.value); got != test.want {
			t.Errorf("%q: %q, expected %q", test.value, got, test.want)
		}
	}
}

func TestRatio(t *testing.T) {
	for value, want := range map[float64]string{0.866: "0.87x", 0.001: "<0.01x", 1.04: "1.04x", 4.08: "4.1x", 12.4: "12x"} {
		if got := ratio(value); got != want {
			t.Errorf("%g: %q, expected %q", value, got, want)
		}
	}
}

func TestTimeScale(t *testing.T) {
	tests := []struct {
		ns   []float64
		want string
	}{
		{nil, "ns"}, {[]float64{0}, "ns"}, {[]float64{40, 5e6}, "ns"}, {[]float64{80, 99_999}, "ns"}, {[]float64{80, 5e6}, "us"}, {[]float64{900, 5e6}, "us"},
		{[]float64{0, 137e3}, "us"}, {[]float64{499_999}, "us"}, {[]float64{500_000}, "ms"}, {[]float64{2e9, 3e9}, "s"},
	}
	for _, test := range tests {
		if got := timeScale(test.ns); got.unit != test.want {
			t.Errorf("%v: %s, expected %s", test.ns, got.unit, test.want)
		}
	}
}

func TestPlainAndEscape(t *testing.T) {
	tests := []struct{ text, plain, markdown string }{
		{"near", "near", "near"},
		{"a\nb\tc", "a b c", "a b c"},
		{"\x1b[1mx", `\u001b[1mx`, `\\u001b\[1mx`},
		{"\u202eabc\U000e0001", `\u202eabc\udb40\udc01`, `\\u202eabc\\udb40\\udc01`},
		{"bad \xff byte", "bad \ufffd byte", "bad \ufffd byte"},
		{"a|b", "a|b", `a\|b`},
		{"3 (<1%)", "3 (<1%)", "3 (<1%)"},
		{"<b>&amp;", "<b>&amp;", `\<b>&amp;amp;`},
		{"größe 測", "größe 測", "größe 測"},
	}
	for _, test := range tests {
		got := plain(test.text)
		if got != test.plain {
			t.Errorf("%q: plain %q, expected %q", test.text, got, test.plain)
		}
		if got := escape(got); got != test.markdown {
			t.Errorf("%q: markdown %q, expected %q", test.text, got, test.markdown)
		}
	}
}

func TestServerWords(t *testing.T) {
	tests := []struct {
		server results.Server
		want   string
	}{
		{results.Server{Kind: "embedded", Name: "embedded (not Redis)"}, "server embedded (not Redis)"},
		{results.Server{Kind: "spawned", Name: "redis", Version: "7.0.15", Mode: "standalone"}, "server redis 7.0.15 (spawned)"},
		{results.Server{Kind: "remote", Label: "near"}, "server near: remote"},
		{results.Server{Kind: "remote", Name: "valkey", Version: "8", Mode: "cluster"}, "server valkey 8 cluster (remote)"},
		{
			results.Server{
				Kind: "remote", Name: "redis", Version: "7.0.15", Mode: "cluster", Transport: "tls",
				Facts: map[string]string{"masters": "3", "replicas": "3"},
			},
			"server redis 7.0.15 cluster of 3 masters and 3 replicas (remote, TLS)",
		},
		{
			results.Server{Kind: "remote", Name: "redis", Version: "7", Mode: "cluster", Facts: map[string]string{"masters": "1"}},
			"server redis 7 cluster of 1 master (remote)",
		},
		{
			results.Server{Kind: "remote", Name: "redis", Version: "7", Mode: "sentinel", Facts: map[string]string{"replicas": "1"}},
			"server redis 7 behind Sentinel with 1 replica (remote)",
		},
		{results.Server{Kind: "remote", Label: "near", Mode: "sentinel", Transport: "unix"}, "server near: remote behind Sentinel (unix socket)"},
		{results.Server{Kind: "remote", Name: "redis", Version: "7", Transport: "unix"}, "server redis 7 (remote, unix socket)"},
		{results.Server{Kind: "remote", Name: "redis", Version: "7", Transport: "tcp"}, "server redis 7 (remote)"},
	}
	for _, test := range tests {
		if got := serverWords(test.server); got != test.want {
			t.Errorf("%+v: %q, expected %q", test.server, got, test.want)
		}
	}
}

func TestLimitWords(t *testing.T) {
	tests := []struct {
		limit results.Limit
		depth int
		want  string
	}{
		{results.Limit{Steps: 100}, 16, "1,600 ops a trial"},
		{results.Limit{Duration: 2e9}, 0, "2s a trial"},
		{results.Limit{MinSteps: 20000, MinTime: 1e9}, 1, "at least 20,000 ops and 1s a trial"},
		{results.Limit{MinSteps: 20000, MinTime: 1e9, MaxTime: 10e9}, 0, "at least 20,000 ops and 1s a trial, at most 10s"},
		{results.Limit{}, 0, ""},
	}
	for _, test := range tests {
		r := Row{Limit: test.limit}
		r.Point.Load.Depth = test.depth
		if got := limitWords(r); got != test.want {
			t.Errorf("%+v: %q, expected %q", test.limit, got, test.want)
		}
	}
}

func TestVsRawNote(t *testing.T) {
	above, below := 4.08, 0.87
	tests := []struct {
		name    string
		ratio   *float64
		shares  bool
		workers int
		want    string
		noted   bool
	}{
		{"batches", &above, true, 100, "4.1x (1)", true},
		{"does not batch", &above, false, 100, "4.1x", false},
		{"nobody to batch with", &above, true, 1, "4.1x", false},
		{"slower", &below, true, 100, "0.87x", false},
		{"no raw", nil, true, 100, "-", false},
	}
	for _, test := range tests {
		var b builder
		r := Row{VsRaw: test.ratio, Shares: test.shares}
		r.Point.Load.Workers = test.workers
		if got := b.vsRaw(r); got != test.want || (len(b.sheet.notes) == 1) != test.noted {
			t.Errorf("%s: %q with %+v", test.name, got, b.sheet.notes)
		}
	}
}
