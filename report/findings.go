package report

import (
	"slices"

	"respbench.dev/respbench/results"
)

// sameWarnings are the codes of warnings that are about the same as findings of
// another code.
var sameWarnings = map[string]string{"persistence": "server-persists", "eviction": "server-evicts"}

// withProblems adds what was found before the runs that is likely to spoil
// them. It joins a warning of its code, or of the same under another, so that
// each thing is said once. The row may be empty.
func withProblems(all []Warning, headers []results.Header, row string) []Warning {
	for _, h := range headers {
		for _, f := range h.Findings {
			if f.Level != results.LevelProblem {
				continue
			}
			w := results.Warning{Code: f.Code, Text: f.About + ", before the run: " + f.Text, Advice: f.Advice}
			about := func(o Warning) bool { return o.Code == f.Code || o.Code == sameWarnings[f.Code] }
			if i := slices.IndexFunc(all, about); i >= 0 {
				w.Code, w.Advice = all[i].Code, all[i].Advice
			}
			all = addWarning(all, w, row)
		}
	}
	return all
}

// findingsOf are those of all runs, of each the worst first.
func findingsOf(headers []results.Header) []jsonFinding {
	all := []jsonFinding{}
	for _, h := range headers {
		for _, f := range results.WorstFirst(h.Findings) {
			all = append(all, jsonFinding{h.ID, f.Code, f.About, string(f.Level), f.Text, known(f.Advice)})
		}
	}
	return all
}
