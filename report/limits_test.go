package report

import (
	"math"
	"strings"
	"testing"
)

func TestParseLimit(t *testing.T) {
	tests := []struct {
		text, metric string
		above, equal bool
		value        float64
		share        bool
	}{
		{"p99>2ms", "p99", true, false, 2e6, false},
		{" p50 >= 1.5 us ", "p50", true, true, 1500, false},
		{"p99.9>.5s", "p999", true, false, 5e8, false},
		{"p95>800ns", "p95", true, false, 800, false},
		{"throughput<50k", "throughput", false, false, 5e4, false},
		{"throughput<=1.5M", "throughput", false, true, 1.5e6, false},
		{"throughput<800", "throughput", false, false, 800, false},
		{"cpu>12us", "cpu", true, false, 12, false},
		{"cpu>12.5us/op", "cpu", true, false, 12.5, false},
		{"server-cpu>500ns", "server-cpu", true, false, 0.5, false},
		{"allocs>15", "allocs", true, false, 15, false},
		{"allocs>15/op", "allocs", true, false, 15, false},
		{"bytes>100", "bytes", true, false, 100, false},
		{"bytes>1KB", "bytes", true, false, 1000, false},
		{"bytes>1KiB/op", "bytes", true, false, 1024, false},
		{"errors>0", "errors", true, false, 0, false},
		{"errors>=1k", "errors", true, true, 1000, false},
		{"errors > 0.1 %", "errors", true, false, 0.001, true},
		{"errors>=100%", "errors", true, true, 1, true},
	}
	for _, test := range tests {
		l, err := ParseLimit(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if l.Metric.Name != test.metric || l.Above != test.above || l.Equal != test.equal || l.Share != test.share ||
			math.Abs(l.Value-test.value) > 1e-9*test.value || l.Text != strings.ReplaceAll(test.text, " ", "") {
			t.Errorf("%s: became %s %+v", test.text, l.Metric.Name, l)
		}
	}
}

func TestParseLimitRefuses(t *testing.T) {
	const form = ` is not METRIC OP VALUE, like "p99>2ms"; OP is >, >=, < or <=`
	tests := []struct{ text, want string }{
		{"", `limit ""` + form},
		{"p99", `limit "p99"` + form},
		{"p99 2ms", `limit "p99 2ms"` + form},
		{"p99>", `limit "p99>"` + form},
		{">2ms", `limit ">2ms"` + form},
		{"p99>2ms,errors>0", `limit "p99>2ms,errors>0"` + form},
		{"p99=>2ms", `limit "p99=>2ms"` + form},
		{"p98>2ms", `limit "p98>2ms": unknown metric "p98"; have throughput, p50,`},
		{"p99>2", `limit "p99>2": the value has no unit; have s, ms, us, ns`},
		{"p99>2h", `limit "p99>2h": unknown unit "h"; have s, ms, us, ns`},
		{"p99>2ms/op", `limit "p99>2ms/op": unknown unit "ms/op"; have s, ms, us, ns`},
		{"cpu>2", `limit "cpu>2": the value has no unit; have s, ms, us, ns`},
		{"throughput<50m", `limit "throughput<50m": unknown unit "m"; have k, M, G`},
		{"throughput<50,000", `limit "throughput<50,000": unknown unit ",000"; have k, M, G`},
		{"throughput<5%", `limit "throughput<5%": unknown unit "%"; have k, M, G`},
		{"errors>5x", `limit "errors>5x": unknown unit "x"; have k, M, G, %`},
		{"p99>-2ms", `limit "p99>-2ms": "-2ms" is no number of zero or more`},
		{"p99>NaNms", `limit "p99>NaNms": "NaNms" is no number of zero or more`},
		{"allocs>" + strings.Repeat("9", 400), `" is too large`},
		{"allocs>" + strings.Repeat("9", 308) + "G", `" is too large`},
		{"p99<2ms", `limit "p99<2ms" fails cells whose p99 is good; did you mean "p99>2ms"?`},
		{"p99<=2ms", `did you mean "p99>2ms"?`},
		{"throughput > 50k", `limit "throughput > 50k" fails cells whose throughput is good; did you mean "throughput<50k"?`},
		{"errors<1", `limit "errors<1" fails cells whose errors are good; did you mean "errors>=1"?`},
		{"errors<=0", `did you mean "errors>0"?`},
		{"errors<0.1%", `did you mean "errors>0.1%"?`},
		{"errors==0", `limit "errors==0" has no operator of a limit: it says what fails, by >, >=, < or <=; did you mean "errors>0"?`},
		{"errors=0", `did you mean "errors>0"?`},
		{"throughput!=5k", `did you mean "throughput<5k"?`},
		{"errors>=0", `limit "errors>=0" fails every cell; did you mean "errors>0"?`},
		{"p99>=0ms", `limit "p99>=0ms" fails every cell; did you mean "p99>0ms"?`},
		{"throughput<0", `limit "throughput<0" can fail no cell`},
		{"errors>100%", `limit "errors>100%" can fail no cell`},
		{"errors>=101%", `limit "errors>=101%" can fail no cell`},
		{"errors>0.5", `limit "errors>0.5" counts: name a whole number, or a share like errors>0.1%`},
	}
	for _, test := range tests {
		l, err := ParseLimit(test.text)
		if err == nil {
			t.Errorf("%s: no error, but %+v", test.text, l)
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q, expected %q", test.text, err, test.want)
		}
	}
}

func FuzzParseLimit(f *testing.F) {
	for _, text := range []string{"p99>2ms", "throughput<50k", "errors > 0.1 %", "cpu>=1us/op", "bytes>1KiB", "errors==0", "p99>.", "p99>9e9s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLimit(text)
		if err != nil {
			return
		}
		if math.IsNaN(l.Value) || math.IsInf(l.Value, 0) || l.Value < 0 {
			t.Fatalf("%q: value %g", text, l.Value)
		}
		again, err := ParseLimit(l.Text)
		if err != nil || again.Value != l.Value || again.Above != l.Above || again.Equal != l.Equal || again.Share != l.Share {
			t.Fatalf("%q: %+v became %+v, %v", text, l, again, err)
		}
		_ = l.words(l.Value, "")
	})
}
