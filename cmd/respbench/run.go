package main

import (
	"context"
	"errors"
	"fmt"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/results"
)

// run is the main job: plan, servers, trials, file, table.
func (a *app) run(ctx context.Context, o *runOptions) error {
	broken, err := o.openBroken()
	if err != nil {
		return err
	}
	defer broken.close()
	places, err := o.places(a.stderr)
	if err != nil {
		return err
	}
	p, err := a.plan(ctx, o, places, broken)
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.dryRun(p, places)
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
	stopServers, err := startServers(ctx, places, p)
	if err != nil {
		return err
	}
	defer stopServers()
	measured, err := a.measure(ctx, o, p, out, places)
	err = errors.Join(err, stopProfiles())
	if err == nil {
		err = a.conclude(o, out)
	}
	return worse(err, measured.Failed)
}

// plan is what a run does, or what is left of one that goes on.
func (a *app) plan(ctx context.Context, o *runOptions, places []*place, broken *brokenRun) (*plan.Plan, error) {
	if err := a.findDrivers(ctx, o, broken); err != nil {
		return nil, err
	}
	if broken == nil {
		p, err := plan.MakeAll(o.forServers(places), a.known())
		if err == nil {
			err = a.skipLacking(p, places)
		}
		return p, err
	}
	p, err := a.remaining(o, places, broken)
	if err != nil {
		return nil, fmt.Errorf("--resume: %w", err)
	}
	return p, nil
}

// measure hands the plan to a runner for each server and shows how it goes.
func (a *app) measure(ctx context.Context, o *runOptions, p *plan.Plan, out *output, places []*place) (runner.Outcome, error) {
	display := a.display(o.progress, out.path == "", progress.Work{Points: p.Points, Trials: len(p.Trials), Rounds: p.Rounds, Left: p.Estimate})
	defer display.Done()
	shown := &announcer{Display: display, keep: o.target > 0}
	var runners []*runner.Runner
	for i, where := range places {
		r, err := a.runner(o, p, out, where)
		if err != nil {
			return runner.Outcome{}, err
		}
		r.Examine = a.examiner(p, i == 0)
		r.Observer = serverAnnouncer{shown, serverName(places, i), func(facts results.Server, warnings []results.Warning) {
			a.announce(ctx, p, places, i, facts, warnings)
		}}
		runners = append(runners, r)
	}
	first := runners[0]
	if out.resumed != nil {
		first.Header.Resumes, first.Accept = out.id, a.sameServer(o, out.resumed)
		shown.trials = out.resumed.run.Trials
		display.Earlier(shown.trials)
	}
	if first.Header.TargetCI = o.target; o.target > 0 {
		first.Enough = func(round int) bool { return precise(first.Header, shown.trials, round, o.target) }
	}
	measured, err := measureOn(ctx, p, runners)
	display.Done()
	if err == nil && ctx.Err() == nil {
		a.announcePrecision(o.target, measured.End.Rounds, p.Rounds)
	}
	return measured, err
}

// runner is that of one server.
func (a *app) runner(o *runOptions, p *plan.Plan, out *output, where *place) (*runner.Runner, error) {
	r := &runner.Runner{
		Plan: p, Header: a.header(o, out.id, p.Points), Server: where.server, Out: out.Writer, ServerLabel: where.label,
		Others: a.others(p.Points),
	}
	if o.Isolation == "none" {
		r.InProcess = a.executeHere
		return r, nil
	}
	var err error
	r.Executor.Command, err = self("trial")
	return r, err
}

func measureOn(ctx context.Context, p *plan.Plan, runners []*runner.Runner) (runner.Outcome, error) {
	if len(runners) == 1 {
		return runners[0].Run(ctx)
	}
	for i, r := range runners {
		r.Plan = p.On(plan.Server(i))
	}
	return runner.RunServers(ctx, p, runners)
}
