package main

import (
	"errors"
	"fmt"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/results"
)

// A brokenRun is one that did not come to its end and goes on.
type brokenRun struct {
	path string
	file *results.Writer
	run  results.Run // as far as it came, with what resumed it before
}

// openBroken opens the file that --resume names, whose last run goes on; nil
// without --resume. Flags that were not given are as that run had them, where
// they matter before its plan is made again.
func (o *runOptions) openBroken() (*brokenRun, error) {
	if o.resume == "" {
		return nil, nil
	}
	file, runs, err := results.Append(o.resume)
	if err != nil {
		return nil, fmt.Errorf("--resume: %w", err)
	}
	runs = results.Join(runs)
	b := &brokenRun{path: o.resume, file: file, run: runs[len(runs)-1]}
	o.follow(b.run.Header)
	return b, nil
}

// close lets go of the file; it may be closed already.
func (b *brokenRun) close() {
	if b != nil {
		_ = b.file.Close()
	}
}

func (o *runOptions) follow(h results.Header) {
	if len(h.Points) == 0 {
		return // there is nothing to go on with, which the plan says
	}
	settings := h.Points[0].Settings
	if !o.given("timeout") {
		o.Timeout = settings.Timeout
	}
	if !o.given("isolate") {
		o.Isolation = settings.Isolation
	}
	if !o.given("target-ci") {
		o.target = h.TargetCI
	}
	if !o.given("client-label") {
		o.clientLabel = h.Machine.Label
	}
	if !o.given("server-label") {
		o.serverLabel = h.Server(plan.ServerID).Label
	}
}

// remaining is the plan of what a broken run still owes. It refuses to measure
// under other conditions, as far as they are known before the server is asked.
func (a *app) remaining(o *runOptions, places []*place, b *brokenRun) (*plan.Plan, error) {
	if len(b.run.Header.Servers) > 1 {
		return nil, errors.New("it measures several servers: such a run is begun anew")
	}
	facts := b.run.Header.Server(plan.ServerID)
	facts.Kind = places[0].kind
	if err := a.sameConditions(o, b, facts); err != nil {
		return nil, err
	}
	p, err := plan.Resume(b.run, o.forServers(places)[0], o.given, a.known())
	if err != nil {
		return nil, err
	}
	if len(p.Trials) == 0 {
		return nil, fmt.Errorf("nothing is owed: all %d trials of %s are there", len(b.run.Header.Order), b.path)
	}
	return p, nil
}

// sameServer refuses a server that is not as the one that a broken run used.
func (a *app) sameServer(o *runOptions, b *brokenRun) func(results.Server) error {
	return func(facts results.Server) error {
		if err := a.sameConditions(o, b, facts); err != nil {
			return fmt.Errorf("--resume: %w", err)
		}
		return nil
	}
}

func (a *app) sameConditions(o *runOptions, b *brokenRun, facts results.Server) error {
	now := a.header(o, b.run.Header.ID, b.run.Header.Points)
	facts.Label = o.serverLabel
	now.Servers = []results.Server{facts}
	return results.SameConditions(b.run.Header, now)
}
