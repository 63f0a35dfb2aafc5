package report

import (
	"slices"
	"strings"
	"testing"
)

// No cell is unknown without a reason below the table.
func TestUnknownCellsAreExplained(t *testing.T) {
	seen := 0
	for _, report := range reports {
		sheets := summarize(t, report.files...).sheets()
		for i, s := range sheets {
			below := s.footnotes
			for s.continued && below == nil {
				i++
				below = sheets[i].footnotes
			}
			for _, c := range s.columns {
				if !slices.ContainsFunc(c.cells, func(cell string) bool { return strings.Contains(cell, unknown) }) {
					continue
				}
				seen++
				if !slices.ContainsFunc(below, func(note string) bool {
					of, _, why := strings.Cut(note, unknown+": ")
					return why && (of == "" || slices.Contains(strings.Split(strings.TrimSpace(of), ", "), c.name))
				}) {
					t.Errorf("%s: %s is unknown, with the footnotes %q", report.name, c.name, below)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("nothing is unknown")
	}
}

// A change that is unknown says why below the table, unless its row does.
func TestUnknownChangesAreExplained(t *testing.T) {
	c := everyVerdict(t)
	for i := range c.Changes {
		if c.Changes[i].Metric.Name == "allocs" {
			c.Changes[i].Shift.Unfit = "a value of 0 has no ratio"
		}
	}
	gated, others := c.sheets()
	for _, format := range ComparisonFormats()[:2] {
		if got := string(written(t, format, c)); strings.Count(got, "\nchange n/a: a value of 0 has no ratio\n") != 1 {
			t.Errorf("%s: not explained:\n%s", format.Name, got)
		}
	}
	if want := []string{"change n/a: a value of 0 has no ratio"}; !slices.Equal(others.footnotes, want) {
		t.Errorf("%q, expected %q", others.footnotes, want)
	}
	if len(gated.footnotes) > 0 {
		t.Errorf("%q, though the rows have reasons", gated.footnotes)
	}
}

// What is the same of several columns is said once, and samples as a range.
func TestFootnotesMerge(t *testing.T) {
	few := func(column string, samples int64) footnote {
		return footnote{columns: []string{column}, text: "too few", lack: true, fewest: samples, most: samples}
	}
	s := sheet{columns: []column{{name: "p99"}, {name: "p99.9"}}, notes: []footnote{
		few("p99", 400), {text: "said of all"}, few("p99.9", 5000), few("p99.9", 400), few("gone", 1), {columns: []string{"gone"}, text: "gone"},
	}}
	want := []string{"p99, p99.9 n/a: too few (400 to 5,000 samples)", "said of all"}
	if got := settle(s)[0].footnotes; !slices.Equal(got, want) {
		t.Errorf("%q, expected %q", got, want)
	}
	before := sheet{columns: []column{{name: "gone"}}, notes: s.notes, continued: true}
	if got := settle(before, s); got[0].footnotes != nil || !slices.Contains(got[1].footnotes, "gone") {
		t.Errorf("%q, then %q", got[0].footnotes, got[1].footnotes)
	}
}
