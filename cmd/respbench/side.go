package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/results"
)

// A side is base or new: the options of a run, those that both sides share
// among them.
type side struct {
	runOptions
	name  string
	bin   string // path of the respbench that executes its trials; empty: this one
	text  string // its own options as they were typed
	flags *pflag.FlagSet
	own   []string // names of its own options

	where    *place
	plan     *plan.Plan
	executor []string // command line
	about    results.Executor
}

// bothSides are flags of run that cannot differ between the sides.
var bothSides = []string{"rounds", "seed", "target-ci", "dry-run", "disturb", "progress"}

// newSide returns the side that text, "flag=value;flag=value", makes of the
// options that were given for both.
func newSide(name, text string, common *pflag.FlagSet) (*side, error) {
	s := &side{name: name, text: text, flags: pflag.NewFlagSet(name, pflag.ContinueOnError)}
	s.addServer(s.flags)
	s.addWhat(s.flags)
	s.addHow(s.flags)
	s.addShown(s.flags)
	s.flags.StringVar(&s.bin, "bin", "", "the respbench that executes the trials")
	if err := s.takeOver(common); err != nil {
		return nil, err
	}
	if err := s.parse(text); err != nil {
		return nil, fmt.Errorf("--%s: %w", name, err)
	}
	if err := s.validate(s.flags); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// takeOver sets the flags that were given for both sides.
func (s *side) takeOver(common *pflag.FlagSet) (err error) {
	common.Visit(func(f *pflag.Flag) {
		if mine := s.flags.Lookup(f.Name); mine != nil && f.Name != "weight" { // it is kept with its command
			err = errors.Join(err, copyFlag(mine, f))
		}
	})
	return err
}

// copyFlag sets a flag to what another has; the elements of lists may have
// commas of their own.
func copyFlag(to, from *pflag.Flag) error {
	to.Changed = true
	if list, ok := from.Value.(pflag.SliceValue); ok {
		return to.Value.(pflag.SliceValue).Replace(list.GetSlice())
	}
	return to.Value.Set(from.Value.String())
}

// valueOf is a flag's value as one would type it.
func valueOf(f *pflag.Flag) string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return strings.Join(list.GetSlice(), ",")
	}
	return f.Value.String()
}

// parse sets the side's own options.
func (s *side) parse(text string) error {
	for option := range strings.SplitSeq(text, ";") {
		option = strings.TrimSpace(option)
		if option == "" {
			continue
		}
		name, value, ok := strings.Cut(option, "=")
		switch f := s.flags.Lookup(name); {
		case !ok:
			return errors.New("an option without a value: have flag=value;flag=value, with the long names of run's flags")
		case f == nil && slices.Contains(s.own, "url"): // it may be the end of a password
			return errors.New("what follows url is not an option of one side; a ; within a URL is written %3B")
		case f == nil || slices.Contains(bothSides, name):
			return fmt.Errorf("%q is not an option of one side; have %s", name, strings.Join(s.names(), ", "))
		case slices.Contains(s.own, name):
			return fmt.Errorf("%s is given twice", name)
		}
		if err := s.set(name, value); err != nil {
			return err
		}
		s.own = append(s.own, name)
	}
	return nil
}

// set replaces what was given for both; that value is not quoted in an error,
// for it may hold a password.
func (s *side) set(name, value string) error {
	f := s.flags.Lookup(name)
	if list, ok := f.Value.(pflag.SliceValue); ok && f.Changed {
		_ = list.Replace(nil)
	}
	if err := s.flags.Set(name, value); err != nil {
		return fmt.Errorf("%s: not a value for it", name)
	}
	return nil
}

// names lists the options of one side.
func (s *side) names() []string {
	var names []string
	s.flags.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(bothSides, f.Name) {
			names = append(names, f.Name)
		}
	})
	return names
}

// differ are the options in which the sides differ.
func differ(base, other *side) []string {
	var names []string
	for _, name := range slices.Concat(base.own, other.own) {
		if valueOf(base.flags.Lookup(name)) != valueOf(other.flags.Lookup(name)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// prepare plans the side and finds out what executes it. It touches no server.
func (a *app) prepare(ctx context.Context, s *side) (err error) {
	if s.where, err = s.server(a.stderr); err != nil {
		return err
	}
	if s.plan, err = a.plan(ctx, &s.runOptions, []*place{s.where}, nil); err != nil {
		return err
	}
	if s.bin == "" {
		s.about = a.executor()
		s.executor, err = self("trial")
		return err
	}
	if s.Isolation == "none" {
		return errors.New("bin together with --isolate none: trials of another program need a process of their own")
	}
	return a.executedBy(ctx, s)
}

// executedBy has another program execute the trials, but for those of drivers.
// What it cannot measure is skipped.
func (a *app) executedBy(ctx context.Context, s *side) error {
	path, err := programAt(s.bin)
	if err != nil {
		return err
	}
	about, err := describe(ctx, path)
	if err != nil {
		return err
	}
	s.executor, s.about = []string{path, "trial"}, about.Executor
	err = s.plan.Skip(func(p results.Point) string {
		if a.isDriven(p.Library) {
			return ""
		}
		return about.lacks(p)
	})
	if err != nil {
		return fmt.Errorf("nothing to measure with bin=%s: %s", filepath.Base(path), s.plan.Skips[len(s.plan.Skips)-1].Reason)
	}
	return nil
}
