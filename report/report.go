// Package report makes documents out of runs. Summarize does all the
// arithmetic; a format only writes what a Summary holds.
package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"respbench.dev/respbench/results"
)

// A Summary is what every format is written from.
type Summary struct {
	Rows     []Row // grouped by scenario, the raw client first
	Warnings []Warning
	Notes    []string // about whole runs
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
	s := &Summary{Rows: rowsOf(runs), Notes: notes(runs)}
	if len(s.Rows) == 0 {
		return nil, errors.New("no points in these runs")
	}
	compareWithRaw(s.Rows)
	s.Warnings = collectWarnings(runs, s.Rows)
	return s, nil
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

// A Format writes a Summary.
type Format struct {
	Name, Doc string
	Write     func(io.Writer, *Summary) error
}

// Formats lists all formats; the first is for terminals.
func Formats() []Format {
	return []Format{
		{"table", "for a terminal", writeTable},
		{"markdown", "GitHub tables to paste into a document", writeMarkdown},
		{"json", "every number, for programs", writeJSON},
	}
}

// FormatNamed returns one of the Formats. The error names the choices.
func FormatNamed(name string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("unknown format %q; have %s", name, strings.Join(names, ", "))
}
