package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// measurePair measures both sides, with the second stage if one was declared
// and the first gives rise to it. It returns how many trials failed.
func (a *app) measurePair(ctx context.Context, p *pair) (failed int, err error) {
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.create(); err != nil {
		return 0, err
	}
	if err := p.startServers(ctx); err != nil {
		return 0, err
	}
	defer p.servers[0].Close()
	defer p.servers[1].Close()
	if failed, err = a.stage(ctx, p, ""); err != nil {
		return failed, err
	}
	p.measured = true
	if !p.options.confirm || ctx.Err() != nil {
		return failed, nil
	}
	flagged, err := p.flagged()
	if err != nil || len(flagged) == 0 {
		return failed, err
	}
	fmt.Fprintf(a.stderr, "second stage: %s once more\n", progress.Count(len(flagged), "cell"))
	first := p.id
	p.again(flagged)
	more, err := a.stage(ctx, p, first)
	return failed + more, err
}

// startServers starts those of the sides, or one for both.
func (p *pair) startServers(ctx context.Context) (err error) {
	for i, s := range p.sides {
		if i == 1 && p.sameServer() {
			p.servers[1] = p.servers[0]
			return nil
		}
		if p.servers[i], err = server.Start(ctx, s.where.start(s.plan, plan.ServerID)); err != nil {
			if i == 1 {
				_ = p.servers[0].Close()
			}
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// stage goes through the plans of both sides once. It confirms the run of that
// id, if any.
func (a *app) stage(ctx context.Context, p *pair, confirms string) (failed int, err error) {
	display := a.display(p.options.progress, false, p.work())
	defer display.Done()
	var runners [2]*runner.Runner
	turns := &turns{Display: display, keep: p.options.target > 0, trials: map[string][]results.Trial{}}
	for i, s := range p.sides {
		runners[i] = &runner.Runner{
			Plan: s.plan, Header: a.sideHeader(p, s, confirms), Server: p.servers[i], Out: p.files[i], ServerLabel: s.serverLabel,
			Others:  a.others(s.plan.Points),
			Examine: a.examiner(s.plan, true),
			Observer: sideTurns{turns, s.name, func(facts results.Server, warnings []results.Warning) {
				a.announceSide(ctx, p, i, facts, warnings)
			}},
		}
		if s.Isolation == "none" {
			runners[i].InProcess = a.executeHere
		} else {
			runners[i].Executor.Command = s.executor
		}
	}
	if p.options.target > 0 {
		runners[0].Enough = p.precise(runners, turns)
	}
	outcomes, err := runner.RunPair(ctx, runners[0], runners[1], p.turns)
	display.Done()
	if err == nil && ctx.Err() == nil {
		a.announcePrecision(p.options.target, outcomes[0].End.Rounds, p.sides[0].plan.Rounds)
	}
	return outcomes[0].Failed + outcomes[1].Failed, err
}

func (a *app) sideHeader(p *pair, s *side, confirms string) results.Header {
	h := a.header(&s.runOptions, p.id, nil)
	h.Executors = a.executors(s.about, s.plan.Points)
	h.TargetCI = p.options.target
	h.Pair = &results.Pair{
		Side: s.name, Differ: p.differ, Options: results.ScrubSide(s.text),
		Confirm: p.options.confirm && confirms == "", Confirms: confirms,
	}
	return h
}

// work is what a stage does. The name of a side tells it from the other.
func (p *pair) work() progress.Work {
	base := p.sides[0].plan
	return progress.Work{Points: base.Points, Trials: len(p.turns), Rounds: base.Rounds, Left: p.left}
}

// left estimates what remains after done trials of both sides.
func (p *pair) left(done int) time.Duration {
	var each [2]int
	for _, side := range p.turns[:min(done, len(p.turns))] {
		each[side]++
	}
	return p.sides[0].plan.Estimate(each[0]) + p.sides[1].plan.Estimate(each[1])
}

// flagged are the points of cells that regressed in the first stage. A run that
// lost its server has no second stage.
func (p *pair) flagged() ([]int, error) {
	base, other, err := p.read()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(slices.Concat(base[0].Trials, other[0].Trials), func(t results.Trial) bool { return t.Status == results.NotRun }) {
		return nil, nil
	}
	c, err := report.Compare(base, other, p.rules)
	if _, ok := errors.AsType[report.NotComparable](err); ok {
		return nil, nil // which the conclusion says
	}
	if err != nil {
		return nil, err
	}
	var flagged []int
	for i, point := range p.sides[0].plan.Points {
		for _, change := range c.Changes {
			if change.Finding.Verdict == stats.Regressed && change.Gated && samePoint(change.Point, point) {
				flagged = append(flagged, i)
				break
			}
		}
	}
	return flagged, nil
}

// samePoint tells within one run, whose points have one server.
func samePoint(p, q results.Point) bool {
	var h results.Header
	return results.PointKey(h, p) == results.PointKey(h, q)
}

// again plans a second stage, of some points only.
func (p *pair) again(points []int) {
	p.id = results.NewID()
	for _, s := range p.sides {
		s.plan.Keep(points)
		s.plan.Reseed(s.plan.Seed + 1)
	}
	p.family = gatedCells(p.sides[0].plan.Points, p.sides[1].plan.Points) * len(p.rules.Metrics)
	p.turns = plan.Interleave(p.sides[0].plan, p.sides[1].plan)
}

// announceSide says once what is going to be measured, and which server each
// side has.
func (a *app) announceSide(ctx context.Context, p *pair, i int, facts results.Server, warnings []results.Warning) {
	s := p.sides[i]
	if i == 0 && !p.measured {
		s.where.pointOut(ctx, a.stderr)
		fmt.Fprintf(a.stderr, "%s\n", p.sidesDiffer())
		a.announceSkips(slices.Concat(p.sides[0].plan.Skips, p.sides[1].plan.Skips))
	}
	if !p.measured {
		a.announceServer(s.name+" server", s.where, facts)
	}
	if i == 0 {
		keys, bytes := s.plan.Keys()
		fmt.Fprintf(a.stderr, "%s (%s, 2 sides, %s), %s (%s), about %s\n", progress.Count(len(p.turns), "trial"),
			progress.Count(len(s.plan.Points), "cell"), progress.Count(s.plan.Rounds, "round"),
			progress.Count(keys, "key"), megabytes(bytes), progress.Rounded(p.left(0)))
		fmt.Fprintf(a.stderr, "%d paired rounds can decide the %s\n", s.plan.Rounds, progress.Count(p.family, "test"))
	}
	a.announceDisturbed(warnings)
}
