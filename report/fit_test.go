package report

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// manyFields tells its cells apart by more than eighty columns hold.
const manyFields = "scenario-coalesced.jsonl.gz"

// terminals writes the table of each kind of report, of made and of real runs.
func terminals(t *testing.T) map[string]func(io.Writer, Layout) error {
	t.Helper()
	all := map[string]func(io.Writer, Layout) error{}
	summary := func(s *Summary) func(io.Writer, Layout) error {
		return func(w io.Writer, l Layout) error { return writeTable(w, s, l) }
	}
	for _, report := range reports {
		all[report.name] = summary(summarize(t, report.files...))
	}
	files, err := filepath.Glob("../results/published/[sf][ca]*.jsonl*") // scenarios and faults
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		all[filepath.Base(file)] = summary(summarizeFile(t, file))
	}
	for _, c := range comparisons {
		all["compare "+c.name] = func(w io.Writer, l Layout) error { return writeComparisonTable(w, c.make(t), l) }
	}
	for name, slo := range map[string][]string{"sweep-workers": nil, "sweep-rate": {"p99<1ms", "errors<0.1%"}} {
		all[name] = func(w io.Writer, l Layout) error { return writeSweepTable(w, sweepIn(t, name, slo...), l) }
	}
	return all
}

func sweepIn(t *testing.T, name string, slo ...string) *SweepSummary {
	t.Helper()
	var o SweepOptions
	for _, text := range slo {
		l, err := ParseSLO(text)
		if err != nil {
			t.Fatal(err)
		}
		o.SLO = append(o.SLO, l)
	}
	s, err := Sweep(readRuns(t, name), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tableAt(t *testing.T, write func(io.Writer, Layout) error, width int) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out, Layout{Width: width}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Eighty columns suffice for every table, and what has room is not touched.
func TestTablesFit(t *testing.T) {
	for name, write := range terminals(t) {
		t.Run(name, func(t *testing.T) {
			whole := tableAt(t, write, 0)
			for _, width := range []int{80, 100, 132} {
				narrow := tableAt(t, write, width)
				for line := range strings.Lines(narrow) {
					if n := columnsOf(strings.TrimSuffix(line, "\n")); n > width && (name != manyFields || width > 80) {
						t.Errorf("%d columns of %d: %s", n, width, line)
					}
				}
				if left := strings.Count(narrow, "left out at "+strconv.Itoa(width)+" columns: "); left == 0 && columnsOf(tablesOnly(whole)) > 3*width/2 {
					t.Errorf("%d columns: nothing is left out of\n%s", width, whole)
				}
			}
			if wide := tableAt(t, write, columnsOf(whole)); wide != whole {
				t.Errorf("changed at %d columns:\n%s\nfrom\n%s", columnsOf(whole), wide, whole)
			}
			for _, width := range []int{1, 7, 20, 40} {
				tableAt(t, write, width)
			}
		})
	}
}

// tablesOnly has the rules below the heads, which are as wide as the tables.
func tablesOnly(s string) string {
	var rules []string
	for line := range strings.Lines(s) {
		if strings.HasPrefix(line, "---") {
			rules = append(rules, line)
		}
	}
	return strings.Join(rules, "")
}

// What is left out is said, and what is not is there; the essential always is.
func TestLeftOut(t *testing.T) {
	for _, report := range reports {
		for _, whole := range summarize(t, report.files...).sheets() {
			for _, width := range []int{10, 60, 80, 120} {
				narrow := whole.fit(width)
				var names []string
				for _, c := range whole.columns {
					if kept := narrow.has(c.name); kept == slices.Contains(narrow.leftOut, c.name) || !kept && c.rank == essential {
						t.Errorf("%s at %d: %s is there: %t; left out: %q", report.name, width, c.name, kept, narrow.leftOut)
					}
					names = append(names, c.name)
				}
				if i := slices.Index(names, "worst"); i >= 0 {
					for _, name := range append(names[:i:i], "worst", "best", "stdev") {
						if name != "op" && !narrow.has(name) {
							t.Errorf("%s at %d: no %s", report.name, width, name)
						}
					}
				}
			}
		}
	}
}

// A footnote goes with the last column that it is about.
func TestFootnotesOfWhatIsShown(t *testing.T) {
	whole := summarize(t, "default").sheets()[2]
	if !slices.Equal(whole.footnotes, []string{batchNote}) {
		t.Fatalf("footnotes %q", whole.footnotes)
	}
	narrow := fitted([]sheet{whole}, 50)[0]
	if narrow.has("vs raw") || len(narrow.footnotes) > 0 {
		t.Errorf("%q beside %+v", narrow.footnotes, narrow.columns)
	}
	few := fitted(summarize(t, "troubled").sheets()[:1], 90)[0]
	if few.has("p99") == few.has("p99.9") || !slices.Contains(few.footnotes, "p99 n/a: fewer than 10 samples beyond it in a round (400 samples)") {
		t.Errorf("%q left out of %q", few.leftOut, few.footnotes)
	}
}

func TestWrapped(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 0, "> one two three"},
		{"one two three", 15, "> one two three"},
		{"one two three", 10, "> one two\n. three"},
		{"sync+pause=500ms@2s", 13, "> sync+pause=\n. 500ms@2s"},
		{"abcdefghijkl", 7, "> abcde\n. fghij\n. kl"},
		{"\u6e2c\u6e2c\u6e2c", 6, "> \u6e2c\u6e2c\n. \u6e2c"},
		{"\u6e2c\u6e2c", 1, "> \u6e2c\n. \u6e2c"},
		{"", 5, "> "},
	}
	for _, test := range tests {
		if got := wrapped(test.text, test.width, "> ", ". "); got != test.want {
			t.Errorf("%q at %d: %q, expected %q", test.text, test.width, got, test.want)
		}
	}
}
