package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	extensions "github.com/yuin/goldmark/extension/ast"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// thousand is a run of 1,000 cells of ten scenarios, some failed, each with a
// warning.
func thousand(t testing.TB) *Summary {
	t.Helper()
	one := makeDefault().run
	trial := one.Trials[0]
	one.Trials, one.Header.Points, one.Header.Order = nil, nil, nil
	for i := range 1000 {
		trial.Point = point(fmt.Sprintf("scenario%d", i/100), "goredis", results.Load{Workers: 1 + i%100})
		trial.Order, trial.Round, trial.Status, trial.Reason = i+1, 1, results.OK, ""
		trial.Warnings = []results.Warning{{Code: fmt.Sprintf("warning%d", i%40), Text: fmt.Sprintf("seen %d", i), Advice: strings.Repeat("advice ", 20)}}
		if i%10 == 0 {
			trial.Status, trial.Reason = results.Failed, strings.Repeat("it went wrong ", 30)
		}
		one.Header.Points, one.Header.Order = append(one.Header.Points, trial.Point), append(one.Header.Order, i)
		one.Trials = append(one.Trials, trial)
	}
	one.Header.Rounds = 1
	s, err := Summarize([]results.Run{one})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBriefIsBrief(t *testing.T) {
	var out bytes.Buffer
	if err := writeMarkdown(&out, thousand(t), Layout{Brief: true}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > markdownLimit || out.Len() < markdownLimit/2 {
		t.Errorf("%d bytes", out.Len())
	}
	checkFolds(t, out.String())
	checkRows(t, out.String())
	if text := out.String(); !strings.HasSuffix(text, " rows left out: too long for this format; the others have all)\n") ||
		!strings.Contains(text, "<summary>how it was measured</summary>") {
		t.Errorf("the end is %q", text[len(text)-300:])
	}
}

// checkFolds wants each fold closed before the next, and no table cut.
func checkFolds(t *testing.T, brief string) {
	t.Helper()
	folded := false
	for line := range strings.Lines(brief) {
		switch opens := strings.HasPrefix(line, "<details>"); {
		case opens && folded, strings.HasPrefix(line, "</details>") && !folded, strings.HasPrefix(line, "|") && !folded:
			t.Fatalf("out of place: %s", line)
		case opens:
			folded = true
		case strings.HasPrefix(line, "</details>"):
			folded = false
		case strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|\n"):
			t.Fatalf("a row is cut: %s", line)
		}
	}
	if folded {
		t.Error("a fold is not closed")
	}
	tables, rows := 0, 0
	walk(t, []byte(brief), func(n ast.Node) {
		switch n.Kind() {
		case extensions.KindTable:
			tables++
		case extensions.KindTableRow:
			rows++
		}
	})
	if tables == 0 || rows < tables {
		t.Errorf("%d tables with %d rows", tables, rows)
	}
}

// Single texts of any length, and any number of them, do not make it long.
func TestBriefOfLongTexts(t *testing.T) {
	long := strings.Repeat("<long> ", 1000)
	many := func(text string) []string {
		var all []string
		for i := range 200 {
			all = append(all, fmt.Sprint(i, text))
		}
		return all
	}
	row := document.TableRow{Cells: []document.Cell{{Text: long}, {Text: "failed: " + long}}, Tone: document.Bad}
	d := document.Document{
		Title: long, Headlines: many(long), Asked: many(long), Notes: many(long), Reproduce: many(long),
		Warnings: []document.Warning{{Code: long, Advice: long, Seen: many(long)}, {Code: "short", Advice: "a"}},
		Facts:    []document.Fact{{Name: long, Value: long}},
	}
	for range 20 {
		d.Sections = append(d.Sections, document.Section{
			Title: long, Text: []string{long},
			Tables: []document.Table{{
				Caption: long, Footnotes: []string{long}, Columns: []document.Column{{Name: "cell"}, {Name: "status"}},
				Rows: slices.Repeat([]document.TableRow{row}, 30),
			}},
		})
	}
	text := briefMarkdown(d)
	if len(text) > markdownLimit {
		t.Errorf("%d bytes", len(text))
	}
	checkFolds(t, text)
	for _, noun := range []string{"lines", "paragraph", "commands", "tables", "rows"} {
		if end := text[strings.LastIndex(text, "\n("):]; !strings.Contains(end, noun) {
			t.Errorf("no %s are left out: %s", noun, end)
		}
	}
}

// Part of a command is another command: what does not fit is left out whole.
func TestBriefHasWholeCommands(t *testing.T) {
	long := "respbench run --scenario '" + strings.Repeat("sync,", 200) + "'"
	tooLong := "respbench run --label '" + strings.Repeat("x", originLimit) + "'"
	text := briefMarkdown(document.Document{Title: "t", Reproduce: []string{long, tooLong, "respbench report"}})
	if !strings.Contains(text, "\n```sh\n"+long+"\nrespbench report\n```\n") || strings.Contains(text, "--label") {
		t.Errorf("commands are cut:\n%s", text)
	}
	if !strings.HasSuffix(text, "(1 command left out: too long for this format; the others have all)\n") {
		t.Errorf("it ends with %q", text[max(0, len(text)-200):])
	}
}

func TestBriefHasRegressionsFirst(t *testing.T) {
	var out bytes.Buffer
	if err := writeComparisonMarkdown(&out, comparedRuns(t), Layout{Brief: true}); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(out.String(), "\n\n")
	lines := strings.Split(after, "\n")
	if !strings.HasPrefix(lines[0], "- result: 3 regressions in 3 tests") || !strings.HasPrefix(lines[1], "- regressed: sync goredis ") {
		t.Errorf("it begins with %q", lines[:2])
	}
	checkFolds(t, out.String())
}
