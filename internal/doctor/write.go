package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"respbench.dev/respbench/results"
)

// WriteTable writes the findings, the worst first, and beneath them what to do.
func WriteTable(w io.Writer, findings []results.Finding) error {
	findings = results.WorstFirst(findings)
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\n", f.Level, f.About, f.Code, f.Text)
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	if err := writeAdvice(w, findings); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", Summary(findings))
	return err
}

func writeAdvice(w io.Writer, findings []results.Finding) error {
	advised := slices.DeleteFunc(slices.Clone(findings), func(f results.Finding) bool { return f.Advice == "" })
	if len(advised) == 0 {
		return nil
	}
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(rows, "\nwhat to do\n")
	for _, f := range advised {
		fmt.Fprintf(rows, "  %s\t%s\n", f.Code, f.Advice)
	}
	return rows.Flush()
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
