// Package runner goes through a plan: it loads the keys, hands each trial to
// a process of its own, asks the server about it, writes the record down and
// cleans up.
package runner

import (
	"cmp"
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

// A Runner executes one plan against one server.
type Runner struct {
	Plan   *plan.Plan
	Header results.Header // ID, Started, Command, Machine and Executors are set
	Server *server.Server
	Out    *results.Writer

	// Executor executes trials, but for those of the libraries that Others has.
	Executor Executor
	Others   map[string]Executor
	// InProcess executes a trial in this process, unless it is nil.
	InProcess func(context.Context, results.Spec, results.Access, trial.Hooks) (*results.Measured, error)
	Observer  Observer

	ServerLabel string
	// Accept looks at the server before anything is written to it, unless it is
	// nil; its error ends the run.
	Accept func(results.Server) error

	// Examine says what about the server, and the machine, may spoil the run,
	// before anything is written to it; nil: nobody asks.
	Examine func(context.Context, *server.Admin, results.Server) []results.Finding

	// Takeover is how long a replica may take to replace a master that has gone
	// by itself; 0: half a minute.
	Takeover time.Duration

	// Enough tells after a whole round whether the run may end there; nil: it
	// may not.
	Enough func(round int) bool

	*site               // where it measures; sides of a pair may share one
	elsewhere []*Runner // those that measure other servers
	begun     bool      // the header is written

	// Of a run on several servers.
	whole    *plan.Plan // of all
	serverID string
	joins    *Runner // whose file it writes to; nil: its own

	next    int // index of the trial that comes next
	outcome Outcome
}

// An Observer is told how the run goes. The run waits for its methods: Loading
// and Beat return at once, the others may write lines.
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

// add takes over how a runner has ended that joined this one.
func (o *Outcome) add(other Outcome) {
	o.Failed += other.Failed
	o.End.Removed += other.End.Removed
	o.End.Warnings = append(o.End.Warnings, other.End.Warnings...)
}

// prepare finds out about the server and writes the keys, unless another side
// has done so.
func (r *Runner) prepare(ctx context.Context) error {
	if r.prepared != nil {
		return r.follow()
	}
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
	if r.Examine != nil {
		r.Header.Findings = r.Examine(ctx, r.admin, r.facts)
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
	facts.ID, facts.Label = cmp.Or(r.serverID, plan.ServerID), r.ServerLabel
	r.facts = facts
	r.Header.Notes, r.Header.Servers = notes, []results.Server{facts}
	r.planned()
	return nil
}

// planned completes the header by the plan.
func (r *Runner) planned() {
	h, p := &r.Header, cmp.Or(r.whole, r.Plan)
	h.Seed, h.Rounds = p.Seed, p.Rounds
	h.Points, h.Skips, h.Order, h.Ends = p.Points, p.Skips, p.Order(), p.Ends()
}

// follow takes over what another side has found out about the server, and the
// keys that it has loaded.
func (r *Runner) follow() error {
	if err := r.speaks(); err != nil {
		return err
	}
	r.Header.Notes, r.Header.Servers, r.Header.Loaded = r.prepared.Notes, r.prepared.Servers, r.prepared.Loaded
	r.Header.Findings = r.prepared.Findings
	r.planned()
	return nil
}

// speaks refuses a protocol that the server does not speak.
func (r *Runner) speaks() error {
	if r.access.OldRESP && r.Plan.Points[0].Settings.RESP == 3 {
		return errors.New("--resp 3: the server does not know or not allow HELLO, so RESP 3 cannot be spoken; have 2")
	}
	return nil
}

// admit refuses a server on which the plan cannot be carried out.
func (r *Runner) admit(ctx context.Context) error {
	if r.Accept != nil {
		if err := r.Accept(r.facts); err != nil {
			return err
		}
	}
	if err := r.speaks(); err != nil {
		return err
	}
	if err := r.admin.CanDisturb(ctx, r.Plan.Disturbances()); err != nil {
		return err
	}
	if r.Header.Resumes != "" && r.Server.Kind == server.Remote {
		if err := r.takeOver(ctx); err != nil {
			return err
		}
	}
	return r.admin.Room(ctx, r.room())
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
	r.prepared = &r.Header
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
	values := d.Values(r.Plan.DataSeed)
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
	err := r.admin.SetAlive(ctx, gen.AliveKey(r.Header.ID), markLasts+patienceWith(r.Plan.Points[0]))
	if err == nil {
		r.sets++
	}
	return err
}

// giveUp records the rest as not run.
func (r *Runner) giveUp(reason string) error {
	r.outcome.Failed += len(r.Plan.Trials) - r.next
	for ; r.next < len(r.Plan.Trials); r.next++ {
		record := r.blank(r.next)
		record.Status, record.Reason = results.NotRun, reason
		if err := r.Out.Trial(record); err != nil {
			return err
		}
	}
	return nil
}

// finish removes our keys and ends the file, of a run that cause has ended
// early, unless that is nil.
func (r *Runner) finish(ctx context.Context, cause error) error {
	end := &r.outcome.End
	end.Status, end.Ended = results.OK, time.Now().UTC()
	switch {
	case ctx.Err() != nil:
		end.Status, end.Reason = results.Interrupted, context.Cause(ctx).Error()
	case cause != nil:
		end.Status, end.Reason = results.Failed, r.reason(cause)
	case r.outcome.Failed > 0:
		end.Status = results.Failed
	}
	end.Warnings = append(end.Warnings, serverWarnings(r.facts)...)
	removed, err := r.clean(ctx)
	end.Removed += removed
	if err != nil && r.Server.Kind == server.Remote {
		end.Warnings = append(end.Warnings, results.Warning{
			Code: "keys-left", Text: "keys may be left on the server: " + r.reason(err),
			Advice: "run respbench clean with the same --url, when the server answers and the run's mark has expired",
		})
	}
	if r.joins != nil {
		r.joins.outcome.add(r.outcome)
		return nil
	}
	if r.begun && r.Out.Err() == nil {
		return r.Out.End(*end)
	}
	return nil // there is no header that an end could close, or the file has failed, which was said
}
