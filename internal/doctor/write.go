package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"

	"respbench.dev/respbench/results"
)

// WriteTable writes the findings, the worst first, and beneath them what to do,
// in lines of so many columns where the last column can be as narrow as that; 0
// is no limit.
func WriteTable(w io.Writer, findings []results.Finding, width int) error {
	findings = results.WorstFirst(findings)
	var rows [][]string
	for _, f := range findings {
		rows = append(rows, []string{string(f.Level), f.About, f.Code, f.Text})
	}
	if err := writeRows(w, rows, width); err != nil {
		return err
	}
	if err := writeAdvice(w, findings, width); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", Summary(findings))
	return err
}

func writeAdvice(w io.Writer, findings []results.Finding, width int) error {
	var rows [][]string
	for _, f := range findings {
		if f.Advice != "" {
			rows = append(rows, []string{"  " + f.Code, f.Advice})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprint(w, "\nwhat to do\n"); err != nil {
		return err
	}
	return writeRows(w, rows, width)
}

const (
	gap      = 2  // columns between those of a table
	narrowed = 20 // columns that the last one has at least
)

// writeRows has the last cell of a row go on beneath itself.
func writeRows(w io.Writer, rows [][]string, width int) error {
	var used int
	for i := range len(rows[0]) - 1 {
		widest := 0
		for _, row := range rows {
			widest = max(widest, utf8.RuneCountInString(row[i]))
		}
		used += widest + gap
	}
	table := tabwriter.NewWriter(w, 0, 0, gap, ' ', 0)
	for _, row := range rows {
		last := len(row) - 1
		lines := []string{row[last]}
		if width > 0 {
			lines = strings.Split(text.WrapSoft(row[last], max(width-used, narrowed)), "\n")
		}
		fmt.Fprintf(table, "%s\t%s\n", strings.Join(row[:last], "\t"), strings.TrimRight(lines[0], " "))
		for _, line := range lines[1:] {
			fmt.Fprintf(table, "%s%s\n", strings.Repeat("\t", last), strings.TrimRight(line, " "))
		}
	}
	return table.Flush()
}

// Summary counts: "2 problems, 3 notes, 4 unknown, 9 ok".
func Summary(findings []results.Finding) string {
	counts := map[results.Level]int64{}
	for _, f := range findings {
		counts[f.Level]++
	}
	return fmt.Sprintf("%s, %s, %d unknown, %d ok", count(counts[results.LevelProblem], "problem"), count(counts[results.LevelNote], "note"),
		counts[results.LevelUnknown], counts[results.LevelOK])
}

// WriteJSON writes {"findings": [...]}, the worst first.
func WriteJSON(w io.Writer, findings []results.Finding) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Findings []results.Finding `json:"findings"`
	}{results.WorstFirst(findings)})
}
