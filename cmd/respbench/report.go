package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/report"
	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

func (a *app) reportCommand() *cobra.Command {
	o := reportOptions{}
	c := &cobra.Command{
		Use:   "report [FILE|FOLDER...]",
		Short: "Make a document from saved results (default: the newest in results/)",
		Long: `Make a document from saved results (default: the newest in results/).

Several files make one table; a folder stands for the results files in it.
respbench list formats tells what the formats are for.`,
		Example: `  respbench report
  respbench report --format html --open
  respbench report --format markdown --title 'Which client?' -o report.md results/mine.jsonl
  respbench report --format markdown --summary results/mine.jsonl >>"$GITHUB_STEP_SUMMARY"
  respbench report --plot spectrum -o spectrum.svg results/mine.jsonl
  respbench report --format json -o table.json results/mine.jsonl
  respbench report -o set/ results/mine.jsonl`,
		RunE: func(c *cobra.Command, paths []string) error {
			if err := o.check(c.Flags()); err != nil {
				return err
			}
			runs, err := a.readResults(paths)
			if err != nil {
				return err
			}
			return a.report(runs, &o)
		},
	}
	c.Flags().StringVar(&o.format, "format", "table", strings.Join(formatNames(report.Formats()), ", "))
	c.Flags().BoolVar(&o.sweep, "sweep", false, "load against latency and throughput, as sweep prints it")
	c.Flags().StringArrayVar(&o.slo, "slo", nil, sloDoc+"; with --sweep")
	c.Flags().StringVar(&o.plot, "plot", "", "SVG instead of a document: "+plotKinds())
	o.add(c.Flags())
	return c
}

type reportOptions struct {
	documentFlags
	sweep bool
	slo   []string
	plot  string
}

// check refuses what cannot be together, and formats that there are not.
func (o *reportOptions) check(flags *pflag.FlagSet) error {
	switch name := emptyFlag(flags); {
	case name != "":
		return fmt.Errorf("--%s is empty; give it a value or leave it out", name)
	case !o.sweep && len(o.slo) > 0:
		return errors.New("--slo without --sweep")
	case o.plot != "" && flags.Changed("format"):
		return errors.New("--plot together with --format")
	case o.plot != "" && (o.title != "" || o.brief || o.open || o.sweep):
		return errors.New("--plot together with --title, --summary, --open or --sweep")
	case o.plot != "" && !slices.Contains(document.Kinds, document.Kind(o.plot)):
		return fmt.Errorf("--plot: unknown plot %q; have %s", o.plot, plotKinds())
	case o.plot != "":
		return nil
	}
	if err := o.formatKnown(); err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	return o.documentFlags.check(flags)
}

func (o *reportOptions) formatKnown() (err error) {
	if o.sweep {
		_, err = report.SweepFormatNamed(o.format)
	} else {
		_, err = report.FormatNamed(o.format)
	}
	return err
}

// report makes the document of results files, or a plot.
func (a *app) report(files [][]results.Run, o *reportOptions) error {
	if o.plot != "" {
		return a.plot(files, document.Kind(o.plot), &o.documentFlags)
	}
	runs := slices.Concat(files...)
	if !o.sweep {
		s, err := report.Summarize(runs)
		if err != nil {
			return err
		}
		return a.put(madeOfSummary(s), &o.documentFlags)
	}
	must, err := slo(o.slo)
	if err != nil {
		return err
	}
	s, err := report.Sweep(runs, report.SweepOptions{SLO: must})
	if err != nil {
		return err
	}
	return a.put(madeOfSweep(s), &o.documentFlags)
}

func madeOfSummary(s *report.Summary) made {
	return made{
		name: "report", title: s.Title(), formats: formatsOf(report.Formats(), s),
		figures: func() []document.Figure { return s.Figures() }, histograms: s.Histograms(),
	}
}

func madeOfSweep(s *report.SweepSummary) made {
	return made{name: "sweep", title: s.Title(), formats: formatsOf(report.SweepFormats(), s), figures: s.Figures}
}

func madeOfComparison(c *report.Comparison) made {
	return made{name: "compare", title: c.Title(), formats: formatsOf(report.ComparisonFormats(), c), figures: c.Figures}
}

// readResults reads files, and those of folders; without any, the newest.
func (a *app) readResults(paths []string) ([][]results.Run, error) {
	if len(paths) == 0 {
		var err error
		if paths, err = newestResults("results"); err != nil {
			return nil, err
		}
		fmt.Fprintf(a.stderr, "report of %s\n", strings.Join(paths, " "))
	}
	var files [][]results.Run
	for _, path := range paths {
		inside, err := resultsIn(path)
		if err != nil {
			return nil, err
		}
		for _, path := range inside {
			runs, err := results.ReadFile(path)
			if err != nil {
				return nil, err
			}
			files = append(files, runs)
		}
	}
	return files, nil
}

// resultsIn is the file itself, or the results files of a folder.
func resultsIn(path string) ([]string, error) {
	if !isFolder(path) {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		if isResults(e.Name()) && !e.IsDir() {
			found = append(found, filepath.Join(path, e.Name()))
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no results in this folder; results are *.jsonl or *.jsonl.gz", path)
	}
	return found, nil
}

func isResults(name string) bool {
	return strings.HasSuffix(name, ".jsonl") || strings.HasSuffix(name, ".jsonl.gz")
}

// newestResults is the file that was written last in the folder or one in it, or
// both sides if it is one of two.
func newestResults(folder string) ([]string, error) {
	var newest string
	var written time.Time
	for _, pattern := range []string{"*.jsonl*", filepath.Join("*", "*.jsonl*")} {
		paths, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if i, err := os.Stat(path); err == nil && isResults(path) && i.ModTime().After(written) {
				newest, written = path, i.ModTime()
			}
		}
	}
	if newest == "" {
		return nil, fmt.Errorf("no results in %s%c; name a file, or measure first: respbench run", folder, filepath.Separator)
	}
	if sides := sidePaths(filepath.Dir(newest)); slices.Contains(sides[:], newest) && exist(sides[:]...) {
		return sides[:], nil
	}
	return []string{newest}, nil
}

// sidePaths are those of the two sides that ab saves in a folder.
func sidePaths(folder string) [2]string {
	return [2]string{filepath.Join(folder, results.BaseSide+".jsonl"), filepath.Join(folder, results.NewSide+".jsonl")}
}

func exist(paths ...string) bool {
	return !slices.ContainsFunc(paths, func(path string) bool {
		_, err := os.Stat(path)
		return err != nil
	})
}
