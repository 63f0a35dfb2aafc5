package runner

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/internal/server"
	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

// blank is the record of trial i before anything is known.
func (r *Runner) blank(i int) results.Trial {
	t := r.Plan.Trials[i]
	point := r.Plan.Points[t.Point]
	return results.Trial{
		Point: point, Executor: r.executor(point).ID, Round: t.Round, Order: t.Order,
		Limit: t.Limit, Warmup: t.Warmup, Seed: t.Seed, Pair: t.Pair, Side: r.side(),
	}
}

func (r *Runner) side() string {
	if r.Header.Pair == nil {
		return ""
	}
	return r.Header.Pair.Side
}

// nextTrial runs trial i, on a server that has recovered from the one before,
// and returns its record, whatever became of it.
func (r *Runner) nextTrial(ctx context.Context, i int) results.Trial {
	t, record := r.Plan.Trials[i], r.blank(i)
	r.Observer.TrialStarted(r.number(i), record.Point, t.Round)
	if err := r.recover(ctx); err != nil && ctx.Err() == nil {
		record.Status, record.Reason = results.NotRun, r.gone(err)
		return record
	}
	record.Harness = map[string]int64{"set": r.sets} // the first trial's has that of loading, too
	r.sets = 0
	d, err := r.disturber(record.Point)
	if err != nil {
		r.judge(ctx, &record, err)
		return record
	}
	w := &window{ctx: ctx, admin: r.admin, harness: map[string]int64{}}
	r.trial(ctx, &record, t, w, d)
	r.seeds = append(r.seeds, t.Seed)
	r.aftermath(&record)
	return record
}

// trial measures, and has the server asked at the edges of the window.
func (r *Runner) trial(ctx context.Context, record *results.Trial, t plan.Trial, w *window, d *disturber) {
	w.open()
	measured, err := r.execute(ctx, t, record.Point, Bracket{
		Ready: func() { w.start(r.sets) }, Started: func() { d.start(ctx) }, Ended: w.end,
		Beat: func(e results.Event) {
			r.Observer.Beat(e)
			d.learn(e)
			r.renew(ctx)
		},
	})
	w.harness["set"] = r.sets
	record.Harness["set"] += r.sets
	r.sets = 0
	record.Measured = measured
	r.judge(ctx, record, err)
	d.stop(record)
	if measured != nil {
		e := r.executor(record.Point)
		w.foreign, w.cpus = e.Driver != nil, e.CPUs
		w.unknowing = r.Server.Kind != server.Remote && e.Driver != nil
		if e.Unchecked != nil {
			record.Warnings = append(record.Warnings, *e.Unchecked)
			w.unchecked = e.Unchecked.Text
		}
		w.judge(record, r.Plan.Commands(record.Point))
		record.Warnings = append(record.Warnings, w.warnings(record)...)
	}
}

// renew sets the run's mark again, once in a while: one SET, which the record
// states. The marks on other servers must not expire meanwhile
// either; where that is the same server by another address, the SET is of the
// trial that runs.
func (r *Runner) renew(ctx context.Context) {
	if time.Since(r.marked) > renewAfter {
		_ = r.keepAlive(ctx) // a server that has gone shows by what comes next
	}
	for _, other := range r.elsewhere {
		if other.prepared == nil || time.Since(other.marked) <= renewAfter {
			continue
		}
		_ = other.keepAlive(ctx)
		if other.process == r.process {
			r.sets++
		}
	}
}

// gone says why nothing further can be run.
func (r *Runner) gone(err error) string {
	if reason := r.Server.ExitReason(); reason != "" {
		return "the server ended: " + reason
	}
	if _, ok := errors.AsType[*server.Problem](err); ok {
		return r.reason(err)
	}
	return "the server cannot be reached any more: " + r.reason(err)
}

// reason is an error's text as it may be stored.
func (r *Runner) reason(err error) string {
	if p, ok := errors.AsType[*server.Problem](err); ok {
		return p.At(cmp.Or(r.ServerLabel, "<server>"))
	}
	return r.access.Redact(err.Error())
}

// execute hands the trial to a process of its own, or runs it here.
func (r *Runner) execute(ctx context.Context, t plan.Trial, p results.Point, b Bracket) (*results.Measured, error) {
	spec := results.Spec{
		Protocol: results.Protocol, Run: r.Header.ID, Point: p,
		Seed: t.Seed, DataSeed: r.Plan.DataSeed, Limit: t.Limit, Warmup: t.Warmup,
	}
	if p.Disturb != "" {
		spec.Earlier = r.seeds
	}
	if r.InProcess != nil {
		return r.InProcess(ctx, spec, r.access, trial.Hooks{
			Ready: func() error { b.Ready(); return ctx.Err() }, Started: b.Started, Ended: b.Ended, Beat: b.Beat,
		})
	}
	command := proc.Command{CPUs: p.Placement.Client, Env: environment(p.Placement.Procs)}
	e := r.executor(p)
	return RunTrial(ctx, e, command, spec, r.access, b, limits(t, p, e.Driver != nil))
}

// executor is what the trials of a point are handed to.
func (r *Runner) executor(p results.Point) Executor {
	if e, other := r.Others[p.Library]; other {
		return e
	}
	own := r.Executor
	own.ID = r.Header.Executors[0].ID
	return own
}

// limits are those beyond which the process of a trial is stuck. What is done
// to the server in a disturbed trial must not keep it from ending, nor may the
// program of others that beats on.
func limits(t plan.Trial, p results.Point, foreign bool) Bounds {
	s := p.Settings
	late := 2 * max(s.Timeout, s.ConnectTimeout)
	b := Bounds{Patience: patienceWith(p)}
	if foreign {
		b.Warm = edgeTime + t.Warmup.Time + each(t.Warmup.Steps+t.Warmup.MinSteps, s.Timeout) + late
		b.Edges = edgeTime + late
	}
	if foreign || p.Disturb != "" {
		b.Window = longest(t.Limit, s.Timeout) + late + endTime + stopGrace
		if p.Load.Rate > 0 {
			b.Window += t.Limit.Duration // for what is late
		}
	}
	return b
}

func patienceWith(p results.Point) time.Duration {
	calls := 2*p.Settings.Timeout + p.Settings.ConnectTimeout + silence
	if p.Load.Rate == 0 {
		return calls
	}
	return calls + time.Duration(mostApart*float64(max(p.Load.Depth, 1))/p.Load.Rate*float64(time.Second))
}

// longest is how long a trial may be under way, of steps that take up to the
// timeout.
func longest(l results.Limit, timeout time.Duration) time.Duration {
	return cmp.Or(l.Duration, l.MaxTime, each(max(l.Steps, l.MinSteps), timeout))
}

// each is the time of steps one after the other, as far as it can be counted.
func each(steps int64, step time.Duration) time.Duration {
	step = max(step, time.Second)
	return time.Duration(min(steps, int64(never/step))) * step
}

const (
	// edgeTime is how long opening and closing many connections may take.
	edgeTime = time.Minute
	// endTime is how long a scenario may take for what is under way when its
	// window ends.
	endTime = 10 * time.Second
	// mostApart is how many times the mean two steps of an open loop are apart,
	// hardly ever more.
	mostApart = 20
)

// environment is ours, but for what would change the runtime of one run and
// not of another.
func environment(procs int) []string {
	ours := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "GOGC" || name == "GOMEMLIMIT" || name == "GOMAXPROCS"
	})
	return append(ours, "GOMAXPROCS="+strconv.Itoa(procs))
}

// judge says how the trial ended.
func (r *Runner) judge(ctx context.Context, record *results.Trial, err error) {
	switch {
	case ctx.Err() != nil:
		record.Status, record.Reason = results.Interrupted, context.Cause(ctx).Error()
	case err != nil:
		record.Status, record.Reason = results.Failed, r.reason(err)
	case record.Stopped:
		record.Status, record.Reason = results.Failed, "it ended early, which nobody had asked for"
	case record.Failure != "":
		record.Status, record.Reason = results.Failed, record.Failure
	default:
		record.Status = results.OK
	}
}
