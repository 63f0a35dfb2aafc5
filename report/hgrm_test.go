package report

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// An hgrmRow is a line of percentiles.
type hgrmRow struct {
	value, share float64
	count        int64
	inverse      float64 // 0 in the last line
}

// hgrmForm is what plotters expect, to the blank.
var hgrmForm = regexp.MustCompile(`^       Value     Percentile TotalCount 1/\(1-Percentile\)\n\n` +
	`((?: *\d+\.\d{3} [01]\.\d{12} +\d+ +\d+\.\d\d\n)+ *\d+\.\d{3} 1\.000000000000 +\d+\n)` +
	`#\[Mean    = +(\d+\.\d{3}), StdDeviation   = +\d+\.\d{3}\]\n` +
	`#\[Max     = +(\d+\.\d{3}), Total count    = +(\d+)\]\n` +
	`#\[Buckets =           26, SubBuckets     =         2048\]\n` +
	`# Values in us: [^\n]*\n$`)

func hgrmRows(t *testing.T, text string) (rows []hgrmRow, mean, largest string) {
	t.Helper()
	parts := hgrmForm.FindStringSubmatch(text)
	if parts == nil {
		t.Fatalf("not of the form:\n%s", text)
	}
	for line := range strings.Lines(parts[1]) {
		var row hgrmRow
		if n, _ := fmt.Sscan(line, &row.value, &row.share, &row.count, &row.inverse); n < 3 {
			t.Fatalf("the line %q", line)
		}
		rows = append(rows, row)
	}
	if last := rows[len(rows)-1]; fmt.Sprint(last.count) != parts[4] {
		t.Errorf("the last line has %d of %s", last.count, parts[4])
	}
	return rows, parts[2], parts[3]
}

// Every histogram has the samples of all rounds: at each line, as many as there
// are up to its value.
func TestHistograms(t *testing.T) {
	for _, file := range []string{"two-core.jsonl", "scenario-openloop.jsonl.gz", "scenario-mixed.jsonl.gz"} {
		s := summarizeFile(t, "../results/published/"+file)
		var felt []Row
		for _, r := range s.Rows {
			if r.felt().Count > 0 {
				felt = append(felt, r)
			}
		}
		all := s.Histograms()
		if len(all) != len(felt) || len(all) == 0 {
			t.Fatalf("%s: %d histograms of %d cells", file, len(all), len(felt))
		}
		names := map[string]bool{}
		for i, h := range all {
			if names[h.Name] || !regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*\.hgrm$`).MatchString(h.Name) {
				t.Errorf("%s: the name %q", file, h.Name)
			}
			names[h.Name] = true
			var out bytes.Buffer
			if err := h.Write(&out); err != nil {
				t.Fatal(err)
			}
			checkHistogram(t, file+" "+h.Name, felt[i], out.String())
		}
	}
}

func checkHistogram(t *testing.T, name string, r Row, text string) {
	t.Helper()
	rows, mean, largest := hgrmRows(t, text)
	var sum, count, highest int64
	for _, g := range r.good {
		recording := g.latency()
		sum, count, highest = sum+recording.Sum, count+recording.Count, max(highest, *recording.Max)
	}
	if want := fmt.Sprintf("%.3f", float64(sum)/float64(count)/1000); mean != want {
		t.Errorf("%s: mean %s, expected %s", name, mean, want)
	}
	if want := fmt.Sprintf("%.3f", float64(highest)/1000); largest != want || fmt.Sprintf("%.3f", rows[len(rows)-1].value) != want {
		t.Errorf("%s: max %s, expected %s", name, largest, want)
	}
	var bars []hdrhistogram.Bar // of the rounds, each on its own
	for _, g := range r.good {
		bars = append(bars, barsOf(t, g.latency().Recording)...)
	}
	last := hgrmRow{}
	for _, row := range rows {
		if row.value < last.value || row.share < last.share || row.count < last.count {
			t.Errorf("%s: %+v after %+v", name, row, last)
		}
		if n := samplesUpTo(bars, row.value*1000); n != row.count {
			t.Errorf("%s: %d samples up to %g us, expected %d", name, row.count, row.value, n)
		}
		if share := float64(row.count) / float64(count); share < row.share-1e-9 {
			t.Errorf("%s: %+v holds a share of %g", name, row, share)
		}
		if row.share < 1 && math.Abs(row.inverse*(1-row.share)-1) > 0.01 {
			t.Errorf("%s: %+v", name, row)
		}
		last = row
	}
}

func samplesUpTo(bars []hdrhistogram.Bar, ns float64) int64 {
	var n int64
	for _, bar := range bars {
		if float64(bar.From) <= ns+0.5 {
			n += bar.Count
		}
	}
	return n
}

func TestHGRMIsOfOneCell(t *testing.T) {
	s := summarize(t, "default")
	var out bytes.Buffer
	err := writeHGRM(&out, s, Layout{})
	if want := fmt.Sprintf("hgrm: a file holds one cell, and these are %d; -o DIR/ writes a file for each", len(s.Rows)); err == nil || err.Error() != want || out.Len() > 0 {
		t.Errorf("got %v, expected %s", err, want)
	}
	failedOnly := summarize(t, "troubled")
	failedOnly.Rows = failedOnly.Rows[1:2]
	if err := writeHGRM(&out, failedOnly, Layout{}); err == nil || err.Error() != "hgrm: no cell has latencies" {
		t.Errorf("only failed cells: %v", err)
	}
	s.Rows = s.Rows[:1]
	if err := writeHGRM(fullDisk{}, s, Layout{}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

func TestHGRMOfHostileText(t *testing.T) {
	s := hostile(t)
	hgrmRows(t, formatted(t, "hgrm", s))
	if name := s.Histograms()[0].Name; !strings.HasPrefix(name, "sync-raw-1-2-a-b-script") {
		t.Errorf("the name %q", name)
	}
	for text, want := range map[string]string{"../../x": "x", "Sync RAW (a, b)": "sync-raw-a-b", "..": "", "a\x00b": "a-b"} {
		if got := fileName(text); got != want {
			t.Errorf("%q is %q, expected %q", text, got, want)
		}
	}
}

// No latency, no histogram.
func TestHistogramsOfAnOverload(t *testing.T) {
	for _, h := range summarize(t, "open").Histograms() {
		if strings.Contains(h.Name, "goredis") {
			t.Errorf("an overloaded cell has %s", h.Name)
		}
	}
}
