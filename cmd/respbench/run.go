package main

import (
	"context"
	"errors"
	"fmt"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/results"
)

// run is the main job: plan, server, trials, file, table.
func (a *app) run(ctx context.Context, o *runOptions) error {
	broken, err := o.openBroken()
	if err != nil {
		return err
	}
	defer broken.close()
	where, err := o.server(a.stderr)
	if err != nil {
		return err
	}
	p, err := a.plan(o, where, broken)
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.dryRun(p, where)
	}
	out, err := a.createOutput(o, broken)
	if err != nil {
		return err
	}
	defer out.Close()
	stopProfiles, err := o.profile()
	if err != nil {
		return err
	}
	s, err := server.Start(ctx, where.start(p))
	if err != nil {
		return err
	}
	defer s.Close()
	measured, err := a.measure(ctx, o, p, s, out, where)
	err = errors.Join(err, stopProfiles())
	if err == nil {
		err = a.conclude(o, out)
	}
	return worse(err, measured.Failed)
}

// plan is what a run does, or what is left of one that goes on.
func (a *app) plan(o *runOptions, where *place, broken *brokenRun) (*plan.Plan, error) {
	if broken == nil {
		return plan.Make(o.forServer(where), a.libraries)
	}
	p, err := a.remaining(o, where, broken)
	if err != nil {
		return nil, fmt.Errorf("--resume: %w", err)
	}
	return p, nil
}

// measure hands the plan to the runner and shows how it goes.
func (a *app) measure(ctx context.Context, o *runOptions, p *plan.Plan, s *server.Server, out *output, where *place) (runner.Outcome, error) {
	display := a.display(o.progress, len(p.Trials), p.Estimate)
	defer display.Done()
	shown := &announcer{Display: display, accepted: func(facts results.Server, warnings []results.Warning) { a.announce(ctx, p, where, facts, warnings) }}
	r := runner.Runner{
		Plan: p, Header: a.header(o, out.id), Server: s, Out: out.Writer, ServerLabel: o.serverLabel, Observer: shown,
	}
	if out.resumed != nil {
		r.Header.Resumes, r.Accept = out.id, a.sameServer(o, out.resumed)
		shown.trials = out.resumed.run.Trials
	}
	if r.Header.TargetCI = o.target; o.target > 0 {
		shown.keep = true
		r.Enough = func(round int) bool { return precise(r.Header, shown.trials, round, o.target) }
	}
	if o.Isolation == "none" {
		r.InProcess = a.executeHere
	} else {
		var err error
		if r.Executor, err = self("trial"); err != nil {
			return runner.Outcome{}, err
		}
	}
	measured, err := r.Run(ctx)
	display.Done()
	if err == nil && ctx.Err() == nil {
		a.announcePrecision(o.target, measured.End.Rounds, p.Rounds)
	}
	return measured, err
}
