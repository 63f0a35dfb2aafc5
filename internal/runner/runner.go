// Package runner goes through a plan: it loads the keys, hands each trial to
// a process of its own, asks the server about it, writes the record down and
// cleans up.
package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

// A Runner executes one plan against one server.
type Runner struct {
	Plan   *plan.Plan
	Header results.Header // ID, Started, Command, Machine and Executors are set
	Server *server.Server
	Out    *results.Writer

	// Executor is the command that executes a trial in a process of its own.
	Executor []string
	// InProcess executes a trial in this process, unless it is nil.
	InProcess func(context.Context, results.Spec, results.Access, trial.Hooks) (*results.Measured, error)
	Observer  Observer

	ServerLabel string
	// Accept looks at the server before anything is written to it, unless it is
	// nil; its error ends the run.
	Accept func(results.Server) error

	// Takeover is how long a replica may take to replace a master that has gone
	// by itself; 0: half a minute.
	Takeover time.Duration

	admin   *server.Admin
	access  results.Access
	facts   results.Server
	begun   bool      // the header is written
	written int       // sets of keys that may be on the server
	sets    int64     // SETs of our own that no trial's record states yet: of the alive key, and of keys loaded again
	marked  time.Time // when the alive key was last set

	seeds []uint64 // of the trials so far: what they wrote may come back

	// What the last trial has left behind, and any trial.
	disturbed, shaken, troubled bool
	process                     string // that got the keys

	pausedUntil atomic.Int64 // Unix time in ns, of a server that was asked to stand still
}

// An Observer is told how the run goes. Its methods return at once.
type Observer interface {
	// Accepted: the server can be measured; loading begins. What should be
	// known of it before is in the warnings.
	Accepted(s results.Server, warnings []results.Warning)
	Loading(done, total int)
	Loaded(keys int, took time.Duration)
	TrialStarted(number int, p results.Point, round int)
	Beat(e results.Event)
	TrialEnded(number int, t results.Trial)
}

// An Outcome is how a run ended.
type Outcome struct {
	Failed int // trials that failed or could not be run
	End    results.End
}

// Run measures. Whatever happens, what was measured is written, our keys are
// removed, and the file is ended. An error means that nothing was measured, or
// that the results cannot be written.
func (r *Runner) Run(ctx context.Context) (outcome Outcome, err error) {
	r.admin = r.Server.Admin()
	defer r.admin.Close()
	defer func() { err = errors.Join(err, r.finish(ctx, &outcome)) }()
	if err := r.prepare(ctx); err != nil {
		return outcome, err
	}
	if err := r.Out.Header(r.Header); err != nil {
		return outcome, err
	}
	r.begun = true
	for i := range r.Plan.Trials {
		record := r.nextTrial(ctx, i)
		if err := r.Out.Trial(record); err != nil {
			return outcome, err
		}
		r.Observer.TrialEnded(i+1, record)
		if record.Status == results.Failed {
			outcome.Failed++
		}
		if ctx.Err() != nil {
			return outcome, nil
		}
		if record.Status == results.NotRun {
			outcome.Failed += len(r.Plan.Trials) - i
			return outcome, r.giveUp(i+1, record.Reason)
		}
	}
	return outcome, nil
}

// prepare finds out about the server and writes the keys.
func (r *Runner) prepare(ctx context.Context) error {
	if err := r.meet(ctx); err != nil {
		return err
	}
	if err := r.admit(ctx); err != nil {
		return err
	}
	warnings, err := r.warnBefore(ctx)
	if err != nil {
		return err
	}
	r.Observer.Accepted(r.facts, warnings)
	return r.load(ctx)
}

// meet completes the header by what the server says of itself.
func (r *Runner) meet(ctx context.Context) error {
	if err := r.admin.Check(ctx); err != nil {
		return err
	}
	r.access = r.admin.Access()
	facts, notes, err := r.admin.Facts(ctx)
	if err != nil {
		return err
	}
	facts.ID, facts.Label = plan.ServerID, r.ServerLabel
	r.facts = facts
	h := &r.Header
	h.Notes, h.Servers = notes, []results.Server{facts}
	h.Seed, h.Rounds = r.Plan.Seed, r.Plan.Rounds
	h.Points, h.Skips, h.Order, h.Ends = r.Plan.Points, r.Plan.Skips, r.Plan.Order(), r.Plan.Ends()
	return nil
}

// admit refuses a server on which the plan cannot be carried out.
func (r *Runner) admit(ctx context.Context) error {
	if r.Accept != nil {
		if err := r.Accept(r.facts); err != nil {
			return err
		}
	}
	if r.access.OldRESP && r.Plan.Points[0].Settings.RESP == 3 {
		return errors.New("--resp 3: the server does not know or not allow HELLO, so RESP 3 cannot be spoken; have 2")
	}
	if err := r.admin.CanDisturb(ctx, r.Plan.Disturbances()); err != nil {
		return err
	}
	if r.Header.Resumes != "" && r.Server.Kind == server.Remote {
		if err := r.takeOver(ctx); err != nil {
			return err
		}
	}
	_, bytes := r.Plan.Keys()
	return r.admin.Room(ctx, bytes)
}

// warnBefore is what a user should know before a server is measured that is
// not ours.
func (r *Runner) warnBefore(ctx context.Context) ([]results.Warning, error) {
	if r.Server.Kind != server.Remote {
		return nil, nil
	}
	stats, err := r.admin.Stats(ctx)
	if err != nil {
		return nil, err
	}
	return append(serverWarnings(r.facts), othersWarnings(stats, r.Plan.Points)...), nil
}

// load writes every set of keys, and says so in the header.
func (r *Runner) load(ctx context.Context) error {
	began := time.Now()
	if err := r.keepAlive(ctx); err != nil {
		return fmt.Errorf("write to the server: %w", err)
	}
	loaded, err := r.writeKeys(ctx)
	if err != nil {
		return err
	}
	if err := r.tryCounting(ctx); err != nil {
		return err
	}
	r.Header.Loaded = loaded
	total, _ := r.Plan.Keys()
	r.Observer.Loaded(total, time.Since(began))
	return nil
}

// tryCounting finds out, on a key of our own, whether counters may be
// incremented, where a scenario does that.
func (r *Runner) tryCounting(ctx context.Context) error {
	for _, d := range r.Plan.Datasets {
		if d.Scenario.Counts {
			return r.admin.Increment(ctx, gen.NewKeys(d.Prefix(r.Header.ID), d.Count).At(0))
		}
	}
	return nil
}

// writeKeys writes every set of keys with values that no step writes.
func (r *Runner) writeKeys(ctx context.Context) (loaded []results.Loaded, err error) {
	total, _ := r.Plan.Keys()
	if stats, err := r.admin.Stats(ctx); err == nil {
		r.process = stats.Process
	}
	before := 0
	for i, d := range r.Plan.Datasets {
		r.written = max(r.written, i+1)
		keys, value := gen.NewKeys(d.Prefix(r.Header.ID), d.Count), r.loaded(d)
		started := time.Now()
		err := r.admin.Load(ctx, d.Count,
			func(i int) (string, []byte) { return keys.At(i), value(i) },
			func(done int) { r.Observer.Loading(before+done, total); r.renew(ctx) })
		if err != nil {
			return nil, fmt.Errorf("load %d keys: %w", d.Count, err)
		}
		before += d.Count
		loaded = append(loaded, results.Loaded{
			Keys: strings.TrimPrefix(d.Prefix(r.Header.ID), gen.RunPrefix(r.Header.ID)) + "<i>", Count: d.Count, DataSize: d.DataSize, Time: time.Since(started),
		})
	}
	return loaded, nil
}

// loaded is what the loader writes to key i of a set.
func (r *Runner) loaded(d plan.Dataset) func(i int) []byte {
	if d.Value != "" {
		return func(int) []byte { return []byte(d.Value) }
	}
	values := gen.NewValues(r.Plan.DataSeed, d.DataSize)
	return func(i int) []byte { return []byte(values.Loaded(i)) }
}

// A mark lasts long enough for whatever may keep it from being renewed, and
// not much longer: until it has gone, what a killed run left cannot be removed.
const (
	markLasts  = 3 * time.Minute
	renewAfter = time.Minute
)

// keepAlive marks the run's keys as those of a living run.
func (r *Runner) keepAlive(ctx context.Context) error {
	r.marked = time.Now()
	err := r.admin.SetAlive(ctx, gen.AliveKey(r.Header.ID), markLasts+limits(plan.Trial{}, r.Plan.Points[0]).patience)
	if err == nil {
		r.sets++
	}
	return err
}

// giveUp records the rest as not run.
func (r *Runner) giveUp(from int, reason string) error {
	for i := from; i < len(r.Plan.Trials); i++ {
		record := r.blank(i)
		record.Status, record.Reason = results.NotRun, reason
		if err := r.Out.Trial(record); err != nil {
			return err
		}
	}
	return nil
}

// finish removes our keys and ends the file.
func (r *Runner) finish(ctx context.Context, outcome *Outcome) error {
	end := &outcome.End
	end.Status, end.Ended = results.OK, time.Now().UTC()
	switch {
	case ctx.Err() != nil:
		end.Status, end.Reason = results.Interrupted, context.Cause(ctx).Error()
	case outcome.Failed > 0:
		end.Status = results.Failed
	}
	end.Warnings = append(end.Warnings, serverWarnings(r.facts)...)
	removed, err := r.clean(ctx)
	end.Removed = removed
	if err != nil && r.Server.Kind == server.Remote {
		end.Warnings = append(end.Warnings, results.Warning{
			Code: "keys-left", Text: "keys may be left on the server: " + r.reason(err),
			Advice: "run respbench clean with the same --url, when the server answers and the run's mark has expired",
		})
	}
	if r.begun && r.Out.Err() == nil {
		return r.Out.End(*end)
	}
	return nil // there is no header that an end could close, or the file has failed, which was said
}
