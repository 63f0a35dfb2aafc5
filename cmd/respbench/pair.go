package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/redisbenchmark"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// A pair is two sides that are measured in turns.
type pair struct {
	options *abOptions
	rules   report.Rules
	sides   [2]*side
	differ  []string // names of options
	turns   []int    // the side of each trial
	family  int      // gated tests

	id       string // of the stage
	measured bool   // the first stage is whole
	folder   string // of the files, if we made it
	paths    [2]string
	files    [2]*results.Writer
	servers  [2]*server.Server // the same one twice, unless the sides differ in it
}

// leastPairRounds is below what an interval over rounds is worth little.
const leastPairRounds = 10

// preparePair plans both sides and touches no server.
func (a *app) preparePair(ctx context.Context, o *abOptions) (p *pair, err error) {
	p = &pair{options: o}
	if p.rules, err = o.rules(); err != nil {
		return nil, err
	}
	if err := o.validatePair(); err != nil {
		return nil, err
	}
	for i, text := range []string{o.base, o.other} {
		if p.sides[i], err = newSide([]string{results.BaseSide, results.NewSide}[i], text, o.flags); err != nil {
			return nil, err
		}
		if err := a.prepare(ctx, p.sides[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", p.sides[i].name, err)
		}
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, p.interleave()
}

// validatePair refuses what the flags of both sides alone can tell, and has both
// draw the same keys, values and order.
func (o *abOptions) validatePair() error {
	if err := o.validate(o.flags); err != nil {
		return err
	}
	if o.given("disturb") {
		return errors.New("--disturb: a disturbed trial has no steady numbers to compare; respbench run --disturb shows what clients do")
	}
	return o.flags.Set("seed", strconv.FormatUint(o.Seed, 10))
}

// check refuses sides that cannot be compared, whatever comes out.
func (p *pair) check() error {
	base, other := p.sides[0], p.sides[1]
	p.differ = differ(base, other)
	embedded := func(s *side) bool { return s.where.kind == server.Embedded }
	unchecked := func(s *side) bool {
		return slices.ContainsFunc(s.plan.Points, func(p results.Point) bool { return p.Library == redisbenchmark.Name })
	}
	switch {
	case unchecked(base) || unchecked(other):
		return fmt.Errorf("%s is for run: it measures SET and GET apart, in steps too coarse for a verdict", redisbenchmark.Name)
	case embedded(base) != embedded(other):
		return outcome{exitUndecidable, "not comparable: one side has the embedded server, which is not Redis, and the other has not"}
	case !p.sameServer() && base.serverLabel != "" && base.serverLabel == other.serverLabel:
		return fmt.Errorf("--server-label %q is that of two servers: give each side its own", base.serverLabel)
	case p.sameServer() && base.serverLabel != other.serverLabel:
		return fmt.Errorf("server-label %q and %q are of one server: both sides have the same", base.serverLabel, other.serverLabel)
	}
	return nil
}

// sameServer reports whether one server serves both sides: two that are alike
// would differ by chance, and in every round alike.
func (p *pair) sameServer() bool {
	var started [2]server.Options
	for i, s := range p.sides {
		started[i] = s.where.start(s.plan, plan.ServerID)
		started[i].Timeout, started[i].ConnectTimeout = 0, 0 // of our own connection
	}
	return reflect.DeepEqual(started[0], started[1])
}

// interleave decides the rounds and lays out the trials of both sides.
func (p *pair) interleave() (err error) {
	base, other := p.sides[0].plan, p.sides[1].plan
	err = plan.Align(base, other, results.Decided(p.differ...))
	if lacks, ok := errors.AsType[plan.Lacking](err); ok {
		return outcome{exitTrial, lacks.Error()}
	}
	if err != nil {
		return err
	}
	p.family = gatedCells(base.Points, other.Points) * len(p.rules.Metrics)
	if p.family == 0 {
		return outcome{exitUndecidable, "nothing to compare: raw, which tells whether the machine has changed, is never gated"}
	}
	rounds, err := p.rounds(p.needed())
	if err != nil {
		return err
	}
	base.Rounds, other.Rounds = rounds, rounds
	p.turns = plan.Interleave(base, other)
	return nil
}

// needed is the smallest even number of rounds that can decide the tests.
func (p *pair) needed() int {
	rounds := stats.Rounds(p.family, true, p.rules.Alpha)
	return rounds + rounds%2
}

// rounds are those that were asked for, or as many as the tests need.
func (p *pair) rounds(needed int) (int, error) {
	o := p.options
	switch {
	case o.target > 0 && !o.given("rounds"):
		return max(mostRounds, needed), nil
	case !o.given("rounds"):
		return max(leastPairRounds, needed), nil
	case o.Rounds%2 != 0:
		return 0, fmt.Errorf("--rounds %d: half of them begin with base and half with new, so have an even number", o.Rounds)
	case o.Rounds < needed:
		return 0, outcome{exitUndecidable, fmt.Sprintf("%d rounds cannot decide %d tests; use %d", o.Rounds, p.family, needed)}
	}
	return o.Rounds, nil
}

// gatedCells counts the cells that are tested: raw on both sides is not.
func gatedCells(base, other []results.Point) (cells int) {
	for i, p := range base {
		if p.Library == report.RawLibrary && other[i].Library == report.RawLibrary {
			continue
		}
		cells += plan.Kinds(p)
	}
	return cells
}

// create opens the two results files before anything is measured.
func (p *pair) create() (err error) {
	p.id = results.NewID()
	folder := p.options.out
	switch folder {
	case "-":
		return errors.New("-o -: there are two results files; give a folder")
	case "":
		folder = strings.TrimSuffix(results.DefaultPath(now(), p.id), ".jsonl")
	}
	if _, err := os.Stat(folder); os.IsNotExist(err) {
		p.folder = folder
	}
	p.paths = sidePaths(folder)
	for i := range p.sides {
		if p.files[i], err = results.Create(p.paths[i], p.options.force); err != nil {
			return err
		}
	}
	return nil
}

// close closes the files; those that nothing was written to are removed, and so
// is the folder that we made for them.
func (p *pair) close() error {
	var errs []error
	for _, file := range p.files {
		if file != nil {
			errs = append(errs, file.Close())
		}
	}
	if p.folder != "" {
		_ = os.Remove(p.folder) // which it is not while files are in it
	}
	return errors.Join(errs...)
}

// read reads what was written.
func (p *pair) read() (base, other []results.Run, err error) {
	if base, err = results.ReadFile(p.paths[0]); err != nil {
		return nil, nil, err
	}
	other, err = results.ReadFile(p.paths[1])
	return base, other, err
}
