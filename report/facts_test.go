package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// What was found before a run is told as loud as it matters; once, if several
// runs found the same.
func TestFindingsInDocuments(t *testing.T) {
	header := results.Header{Findings: []results.Finding{
		{Code: "cpu-governor", About: "machine", Level: results.LevelProblem, Text: "powersave\x1b[1m", Advice: "performance"},
		{Code: "load", About: "machine", Level: results.LevelNote, Text: "1.2"},
		{Code: "swap", About: "machine", Level: results.LevelOK, Text: "no swap"},
		{Code: "steal", About: "machine", Level: results.LevelUnknown, Text: "not told"},
	}}
	d := document.Document{Notes: []string{"a note"}}
	addOrigins(&d, []source{{"base", header}, {"new", header}})
	want := document.Document{
		Notes: []string{`problem before the run: machine, cpu-governor: powersave\u001b[1m -> performance`, "a note"},
		Facts: []document.Fact{{Name: "noted before the run: machine, load", Value: "1.2"}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
