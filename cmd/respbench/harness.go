package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
)

// The trials that tell what a step costs.
const (
	stepTrials = 5
	stepTime   = 200 * time.Millisecond
	stepWarmup = "50ms"
)

// harness measures what respbench itself costs, in about two seconds, without a
// server.
func (a *app) harness(ctx context.Context) (report.Harness, error) {
	costs, err := a.stepCosts(ctx)
	if err != nil {
		return report.Harness{}, fmt.Errorf("the cost of a step: %w", err)
	}
	step, clock := stats.Summarize(costs, stats.Lower), engine.Clock()
	return report.Harness{
		Step: step.Median, StepStdev: step.Stdev,
		Clock: clock.Reading, ClockResolution: clock.Resolution.Nanoseconds(),
		TimerLagP50: clock.LagP50.Nanoseconds(), TimerLagP99: clock.LagP99.Nanoseconds(),
	}, nil
}

// stepCosts are what a step of sync takes with a client that does nothing, in
// ns, one a trial. The trials are those of any run, in this process.
func (a *app) stepCosts(ctx context.Context) ([]float64, error) {
	p, err := plan.Make(plan.Options{
		Clients: []string{"fake"}, Scenarios: []string{"sync"}, Rounds: stepTrials, Duration: stepTime, Warmup: stepWarmup,
		Heap: plan.DefaultHeap, Isolation: "none", Host: plan.Host{Procs: runtime.GOMAXPROCS(0)},
	}, a.libraries)
	if err != nil {
		return nil, err
	}
	id := results.NewID()
	var costs []float64
	for _, t := range p.Trials {
		m, err := a.executeHere(ctx, results.Spec{
			Protocol: results.Protocol, Run: id, Point: p.Points[t.Point],
			Seed: t.Seed, DataSeed: p.DataSeed, Limit: t.Limit, Warmup: t.Warmup,
		}, results.Access{}, unwatched())
		switch {
		case err != nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case m.Failure != "":
			return nil, errors.New(m.Failure)
		}
		costs = append(costs, float64(m.Window.Nanoseconds())/float64(m.Ops))
	}
	return costs, nil
}

// unwatched are the hooks of a trial that nobody follows.
func unwatched() trial.Hooks {
	return trial.Hooks{Ready: func() error { return nil }, Started: func() {}, Ended: func() {}, Beat: func(results.Event) {}}
}
