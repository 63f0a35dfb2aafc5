package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"respbench.dev/respbench/report"
	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/report/svg"
	"respbench.dev/respbench/results"
)

// plotKinds are those of plots, as they are typed.
func plotKinds() string {
	var kinds []string
	for _, k := range document.Kinds {
		kinds = append(kinds, string(k))
	}
	return strings.Join(kinds, ", ")
}

// lacks says why results have no plot of a kind.
var lacks = map[document.Kind]string{
	document.Spectrum:   "no round has latencies that are given",
	document.Throughput: "no trial was measured",
	document.Order:      "no trial was measured",
	document.Sweep:      "nothing was measured at several numbers of workers or rates",
	document.Forest:     "nothing that is gated could be tested",
	document.Timeline:   "no trial lasted long enough: --duration 10s",
}

// plot writes the figures of one kind: below each other into a file, or into a
// folder, each into a file of its own.
func (a *app) plot(files [][]results.Run, kind document.Kind, d *documentFlags) error {
	figures, err := figuresOfKind(files, kind)
	switch {
	case err != nil:
		return fmt.Errorf("--plot %s: %w", kind, err)
	case len(figures) == 0:
		return fmt.Errorf("--plot %s: there is nothing to be drawn: %s", kind, lacks[kind])
	case d.out == "-":
		return svg.WriteAll(a.stdout, figures)
	}
	var set fileSet
	if d.wholeSet() {
		set.plots(d.out, figures, nil)
	} else {
		set.add(d.out, func(w io.Writer) error { return svg.WriteAll(w, figures) })
	}
	return set.save(d.force)
}

func figuresOfKind(files [][]results.Run, kind document.Kind) ([]document.Figure, error) {
	if kind == document.Forest {
		c, err := compareFiles(files)
		if err != nil {
			return nil, err
		}
		return c.Figures(), nil
	}
	var runs []results.Run
	for _, file := range files {
		runs = append(runs, file...)
	}
	s, err := report.Summarize(runs)
	if err != nil {
		return nil, err
	}
	return s.Figures(kind), nil
}

// compareFiles compares the sides of an ab, or the second of two files with the
// first, as compare does without flags.
func compareFiles(files [][]results.Run) (*report.Comparison, error) {
	base, new := sidesOf(files)
	if base == nil || new == nil {
		if len(files) != 2 {
			return nil, errors.New("compares two files, BASE and NEW, or the folder of an ab")
		}
		base, new = files[0], files[1]
	}
	return report.Compare(base, new, report.DefaultRules())
}

// sidesOf are those of runs that were measured as two sides.
func sidesOf(files [][]results.Run) (base, new []results.Run) {
	for _, file := range files {
		for _, run := range file {
			switch pair := run.Header.Pair; {
			case pair == nil:
			case pair.Side == results.BaseSide:
				base = append(base, run)
			default:
				new = append(new, run)
			}
		}
	}
	return base, new
}
