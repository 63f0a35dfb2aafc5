package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/results"
)

// abOptions are the flags of ab: those of run for both sides, what each side
// has of its own, and how the two are compared.
type abOptions struct {
	runOptions
	compareFlags
	base, other string // "flag=value;flag=value"
	confirm     bool
	flags       *pflag.FlagSet // as they were given
}

func (a *app) abCommand() *cobra.Command {
	o := &abOptions{}
	c := &cobra.Command{
		Use:   "ab",
		Short: "Measure two sides in turns, save both, print the verdicts: the form for CI",
		Long: `Measure two sides, base and new, back to back in every round, and compare them.

The sides differ in what --base and --new say: flags of run by their long names,
flag=value;flag=value, or bin=PATH, another respbench (such as one built with
another version of a library). All other flags hold for both. Of two rounds that
follow each other one begins with base and one with new, so that what the machine
does in the meantime reaches both alike; the test is paired.

Both sides are saved under -o DIR as base.jsonl and new.jsonl; respbench compare
DIR/base.jsonl DIR/new.jsonl gives the same verdicts again. Exit codes: 0 no
regression, 1 wrong use or no server, 3 regression, 4 inconclusive (with
--strict), 5 not decidable, 6 a trial failed, on either side, or new cannot
measure what base can. A ; within a value is written %3B in a URL.`,
		Example: `  respbench ab --base clients=goredis --new clients=rueidis
  respbench ab --base bin=./respbench-main --new bin=./respbench -s sync,concurrent -o out
  respbench ab --base url=redis://10.0.0.5 --new url=redis://10.0.0.6 -c rueidis
  respbench ab -c rueidis --base 'context=background' --new 'context=cancel' --confirm`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.flags = c.Flags()
			return a.ab(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.base, "base", "", "what the first side has of its own: flag=value;flag=value, bin=PATH")
	f.StringVar(&o.other, "new", "", "what the second side has of its own")
	f.BoolVar(&o.confirm, "confirm", false, "measure cells that regressed once more, and fail only if they regress again")
	o.addPair(f)
	f.StringVarP(&o.out, "out", "o", "", "folder for base.jsonl and new.jsonl (default results/<UTC time>-<id>)")
	f.BoolVar(&o.force, "force", false, "replace existing files")
	o.add(f)
	return c
}

// addPair adds the flags of run that both sides take.
func (o *abOptions) addPair(f *pflag.FlagSet) {
	o.addServer(f)
	o.addWhat(f)
	o.addHow(f)
	o.addShown(f)
	f.Lookup("rounds").Usage = "how often each cell is measured on either side, an even number (default: as many as the tests need, at least 10); with --target-ci at most"
	f.Lookup("rounds").DefValue = "0"
}

// ab is the verb: two sides in turns, their files, and the verdicts.
func (a *app) ab(ctx context.Context, o *abOptions) error {
	if o.base == "" && o.other == "" {
		return fmt.Errorf("neither --base nor --new: say in what the sides differ, as --base clients=goredis --new clients=rueidis")
	}
	p, err := a.preparePair(ctx, o)
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.dryRunPair(p)
	}
	failed, err := a.measurePair(ctx, p)
	if !p.measured {
		return err
	}
	if ctx.Err() != nil { // what was measured is half of what was to decide
		fmt.Fprintf(a.stderr, "saved, and not compared: %s %s\n", p.paths[0], p.paths[1])
		return ctx.Err()
	}
	verdict := a.concludePair(p)
	if err != nil { // of the second stage
		return err
	}
	return worse(verdict, failed)
}

// concludePair compares what has just been written.
func (a *app) concludePair(p *pair) error {
	base, other, err := p.read()
	if err != nil {
		return err
	}
	verdict := a.compared(base, other, p.rules, &documentFlags{format: p.options.compareFlags.format, out: "-"})
	fmt.Fprintf(a.stderr, "saved: %s %s\nnext:  respbench compare %s %s\n", p.paths[0], p.paths[1], p.paths[0], p.paths[1])
	return verdict
}

// worse is how a verb ends that was to end with err, if trials failed too: a
// failed trial outweighs a regression and what is inconclusive.
func worse(err error, failed int) error {
	o, isOutcome := errors.AsType[outcome](err)
	text := fmt.Sprintf("%s; %s failed or could not be run", o.text, progress.Count(failed, "trial"))
	switch {
	case failed == 0:
		return err
	case err == nil:
		return errTrialsFailed
	case isOutcome && (o.code == exitRegressed || o.code == exitInconclusive):
		return outcome{exitTrial, text}
	case isOutcome && o.code == exitUndecidable:
		return outcome{o.code, text}
	}
	return err
}

// pair measures both sides and returns what was written.
func (a *app) pair(ctx context.Context, o *abOptions) (base, other []results.Run, err error) {
	p, err := a.preparePair(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	failed, err := a.measurePair(ctx, p)
	if err == nil && failed > 0 {
		err = errTrialsFailed
	}
	if err != nil {
		return nil, nil, err
	}
	return p.read()
}

// sidesDiffer says in what, in one line.
func (p *pair) sidesDiffer() string {
	if len(p.differ) == 0 {
		return "the sides are equal (A/A)"
	}
	var words []string
	for _, s := range p.sides {
		words = append(words, s.name+" "+results.ScrubSide(s.text))
	}
	return strings.Join(words, ", ")
}
