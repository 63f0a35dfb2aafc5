// Package runner goes through a plan: it loads the keys, hands each trial to
// a process of its own, asks the server about it, writes the record down and
// cleans up.
package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

// cleanupTime bounds removing keys, also after an interruption.
const cleanupTime = 15 * time.Second

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

	admin   *server.Admin
	access  results.Access
	facts   results.Server
	begun   bool      // the header is written
	written int       // sets of keys that may be on the server
	sets    int64     // of the alive key, that no trial's record states yet
	marked  time.Time // when the alive key was last set
}

// An Observer is told how the run goes. Its methods return at once.
type Observer interface {
	// Accepted: the server can be measured; loading begins.
	Accepted(s results.Server)
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
	r.access = r.Server.Access
	defer func() { err = errors.Join(err, r.finish(ctx, &outcome)) }()
	if err := r.prepare(ctx); err != nil {
		return outcome, err
	}
	if err := r.Out.Header(r.Header); err != nil {
		return outcome, err
	}
	r.begun = true
	for i := range r.Plan.Trials {
		record := r.trial(ctx, i)
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
	if err := r.admin.Check(ctx); err != nil {
		return err
	}
	facts, notes, err := r.admin.Facts(ctx)
	if err != nil {
		return err
	}
	r.Header.Notes = notes
	facts.ID, facts.Label = plan.ServerID, r.ServerLabel
	r.facts = facts
	r.Header.Servers = []results.Server{facts}
	r.Header.Seed, r.Header.Rounds = r.Plan.Seed, r.Plan.Rounds
	r.Header.Points, r.Header.Skips, r.Header.Order = r.Plan.Points, r.Plan.Skips, r.Plan.Order()
	_, bytes := r.Plan.Keys()
	if err := r.admin.Room(ctx, bytes); err != nil {
		return err
	}
	r.Observer.Accepted(facts)
	return r.load(ctx)
}

// load writes every set of keys with values that no step writes.
func (r *Runner) load(ctx context.Context) error {
	total, _ := r.Plan.Keys()
	before, began := 0, time.Now()
	if err := r.keepAlive(ctx, time.Hour); err != nil {
		return fmt.Errorf("write to the server: %w", err)
	}
	for _, d := range r.Plan.Datasets {
		r.written++
		keys, values := gen.NewKeys(d.Prefix(r.Header.ID), d.Count), gen.NewValues(r.Plan.DataSeed, d.DataSize)
		started := time.Now()
		err := r.admin.Load(ctx, d.Count,
			func(i int) (string, []byte) { return keys.At(i), []byte(values.Loaded(i)) },
			func(done int) { r.Observer.Loading(before+done, total) })
		if err != nil {
			return fmt.Errorf("load %d keys: %w", d.Count, err)
		}
		before += d.Count
		r.Header.Loaded = append(r.Header.Loaded, results.Loaded{
			Keys: strings.TrimPrefix(d.Prefix(r.Header.ID), gen.RunPrefix(r.Header.ID)) + "<i>", Count: d.Count, DataSize: d.DataSize, Time: time.Since(started),
		})
	}
	r.Observer.Loaded(total, time.Since(began))
	return nil
}

// keepAlive marks the run's keys as those of a living run for at least as
// long as what comes next may take.
func (r *Runner) keepAlive(ctx context.Context, longest time.Duration) error {
	r.sets++
	r.marked = time.Now()
	return r.admin.SetAlive(ctx, gen.AliveKey(r.Header.ID), longest+time.Minute)
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
			Code: "keys-left", Text: "keys may be left on the server: " + r.access.Redact(err.Error()),
			Advice: fmt.Sprintf("remove the keys that begin with %s", gen.RunPrefix(r.Header.ID)),
		})
	}
	if !r.begun {
		return nil // there is no header that an end could close
	}
	return r.Out.End(*end)
}

// answers reports whether the server still talks: someone who interrupts a run
// does not wait for one that hangs.
func (r *Runner) answers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	_, err := r.admin.Stats(ctx)
	return err == nil
}

// clean removes every key that may be on the server, even when interrupted.
func (r *Runner) clean(ctx context.Context) (removed int64, err error) {
	if r.written == 0 {
		return 0, nil
	}
	if ctx.Err() != nil && !r.answers() {
		return 0, errors.New("the server does not answer")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	for _, d := range r.Plan.Datasets[:r.written] {
		keys := gen.NewKeys(d.Prefix(r.Header.ID), d.Count)
		n, failed := r.admin.Unlink(ctx, d.Count, keys.At)
		removed += n
		err = errors.Join(err, failed)
	}
	if err != nil {
		return removed, err
	}
	_, err = r.admin.Delete(ctx, gen.AliveKey(r.Header.ID))
	return removed, err
}
