package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

// barsOf are the values that a recording has, in their order.
func barsOf(t *testing.T, r results.Recording) []hdrhistogram.Bar {
	t.Helper()
	h, err := hdrhistogram.Decode([]byte(r.HDR))
	if err != nil {
		t.Fatal(err)
	}
	var bars []hdrhistogram.Bar
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			bars = append(bars, bar)
		}
	}
	return bars
}

func logged(t *testing.T, text string) []*hdrhistogram.Histogram {
	t.Helper()
	in := hdrhistogram.NewHistogramLogReader(strings.NewReader(text))
	var all []*hdrhistogram.Histogram
	for {
		h, err := in.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			return all
		}
		all = append(all, h)
	}
}

// A reader of the log finds every round under its cell's tag, with our count and
// percentiles, in order of time.
func TestHDRLogIsRead(t *testing.T) {
	for _, path := range []string{"../results/published/two-core.jsonl", "../results/published/scenario-openloop.jsonl.gz", "testdata/kinds.jsonl"} {
		s := summarizeFile(t, path)
		byTag := map[string][]*hdrhistogram.Histogram{}
		last := int64(0)
		for _, h := range logged(t, formatted(t, "hlog", s)) {
			byTag[h.Tag()] = append(byTag[h.Tag()], h)
			if h.StartTimeMs() < last || h.EndTimeMs() <= h.StartTimeMs() {
				t.Errorf("%s: from %d to %d after %d", path, h.StartTimeMs(), h.EndTimeMs(), last)
			}
			last = h.StartTimeMs()
		}
		cells := 0
		for i, name := range opNames(s.Rows) {
			if s.Rows[i].felt().Count > 0 {
				cells++
				checkLogged(t, path+" "+name, s.Rows[i], byTag[logTag(name)])
			}
		}
		if cells != len(byTag) || cells == 0 {
			t.Errorf("%s: %d tags of %d cells", path, len(byTag), cells)
		}
	}
}

// checkLogged expects the rounds of a row in order of time, which is theirs.
func checkLogged(t *testing.T, name string, r Row, got []*hdrhistogram.Histogram) {
	t.Helper()
	if len(got) != len(r.good) {
		t.Errorf("%s: %d histograms of %d rounds", name, len(got), len(r.good))
		return
	}
	for i, g := range r.good {
		latency := g.latency()
		if got[i].TotalCount() != latency.Count {
			t.Errorf("%s: %d samples, expected %d", name, got[i].TotalCount(), latency.Count)
		}
		if at := got[i].StartTimeMs() - g.Start.UnixMilli(); at < -2 || at > 2 {
			t.Errorf("%s: %d ms away from its start", name, at)
		}
		for q, share := range quantiles {
			want, known := latency.quantile(q)
			if v := min(max(got[i].ValueAtPercentile(100*share), *latency.Min), *latency.Max); known && float64(v) != want {
				t.Errorf("%s: %g of %d, expected %g", name, share, v, want)
			}
		}
	}
}

// hlogForm is the form of version 1.3, line by line.
var hlogForm = regexp.MustCompile(`^#\[Histogram log format version 1\.3\]\n(?:# [^\n]*\n)*` +
	`#\[StartTime: \d+\.\d{3} \(seconds since epoch\), [^\n]*\]\n#\[BaseTime: \d+\.\d{3} \(seconds since epoch\)\]\n` +
	`"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n` +
	`(?:Tag=[^,\s]+,\d+\.\d{3},\d+\.\d{3},\d+\.\d{6},HISTF[A-Za-z0-9+/=]+\n)*$`)

func TestHDRLogForm(t *testing.T) {
	onlyFailed := summarize(t, "troubled")
	onlyFailed.Rows = onlyFailed.Rows[1:2]
	for name, s := range map[string]*Summary{
		"default": summarize(t, "default"), "hostile": hostile(t), "troubled": summarize(t, "troubled"), "only failed": onlyFailed,
	} {
		if text := formatted(t, "hlog", s); !hlogForm.MatchString(text) {
			t.Errorf("%s: not of the form:\n%.2000s", name, text)
		}
	}
}

func TestLogTag(t *testing.T) {
	for text, want := range map[string]string{"sync raw (rate 1, x)": "sync_raw_(rate_1__x)", "a\nb\u00a0c": "a_b_c", "\x1b": `\u001b`} {
		if diff := cmp.Diff(want, logTag(text)); diff != "" {
			t.Errorf("%q: -want +got:\n%s", text, diff)
		}
	}
}
