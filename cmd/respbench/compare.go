package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

func (a *app) compareCommand() *cobra.Command {
	var flags compareFlags
	var d documentFlags
	c := &cobra.Command{
		Use:   "compare BASE NEW",
		Short: "Say what has changed between saved results, with an exit code for CI",
		Long: `Say what has changed between saved results, with an exit code for CI.

BASE and NEW are results files, or quoted patterns that name several. Each cell
that both have is compared, metric by metric, over its rounds: a change counts
if it is both significant (all gated tests together) and at least as large as
the threshold.

Files of two runs differ by whatever else happened in between. The better form
is respbench ab, which measures both sides back to back in one run.

Exit codes: 0 nothing regressed; 1 wrong use or an unreadable file; 3 a
regression, or a value beyond --fail-on; 4 inconclusive, with --strict; 5 not
comparable, or too few rounds to decide anything; 6 a gated cell of BASE is
missing or failed in NEW.`,
		Example: `  respbench compare before.jsonl after.jsonl
  respbench compare --threshold 3% --metrics throughput,p50 before.jsonl after.jsonl
  respbench compare 'results/main-*.jsonl' results/branch.jsonl
  respbench compare --fail-on 'p99>2ms' --fail-on 'errors>0' before.jsonl after.jsonl
  respbench compare --format html --open before.jsonl after.jsonl
  respbench compare --format markdown before.jsonl after.jsonl >>"$GITHUB_STEP_SUMMARY"
  respbench compare --format junit -o compare.xml before.jsonl after.jsonl`,
		Args: twoSides,
		RunE: func(c *cobra.Command, sides []string) error {
			if name := emptyFlag(c.Flags()); name != "" {
				return fmt.Errorf("--%s is empty; give it a value or leave it out", name)
			}
			d.format = flags.format
			if err := d.check(c.Flags()); err != nil {
				return err
			}
			return a.compare(sides[0], sides[1], &flags, &d)
		},
	}
	flags.add(c.Flags())
	d.add(c.Flags())
	return c
}

func twoSides(_ *cobra.Command, args []string) error {
	if len(args) == 2 {
		return nil
	}
	return fmt.Errorf("compare wants two sides, BASE and NEW, and got %d; quote a pattern that names several files", len(args))
}

// compare reads both sides and writes what has changed, to files only when all
// is whole.
func (a *app) compare(baseName, newName string, flags *compareFlags, d *documentFlags) error {
	rules, err := flags.rules()
	if err != nil {
		return err
	}
	base, new, err := readSides(baseName, newName)
	if err != nil {
		return err
	}
	return a.compared(base, new, rules, d)
}

// readSides reads both at once: most of the time goes into histograms.
func readSides(baseName, newName string) (base, new []results.Run, err error) {
	var failed error // to read new
	var reading sync.WaitGroup
	reading.Go(func() { new, failed = readSide(newName) })
	base, err = readSide(baseName)
	reading.Wait()
	return base, new, cmp.Or(err, failed)
}

// readSide reads the file of this name, or those that the pattern names, in
// the order of their names.
func readSide(name string) ([]results.Run, error) {
	paths := []string{name}
	if _, err := os.Stat(name); errors.Is(err, os.ErrNotExist) && strings.ContainsAny(name, `*?[`) {
		var bad error
		if paths, bad = filepath.Glob(name); bad != nil {
			return nil, fmt.Errorf("%s: %w", name, bad)
		}
		if len(paths) == 0 {
			return nil, fmt.Errorf("%s: no file has such a name", name)
		}
	}
	var runs []results.Run
	for _, path := range paths {
		more, err := results.ReadFile(path)
		if err != nil {
			return nil, err
		}
		runs = append(runs, more...)
	}
	return runs, nil
}

// compared writes the comparison, and returns how it ended: nil, or an outcome. A
// reader who has read enough changes nothing about that.
func (a *app) compared(base, new []results.Run, rules report.Rules, d *documentFlags) error {
	comparison, err := report.Compare(base, new, rules)
	if err != nil {
		return outcome{exitUndecidable, err.Error()}
	}
	err = a.put(madeOfComparison(comparison), d)
	if errors.Is(err, errNotShown) { // the verdict is there all the same
		fmt.Fprintf(a.stderr, "respbench: %v\n", err)
	} else if err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	return a.ending(comparison)
}

// ending is the result as an exit code, and one line that says why.
func (a *app) ending(c *report.Comparison) error {
	if result, why := c.Result(c.Rules.Strict); result != report.Passed {
		return outcome{result.ExitCode(), why}
	}
	if open, gated := c.Inconclusive(); open > 0 {
		fmt.Fprintf(a.stderr, "respbench: note: %d of %d gated metrics are inconclusive; --strict makes that exit code %d\n",
			open, gated, exitInconclusive)
	}
	return nil
}
