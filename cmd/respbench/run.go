package main

import (
	"context"
	"errors"
	"fmt"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

// run is the main job: plan, server, trials, file, table.
func (a *app) run(ctx context.Context, o *runOptions) error {
	where, err := o.server(ctx, a.stderr)
	if err != nil {
		return err
	}
	p, err := plan.Make(o.forServer(where), a.libraries)
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.dryRun(p, where)
	}
	out, err := a.createOutput(o)
	if err != nil {
		return err
	}
	defer out.Close()
	s, err := server.Start(ctx, where.start(p))
	if err != nil {
		return err
	}
	defer s.Close()
	a.announce(p, where)
	stopProfiles, err := o.profile()
	if err != nil {
		return err
	}
	outcome, err := a.measure(ctx, o, p, s, out)
	err = errors.Join(err, stopProfiles())
	if outcome.End.Status == "" || err != nil {
		return err
	}
	if err := a.conclude(o, out); err != nil {
		return err
	}
	if outcome.Failed > 0 {
		return errTrialsFailed
	}
	return nil
}

// measure hands the plan to the runner and shows how it goes.
func (a *app) measure(ctx context.Context, o *runOptions, p *plan.Plan, s *server.Server, out *output) (runner.Outcome, error) {
	display := a.display(o, p)
	defer display.Done()
	r := runner.Runner{
		Plan: p, Header: a.header(o, out.id), Server: s, Out: out.Writer,
		Observer: display, ServerLabel: o.serverLabel,
	}
	if o.Isolation == "none" {
		r.InProcess = a.executeHere
	} else {
		var err error
		if r.Executor, err = self("trial"); err != nil {
			return runner.Outcome{}, err
		}
	}
	return r.Run(ctx)
}

// announce says what is going to be measured, where, and for how long.
func (a *app) announce(p *plan.Plan, where *place) {
	keys, bytes := p.Keys()
	fmt.Fprintf(a.stderr, "server: %s\n", where.description)
	fmt.Fprintf(a.stderr, "%d trials (%d cells, %d rounds), %d keys (%s), about %s\n",
		len(p.Trials), len(p.Points), p.Rounds, keys, megabytes(bytes), estimate(p))
	for _, s := range p.Skips {
		fmt.Fprintf(a.stderr, "skipped: %s %s: %s\n", s.Point.Scenario, s.Point.Client(), s.Reason)
	}
}

// executeHere runs a trial in this process.
func (a *app) executeHere(ctx context.Context, spec results.Spec, access results.Access, hooks trial.Hooks) (*results.Measured, error) {
	return trial.Execute(ctx, a.libraries, spec, access, hooks)
}
