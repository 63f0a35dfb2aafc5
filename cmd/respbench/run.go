package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/progress"
	"respbench.dev/respbench/internal/runner"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/report"
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
	r.Header.TargetCI = o.target
	if o.target > 0 {
		shown.keep = true
		if out.resumed != nil {
			shown.trials = out.resumed.run.Trials
		}
		r.Enough = func(round int) bool { return precise(r.Header, shown.trials, round, o.target) }
	}
	if out.resumed != nil {
		r.Header.Resumes, r.Accept = out.id, a.sameServer(o, out.resumed)
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
	accepted func(results.Server, []results.Warning)
	keep     bool // the records of the trials
	trials   []results.Trial
}

// Accepted announces the run.
func (n *announcer) Accepted(s results.Server, warnings []results.Warning) { n.accepted(s, warnings) }

// TrialEnded keeps the record where that is needed.
func (n *announcer) TrialEnded(number int, t results.Trial) {
	if n.keep {
		n.trials = append(n.trials, t)
	}
	n.Display.TrialEnded(number, t)
}

// announce says what is going to be measured, where, and for how long.
func (a *app) announce(ctx context.Context, p *plan.Plan, where *place, s results.Server, warnings []results.Warning) {
	keys, bytes := p.Keys()
	where.pointOut(ctx, a.stderr)
	a.announceServer("server", where, s)
	fmt.Fprintf(a.stderr, "%s%s (%s, %s), %s (%s), about %s\n", progress.Count(len(p.Trials), "trial"),
		ofAll(p), progress.Count(len(p.Points), "cell"), progress.Count(p.Rounds, "round"), progress.Count(keys, "key"), megabytes(bytes), estimate(p))
	fmt.Fprintln(a.stderr, decides(p))
	a.announceSkips(p.Skips)
	a.announceWarnings(warnings)
}

// decides says whether a comparison with another such run can tell anything.
func decides(p *plan.Plan) string {
	tests := gatedCells(p.Points, p.Points) * len(report.DefaultMetrics)
	if tests == 0 {
		return "a comparison with another such run has nothing to decide: raw is never gated"
	}
	text := fmt.Sprintf("the %s of a comparison with another such run", progress.Count(tests, "test"))
	if stats.Decides(p.Rounds, p.Rounds, false, report.DefaultAlpha) >= tests {
		return progress.Count(p.Rounds, "round") + " can decide " + text
	}
	return fmt.Sprintf("%s cannot decide %s: --rounds %d", progress.Count(p.Rounds, "round"), text, stats.Rounds(tests, false, report.DefaultAlpha))
}

func (a *app) announceServer(what string, where *place, s results.Server) {
	name := strings.TrimSpace(s.Name + " " + s.Version)
	if name == "" {
		name = "unknown (it does not say)"
	}
	fmt.Fprintf(a.stderr, "%s: %s, %s\n", what, name, where.description)
}

func (a *app) announceWarnings(warnings []results.Warning) {
	for _, w := range warnings {
		fmt.Fprintf(a.stderr, "warning: %s: %s\n", w.Text, w.Advice)
	}
}

// announceSkips says once why a client is skipped, and where.
func (a *app) announceSkips(skips []results.Skip) {
	type reason struct{ client, text string }
	cells := map[reason][]string{}
	for _, s := range skips {
		key := reason{s.Point.Client(), s.Reason}
		if !slices.Contains(cells[key], s.Point.Cell()) {
			cells[key] = append(cells[key], s.Point.Cell())
		}
	}
	for _, s := range skips {
		key := reason{s.Point.Client(), s.Reason}
		if len(cells[key]) > 0 {
			fmt.Fprintf(a.stderr, "skipped: %s %s: %s\n", strings.Join(cells[key], ", "), key.client, key.text)
		}
		delete(cells, key)
	}
}
