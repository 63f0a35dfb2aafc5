package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// found has a finding of each level.
var found = []results.Finding{
	{Code: "load", About: "machine", Level: results.LevelNote, Text: "1.2"},
	{Code: "cpu-governor", About: "machine", Level: results.LevelProblem, Text: "powersave\x1b[1m", Advice: "performance"},
	{Code: "swap", About: "machine", Level: results.LevelOK, Text: "no swap"},
	{Code: "steal", About: "machine", Level: results.LevelUnknown, Text: "not told"},
}

// What was found before runs is a warning in all that people read, and once;
// programs have it, too.
func TestProblemsAreWarnings(t *testing.T) {
	runs := readRuns(t, "loads")
	again := readRuns(t, "loads")[0]
	again.Header.ID = "again"
	runs = append(runs, again)
	for i := range runs {
		runs[i].Header.Findings = found
	}
	times := map[string]int{"table": 1, "markdown": 1, "html": 1, "json": len(runs)}
	for _, w := range everyFormat(t, runs, runs, runs) {
		verb, format, _ := strings.Cut(w.name, " ")
		want := times[format]
		if want == 0 {
			continue
		}
		if format == "json" && verb != "report" {
			want++ // with the warning
		}
		var out bytes.Buffer
		if err := w.write(&out, Layout{}); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "powersave"); n != want {
			t.Errorf("%s says it %d times, want %d", w.name, n, want)
		}
	}
}

func TestProblemsJoinTheWarningOfTheSame(t *testing.T) {
	seen := []Seen{{Text: "seen", Rows: []string{"sync raw"}}}
	all := []Warning{{Code: "server-persists", Advice: "know", Seen: seen}, {Code: "steal", Advice: "move", Seen: seen}}
	problem := func(code, advice string) results.Finding {
		return results.Finding{Code: code, About: "a", Level: results.LevelProblem, Text: "it is", Advice: advice}
	}
	header := results.Header{Findings: []results.Finding{problem("steal", "another"), problem("persistence", "wait"), problem("swap", "off")}}
	got := withProblems(all, []results.Header{header, header}, "")
	both := append(slices.Clone(seen), Seen{Text: "a, before the run: it is"})
	want := []Warning{
		{Code: "server-persists", Advice: "know", Seen: both}, {Code: "steal", Advice: "move", Seen: both},
		{Code: "swap", Advice: "off", Seen: both[1:]},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestProblemsOfSides(t *testing.T) {
	base, new := measuredRun("base", goredis(1e5, 6)), measuredRun("new", goredis(1e5, 6))
	base.Header.Findings, new.Header.Findings = found, found
	c, err := Compare([]results.Run{base}, []results.Run{new}, defaultRules())
	if err != nil {
		t.Fatal(err)
	}
	want := Warning{"cpu-governor", "performance", []Seen{{"machine, before the run: powersave\x1b[1m", []string{"base", "new"}}}}
	if i := slices.IndexFunc(c.Warnings, func(w Warning) bool { return cmp.Equal(w, want) }); i < 0 {
		t.Errorf("no %+v in %+v", want, c.Warnings)
	}
}

// A program gets all findings.
func TestFindingsInJSON(t *testing.T) {
	runs := readRuns(t, "default")
	runs[0].Header.Findings = found
	s, err := Summarize(runs)
	if err != nil {
		t.Fatal(err)
	}
	var got jsonDocument
	text := formatted(t, "json", s)
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	id := runs[0].Header.ID
	want := []jsonFinding{
		{id, "cpu-governor", "machine", "problem", "powersave\x1b[1m", new("performance")}, {id, "load", "machine", "note", "1.2", nil},
		{id, "steal", "machine", "unknown", "not told", nil}, {id, "swap", "machine", "ok", "no swap", nil},
	}
	if diff := cmp.Diff(want, got.Findings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := compiled(t, "results").Validate(instance(t, []byte(text))); err != nil {
		t.Error(err)
	}
}

// What is to be noted is a fact; once, if several runs found the same.
func TestNotedFindingsAreFacts(t *testing.T) {
	var d document.Document
	header := results.Header{Findings: found}
	addOrigins(&d, []source{{"base", header}, {"new", header}})
	want := document.Document{Facts: []document.Fact{{Name: "noted before the run: machine, load", Value: "1.2"}}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
