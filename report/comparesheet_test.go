package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// comparisons are documents made of values, with every verdict among them.
var comparisons = []struct {
	name string
	make func(*testing.T) *Comparison
}{
	{"verdicts", everyVerdict},
	{"regressed", regressedSides},
	{"paired", pairedSides},
	{"nothing", func(*testing.T) *Comparison {
		return &Comparison{Rules: Rules{Threshold: 0.05, Metrics: DefaultMetrics, Alpha: 0.05}, Base: Side{Runs: []string{"base2222"}}, New: Side{Runs: []string{"new22222"}}}
	}},
}

func TestComparisonGolden(t *testing.T) {
	for _, c := range comparisons {
		for _, format := range ComparisonFormats() {
			if format.Name == "html" {
				continue // pages have tests of their own
			}
			t.Run(c.name+"/"+format.Name, func(t *testing.T) {
				got := written(t, format, c.make(t))
				if again := written(t, format, c.make(t)); !bytes.Equal(got, again) {
					t.Error("not the same bytes again")
				}
				golden(t, filepath.Join("testdata", "compare-"+c.name+"."+format.Name+".golden"), got)
			})
		}
	}
}

func written(t *testing.T, format ComparisonFormat, c *Comparison) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := format.Write(&out, c, Layout{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// change is a gated one of ten rounds a side, of an estimate in ln(cost) that
// is known to a hundredth either way.
func change(t *testing.T, client, metric string, base, new, estimate float64, v stats.Verdict) Change {
	t.Helper()
	m, err := MetricNamed(metric)
	if err != nil {
		t.Fatal(err)
	}
	p := point("sync", client, results.Load{Workers: 1})
	c := Change{
		Cell: p.Cell() + " " + p.Client(), Point: p, Op: "set+get", Metric: m, Gated: true,
		Base: threeRounds(base, m.Better), New: threeRounds(new, m.Better), Threshold: 0.05, Verdict: v,
		Shift: stats.Shift{
			Base: 10, New: 10, Estimate: estimate, Low: estimate - 0.01, High: estimate + 0.01,
			PWorse: 0.0004, PBetter: 0.9996, Least: 5.4e-06, Spread: 0.02,
		},
		Finding: stats.Finding{Verdict: v, Worse: 0.0048, Better: 1, Smallest: 0.035},
	}
	if m.Tail {
		c.Threshold = 0.1
	}
	return c
}

func threeRounds(median float64, better stats.Direction) *stats.Summary {
	return stats.Summarize([]float64{median * 0.98, median, median * 1.02}, better)
}

func everyVerdict(t *testing.T) *Comparison {
	regressed := change(t, "goredis", "p50", 49_300, 54_100, 0.093, stats.Regressed)
	regressed.Reason = "9.7% worse, which is at least 5% and significant"
	unsure := change(t, "goredis", "p99", 85_600, 93_000, 0.08, stats.Inconclusive)
	unsure.Reason, unsure.Settle = "too noisy: these rounds find changes of 14% and more", "12 more rounds"
	unsure.Finding.Cause, unsure.Finding.More = stats.TooNoisy, 12
	few := change(t, "redigo", "p99", 85_600, 85_600, 0, stats.Inconclusive)
	few.Base, few.Reason = nil, "base has no p99: most rounds have fewer than 10 samples beyond it"
	few.Shift, few.Finding = stats.Shift{Unfit: few.Reason}, stats.Finding{Cause: stats.CannotTell, Smallest: math.Inf(1)}
	gone := change(t, "rueidis", "throughput", 18_271, 1, 0, Missing)
	gone.New, gone.Shift, gone.Finding = nil, stats.Shift{}, stats.Finding{}
	gone.Reason, gone.Absent = "not measured in new", true
	other := change(t, "rueidis:no-autopipe", "throughput", 18_271, 17_000, 0.1, Incomparable)
	other.Shift, other.Finding = stats.Shift{}, stats.Finding{}
	other.Reason = "CPU was Example CPU 3000, now Other | CPU \x1b[31m"
	single := change(t, "raw", "throughput", 19_782, 17_000, 0.15, stats.Regressed)
	single.Gated = false
	short := change(t, "goredis", "allocs", 15, 16, math.Log(16.0/15), NotTold)
	short.Gated, short.Shift.Low, short.Shift.High = false, math.Inf(-1), math.Inf(1)
	never := change(t, "goredis", "server-cpu", 1, 1, 0, NotTold)
	never.Gated, never.Base, never.New = false, nil, nil
	failures := change(t, "goredis", "errors", 0, 1200, 0, NotTold)
	failures.Gated, failures.Shift, failures.Reason = false, stats.Shift{}, "0 in 40,000 ops, now 1,200 in 40,000 ops"
	limit, err := ParseLimit("p99>90us")
	if err != nil {
		t.Fatal(err)
	}
	return &Comparison{
		Rules:  Rules{Threshold: 0.05, Metrics: DefaultMetrics, Alpha: 0.05, MinAbs: time.Microsecond, Limits: []Limit{limit}},
		Base:   Side{Runs: []string{"base2222", "base3333", "base4444", "base5555"}, Facts: []string{"version v9.22.0"}},
		New:    Side{Runs: []string{"new22222"}, Facts: []string{"version v9.23.0"}},
		Family: 12,
		Changes: []Change{
			regressed, gone, other, unsure, few,
			change(t, "redigo", "throughput", 17_867, 19_800, -0.103, stats.Improved),
			change(t, "redigo", "p50", 53_300, 53_400, 0.002, stats.Unchanged),
			single, short, failures, never,
		},
		Added:     []string{"sync redigo:single"},
		Breaches:  []Breach{{Cell: "sync goredis", Limit: limit, Value: 95_000, Text: "sync goredis: p99 95 us, limit p99>90us"}},
		Unlimited: []string{"p99>90us: sync redigo has too few samples"},
		Warnings:  []Warning{{Code: "raw-moved", Advice: "look at both\nmachines", Seen: []Seen{{Text: "raw moved by -14.0%: the machine or the server changed", Rows: []string{"sync raw"}}}}},
		Notes:     []string{"base3333: the file is cut off\x1b[0m"},
	}
}

// regressedSides have all cells in common.
func regressedSides(t *testing.T) *Comparison {
	c := everyVerdict(t)
	c.Changes = slices.DeleteFunc(c.Changes, func(one Change) bool {
		return one.Verdict == Missing || one.Verdict == Incomparable
	})
	c.Rules.Strict = true
	c.Added, c.Breaches, c.Unlimited, c.Warnings, c.Notes = nil, nil, nil, nil, nil
	return c
}

// pairedSides passes, and has a floor of its own in a cell.
func pairedSides(t *testing.T) *Comparison {
	c := &Comparison{
		Rules:  Rules{Threshold: 0.05, Metrics: DefaultMetrics, Alpha: 0.05, Noise: &Noise{}},
		Base:   Side{Runs: []string{"pair2222"}, Options: "clients=goredis"},
		New:    Side{Runs: []string{"pair2222"}, Options: "clients=rueidis"},
		Paired: true, Differ: []string{"clients"}, Family: 2,
	}
	for i, scenario := range []string{"sync", "concurrent"} {
		one := change(t, "goredis", "throughput", 17_867, 17_900, -0.002, stats.Unchanged)
		one.Cell, one.Threshold = scenario, 0.05+0.021*float64(i)
		one.Shift.Paired, one.Shift.Base = true, 10+i
		if i > 0 {
			one.Floor = &one.Threshold
		}
		c.Changes = append(c.Changes, one)
	}
	return c
}

func TestComparisonFormatNamed(t *testing.T) {
	if f, err := ComparisonFormatNamed("junit"); err != nil || f.Name != "junit" {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := ComparisonFormatNamed("xml"); err == nil || !strings.Contains(err.Error(), `"xml"; have table, markdown, html, json, junit`) {
		t.Error(err)
	}
}

// What went up is positive, whether that is good or not.
func TestChangeOfValues(t *testing.T) {
	tests := []struct {
		metric           string
		logCost          float64
		change, interval string
	}{
		{"throughput", math.Log(1.25), "-20.0%", "-20.8% to -19.2%"},
		{"throughput", -math.Log(1.25), "+25.0%", "+23.8% to +26.3%"},
		{"p50", math.Log(1.25), "+25.0%", "+23.8% to +26.3%"},
		{"p99", -math.Log(1.25), "-20.0%", "-20.8% to -19.2%"},
		{"p50", 0.0001, "0.0%", "-1.0% to +1.0%"},
		{"p50", math.Log(13), "+1,200%", "+1,187% to +1,213%"},
	}
	for _, test := range tests {
		c := change(t, "goredis", test.metric, 100, 100, test.logCost, stats.Unchanged)
		if c.change() != test.change || c.interval() != test.interval {
			t.Errorf("%s, %g: %s, %s", test.metric, test.logCost, c.change(), c.interval())
		}
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{
		0.05: "5%", 0.1: "10%", 0.125: "12.5%", 0.07: "7%", 0.071: "7.1%", 1: "100%", 0.0025: "0.25%", 0.0125: "1.25%", 0.00025: "0.025%",
		1 / 1.0025: "99.8%", 1 - 1/1.0025: "0.25%", 1.0 / 3: "33.3%", 1.0 / 300: "0.33%", -1.0 / 300: "-0.33%", 1.0 / 3e5: "0.0003%",
		0: "0%", math.Copysign(0, -1): "0%", -1e-12: "0%", -0.03: "-3%",
	} {
		if got := percent(share); got != want {
			t.Errorf("%g: %s, expected %s", share, got, want)
		}
	}
}

// A comment of a forge holds so many characters: what is not gated goes first.
func TestMarkdownIsCut(t *testing.T) {
	c := everyVerdict(t)
	for range 1500 {
		c.Changes = append(c.Changes, change(t, "goredis", "allocs", 15, 16, 0.06, NotTold))
		c.Changes[len(c.Changes)-1].Gated = false
	}
	short := string(written(t, mustFormat(t, "markdown"), c))
	if len(short) > 65_536 || !strings.Contains(short, "9.7% worse") || !strings.Contains(short, "lines left out") {
		t.Errorf("%d bytes; cut: %v", len(short), strings.Contains(short, "lines left out"))
	}
	if !strings.HasSuffix(short, "\n</details>\n") {
		t.Errorf("not closed: %s", short[len(short)-100:])
	}
	for range 2000 {
		c.Changes = append(c.Changes, change(t, "goredis", "p50", 15, 16, 0.06, stats.Unchanged))
		c.Notes = append(c.Notes, "a note")
	}
	whole := string(written(t, mustFormat(t, "markdown"), c))
	if len(whole) > 65_536 || !strings.Contains(whole, "9.7% worse") || strings.Count(whole, "lines left out") != 3 {
		t.Errorf("%d bytes, cut %d times", len(whole), strings.Count(whole, "lines left out"))
	}
}

func mustFormat(t *testing.T, name string) ComparisonFormat {
	t.Helper()
	f, err := ComparisonFormatNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestComparisonJSONHasNoInfinity(t *testing.T) {
	c := everyVerdict(t)
	for i := range c.Changes {
		c.Changes[i].Shift.Low, c.Changes[i].Shift.High = math.Inf(-1), math.Inf(1)
		c.Changes[i].Finding.Smallest = math.Inf(1)
		c.Changes[i].Shift.Spread = math.NaN()
	}
	var document struct {
		Changes []struct {
			Test *struct {
				Low, High *float64
				Smallest  *float64 `json:"smallest_effect"`
			}
		}
	}
	if err := json.Unmarshal(written(t, mustFormat(t, "json"), c), &document); err != nil {
		t.Fatal(err)
	}
	for i, change := range document.Changes {
		if test := change.Test; test != nil && (test.Low != nil || test.High != nil || test.Smallest != nil) {
			t.Errorf("change %d: %+v", i, *test)
		}
	}
}

func TestJUnitCounts(t *testing.T) {
	text := written(t, mustFormat(t, "junit"), everyVerdict(t))
	var suite struct {
		Tests, Failures, Errors, Skipped int
		Cases                            int
	}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			switch start.Name.Local {
			case "testcase":
				suite.Cases++
			case "failure":
				suite.Failures++
			case "error":
				suite.Errors++
			case "skipped":
				suite.Skipped++
			}
		}
	}
	if want := `tests="10" failures="2" errors="3" skipped="3"`; !bytes.Contains(text, []byte(want)) {
		t.Errorf("no %s in %.300s", want, text)
	}
	if suite.Cases != 10 || suite.Failures != 2 || suite.Errors != 3 || suite.Skipped != 3 {
		t.Errorf("%+v", suite)
	}
	if bytes.ContainsAny(text, "\x1b\x00") {
		t.Error("control characters")
	}
}
