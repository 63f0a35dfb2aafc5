package main

import (
	"context"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"respbench.dev/respbench/results"
)

const (
	peakLimit    = 300 // MB resident
	firstLimit   = 300 // ms from a run's start to its first trial, loading aside
	betweenLimit = 100 // ms of a trial's own start and end
)

// peak prints the highest resident size of each trial in results files.
func peak(_ context.Context, p *program, args []string) error {
	runs, err := readRuns(p, "peak", args)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "client\tscenario\tworkers\tresident MB\tlimit\t\n")
	for _, run := range runs {
		for _, t := range run.Trials {
			if t.Status != results.OK || t.Cost.PeakBytes == nil {
				return fmt.Errorf("%s %s: %s, its peak is not known: %s", t.Point.Scenario, t.Point.Client(), t.Status, t.Reason)
			}
			mb := float64(*t.Cost.PeakBytes) / 1e6
			fmt.Fprintf(table, "%s\t%s\t%d\t%.0f\t%d\t  %s\n",
				t.Point.Client(), t.Point.Scenario, t.Point.Load.Workers, mb, peakLimit, verdict(mb < peakLimit))
		}
	}
	return table.Flush()
}

// startup prints the time around trials. From the start of a run, given by
// --began, to that of its first trial is all but loading; between the window
// of a trial and the warm-up of the next are the end of one and the start of
// the other.
func startup(_ context.Context, p *program, args []string) error {
	flags := flag.NewFlagSet("startup", flag.ContinueOnError)
	began := flags.Int64("began", 0, "when the run was started, in us since 1970; then only that is printed, as a number of ms")
	if err := p.parse(flags, args); err != nil {
		return err
	}
	runs, err := readRuns(p, "startup", flags.Args())
	if err != nil {
		return err
	}
	if *began > 0 {
		_, err := fmt.Fprintf(p.stdout, "%.1f\n", milliseconds(beforeFirst(runs[0], time.UnixMicro(*began))))
		return err
	}
	var ms []float64
	for _, run := range runs {
		for i := 1; i < len(run.Trials); i++ {
			ms = append(ms, milliseconds(between(run.Trials[i-1], run.Trials[i])))
		}
	}
	if len(ms) == 0 {
		return fmt.Errorf("no trial follows another in these files")
	}
	writeTimes(p.stdout, "a trial's start and end", ms, betweenLimit)
	return nil
}

// beforeFirst is from the start of a run's process to the first step of its
// first trial, without loading.
func beforeFirst(run results.Run, began time.Time) time.Duration {
	took := firstStep(run.Trials[0]).Sub(began)
	for _, loaded := range run.Header.Loaded {
		took -= loaded.Time
	}
	return took
}

// between is from the last step of a trial to the first of the next.
func between(trial, next results.Trial) time.Duration {
	return firstStep(next).Sub(trial.Start.Add(trial.Window))
}

// firstStep is when a trial's warm-up began. What happens between warm-up and
// window counts as start.
func firstStep(t results.Trial) time.Time { return t.Start.Add(-t.Warm.Time) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// readRuns reads results files in which every trial was measured.
func readRuns(p *program, verb string, args []string) ([]results.Run, error) {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	if err := p.parse(flags, args); err != nil {
		return nil, err
	}
	var all []results.Run
	for _, path := range flags.Args() {
		runs, err := results.ReadFile(path)
		if err != nil {
			return nil, err
		}
		all = append(all, runs...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: name results files", verb)
	}
	for _, run := range all {
		if len(run.Trials) == 0 {
			return nil, fmt.Errorf("a run without trials")
		}
		for _, t := range run.Trials {
			if t.Measured == nil {
				return nil, fmt.Errorf("trial %d of %s was not measured: %s", t.Order, t.Point.Client(), t.Reason)
			}
		}
	}
	return all, nil
}
