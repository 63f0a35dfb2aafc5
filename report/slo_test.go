package report

import (
	"strings"
	"testing"
)

func TestParseSLO(t *testing.T) {
	tests := []struct {
		text         string
		above, equal bool
		value        float64
		share        bool
	}{
		{"p99<2ms", true, true, 2e6, false},
		{"p99 <= 2ms", true, false, 2e6, false},
		{"p99.9<2ms", true, true, 2e6, false},
		{"throughput>50k", false, true, 50e3, false},
		{"throughput>=50k", false, false, 50e3, false},
		{"errors<=0", true, false, 0, false},
		{"errors<1", true, true, 1, false},
		{"errors<0.1%", true, true, 0.001, true},
	}
	for _, test := range tests {
		l, err := ParseSLO(test.text)
		if err != nil || l.Above != test.above || l.Equal != test.equal || l.Value != test.value || l.Share != test.share || !l.SLO ||
			l.Text != strings.ReplaceAll(test.text, " ", "") {
			t.Errorf("%s: %+v, %v", test.text, l, err)
		}
	}
}

func TestParseSLORefuses(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", `SLO "" is not METRIC OP VALUE, like "p99<2ms"; OP is >, >=, < or <=`},
		{"p98<2ms", `SLO "p98<2ms": unknown metric "p98"; have throughput`},
		{"p99<2", `SLO "p99<2": the value has no unit; have s, ms, us, ns`},
		{"p99>2ms", `SLO "p99>2ms" is missed by cells whose p99 is good; did you mean "p99<=2ms"?`},
		{"throughput<5k", `SLO "throughput<5k" is missed by cells whose throughput is good; did you mean "throughput>=5k"?`},
		{"p99<0ms", `SLO "p99<0ms" is missed by every cell; did you mean "p99<=0ms"?`},
		{"errors<0", `SLO "errors<0" is missed by every cell; did you mean "errors<=0"?`},
		{"throughput>=0", `SLO "throughput>=0" is missed by no cell`},
		{"errors<=100%", `SLO "errors<=100%" is missed by no cell`},
		{"errors==0", `SLO "errors==0" has no operator of a limit: it says what must hold, by >, >=, < or <=; did you mean "errors<=0"?`},
		{"errors<0.5", `SLO "errors<0.5" counts: name a whole number, or a share like errors<0.1%`},
	}
	for _, test := range tests {
		if l, err := ParseSLO(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %+v, %v; expected %s", test.text, l, err, test.want)
		}
	}
}

// What is typed as what must hold is the opposite of a limit on the same bound.
func TestSLOIsTheOppositeOfALimit(t *testing.T) {
	for slo, limit := range map[string]string{
		"p99<2ms": "p99>=2ms", "p99<=2ms": "p99>2ms", "throughput>5k": "throughput<=5k", "throughput>=5k": "throughput<5k", "errors<=0": "errors>0",
	} {
		s, err := ParseSLO(slo)
		l, err2 := ParseLimit(limit)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		for _, v := range []float64{0, l.Value - 1, l.Value, l.Value + 1} {
			if s.broken(v) != l.broken(v) {
				t.Errorf("%s and %s differ at %g", slo, limit, v)
			}
		}
	}
}

func FuzzParseSLO(f *testing.F) {
	for _, text := range []string{"p99<2ms", "throughput>50k", "errors <= 0.1 %", "cpu<=1us/op", "errors==0", "p99<.", "p99<9e9s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseSLO(text)
		if err != nil {
			return
		}
		again, err := ParseSLO(l.Text)
		if err != nil || again.Value != l.Value || again.Above != l.Above || again.Equal != l.Equal {
			t.Fatalf("%q: %+v became %+v, %v", text, l, again, err)
		}
		_ = l.words(l.Value, "")
	})
}
