package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

// run is the main job: plan, server, trials, file, table.
func (a *app) run(ctx context.Context, o *runOptions) error {
	where, err := o.server(a.stderr)
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
	stopProfiles, err := o.profile()
	if err != nil {
		return err
	}
	s, err := server.Start(ctx, where.start(p))
	if err != nil {
		return err
	}
	defer s.Close()
	outcome, err := a.measure(ctx, o, p, s, out, where)
	err = errors.Join(err, stopProfiles())
	if err == nil {
		err = a.conclude(o, out)
	}
	if outcome.Failed > 0 && (err == nil || errors.Is(err, syscall.EPIPE)) {
		return errTrialsFailed
	}
	return err
}

// measure hands the plan to the runner and shows how it goes.
func (a *app) measure(ctx context.Context, o *runOptions, p *plan.Plan, s *server.Server, out *output, where *place) (runner.Outcome, error) {
	display := a.display(o, p)
	defer display.Done()
	r := runner.Runner{
		Plan: p, Header: a.header(o, out.id), Server: s, Out: out.Writer, ServerLabel: o.serverLabel,
		Observer: announcer{display, func(facts results.Server) { a.announce(ctx, p, where, facts) }},
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

// An announcer says what is going to be measured once the server has been
// accepted: a refusal stays one line.
type announcer struct {
	*progress.Display
	accepted func(results.Server)
}

// Accepted announces the run.
func (n announcer) Accepted(s results.Server) { n.accepted(s) }

// announce says what is going to be measured, where, and for how long.
func (a *app) announce(ctx context.Context, p *plan.Plan, where *place, s results.Server) {
	keys, bytes := p.Keys()
	where.pointOut(ctx, a.stderr)
	name := strings.TrimSpace(s.Name + " " + s.Version)
	if name == "" {
		name = "unknown (it does not say)"
	}
	fmt.Fprintf(a.stderr, "server: %s, %s\n", name, where.description)
	fmt.Fprintf(a.stderr, "%s (%s, %s), %s (%s), about %s\n", progress.Count(len(p.Trials), "trial"),
		progress.Count(len(p.Points), "cell"), progress.Count(p.Rounds, "round"), progress.Count(keys, "key"), megabytes(bytes), estimate(p))
	for _, s := range p.Skips {
		fmt.Fprintf(a.stderr, "skipped: %s %s: %s\n", s.Point.Scenario, s.Point.Client(), s.Reason)
	}
}

// executeHere runs a trial in this process.
func (a *app) executeHere(ctx context.Context, spec results.Spec, access results.Access, hooks trial.Hooks) (*results.Measured, error) {
	return trial.Execute(ctx, a.libraries, spec, access, hooks)
}
