// Package report makes documents out of runs. Summarize does all the
// arithmetic; a format only writes what a Summary holds.
package report

import (
	"errors"
	"fmt"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// A Summary is what every format is written from.
type Summary struct {
	Rows     []Row // grouped by scenario, the raw client first
	Warnings []Warning
	Notes    []string         // about whole runs
	Headers  []results.Header // of the runs: where and how they were made
}

// A Warning concerns rows, or a whole run if it names none.
type Warning struct {
	Code, Advice string
	Seen         []Seen
}

// Seen is what was seen, and in which rows.
type Seen struct {
	Text string
	Rows []string
}

// Summarize joins the parts of resumed runs, pools the rounds of runs that may
// be pooled, and reduces them to rows. Its error says that there is nothing to report, or a run given twice.
func Summarize(runs []results.Run) (*Summary, error) {
	if len(runs) == 0 {
		return nil, errors.New("no runs to report")
	}
	runs = results.Join(runs)
	if err := checkDistinct(runs); err != nil {
		return nil, err
	}
	s := &Summary{Rows: rowsOf(runs), Notes: notes(runs), Headers: headersOf(runs)}
	if len(s.Rows) == 0 {
		return nil, errors.New("no points in these runs")
	}
	compareWithRaw(s.Rows)
	s.Warnings = withProblems(collectWarnings(runs, s.Rows), s.Headers, "")
	return s, nil
}

func headersOf(runs []results.Run) []results.Header {
	return list(runs, func(run results.Run) results.Header { return run.Header })
}

// checkDistinct refuses a run given twice: its rounds would count double.
func checkDistinct(runs []results.Run) error {
	seen := map[identity]bool{}
	for _, run := range runs {
		id := identityOf(run)
		if seen[id] {
			return fmt.Errorf("run %s is given twice", run.Header.ID)
		}
		seen[id] = true
	}
	return nil
}

// An identity is what no two runs share, but for copies of one.
type identity struct{ id, started, side string }

func identityOf(run results.Run) identity {
	id := identity{id: run.Header.ID, started: run.Header.Started.UTC().String()}
	if run.Header.Pair != nil {
		id.side = run.Header.Pair.Side
	}
	return id
}

func notes(runs []results.Run) []string {
	var notes []string
	for _, run := range runs {
		prefix := ""
		if len(runs) > 1 {
			prefix = "run " + run.Header.ID + ": "
		}
		for _, note := range append(run.Header.Notes, run.Notes...) {
			notes = append(notes, prefix+note)
		}
		if run.End == nil {
			notes = append(notes, prefix+cutOff)
		}
	}
	return notes
}

// Formats lists all formats; the first is for terminals.
func Formats() []Format {
	return []Format{
		{"table", "for a terminal", writeTable},
		{"markdown", "GitHub tables to paste into a document", writeMarkdown},
		{"html", "one page with plots, for a browser", writeHTML},
		{"json", "every number, for programs", writeJSON},
		{"csv", "a line for each value of each round, for spreadsheets and data frames", writeCSV},
		{"gobench", "Go benchmark text, for benchstat: also -col /client", writeGoBench},
		{"bigger-is-better", "throughput and the like, for github-action-benchmark", writeActions(stats.Higher)},
		{"smaller-is-better", "latencies and costs, for github-action-benchmark", writeActions(stats.Lower)},
		{"hgrm", "percentiles of a cell, for the plotters of HdrHistogram", writeHGRM},
		{"hlog", "HDR histogram log: the histogram of each round", writeHDRLog},
	}
}
