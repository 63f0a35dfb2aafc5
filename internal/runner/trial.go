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

// unbounded is taken for a trial whose time has no bound.
const unbounded = time.Hour

// blank is the record of trial i before anything is known.
func (r *Runner) blank(i int) results.Trial {
	t := r.Plan.Trials[i]
	return results.Trial{
		Point: r.Plan.Points[t.Point], Executor: r.Header.Executors[0].ID, Round: t.Round, Order: i + 1,
		Limit: t.Limit, Warmup: t.Warmup, Seed: t.Seed,
	}
}

// trial runs trial i and returns its record, whatever became of it.
func (r *Runner) trial(ctx context.Context, i int) results.Trial {
	t, record := r.Plan.Trials[i], r.blank(i)
	r.Observer.TrialStarted(i+1, record.Point, t.Round)
	err := r.keepAlive(ctx, r.longest(t, record.Point))
	if err != nil && ctx.Err() == nil {
		record.Status, record.Reason = results.NotRun, r.gone(err)
		return record
	}
	record.Harness = map[string]int64{"set": r.sets} // the first trial's has that of loading, too
	r.sets = 0
	w := window{ctx: ctx, admin: r.admin, harness: map[string]int64{}}
	w.open()
	measured, err := r.execute(ctx, t, record.Point, bracket{ready: w.start, ended: w.end, beat: func(e results.Event) {
		r.Observer.Beat(e)
		r.renew(ctx, &w)
	}})
	record.Harness["set"] += w.harness["set"]
	record.Measured = measured
	r.judge(ctx, &record, err)
	if measured != nil {
		w.judge(&record, r.Plan.Commands(record.Point))
		record.Warnings = append(record.Warnings, w.warnings(&record)...)
	}
	return record
}

func (r *Runner) longest(t plan.Trial, p results.Point) time.Duration {
	longest := t.Longest()
	if longest == 0 {
		longest = unbounded
	}
	return longest + t.Warmup.Time + 4*p.Settings.Timeout + p.Settings.ConnectTimeout + silence
}

// renew keeps the run's mark alive in a trial that is longer than it was taken
// for: one SET in a while, which the record states.
func (r *Runner) renew(ctx context.Context, w *window) {
	if time.Since(r.marked) < unbounded/3 {
		return
	}
	if r.keepAlive(ctx, unbounded) == nil {
		w.harness["set"] += r.sets
	}
	r.sets = 0
}

// gone says why nothing further can be run.
func (r *Runner) gone(err error) string {
	if reason := r.Server.ExitReason(); reason != "" {
		return "the server ended: " + reason
	}
	if p, ok := errors.AsType[*server.Problem](err); ok {
		return p.At(cmp.Or(r.ServerLabel, "<server>"))
	}
	return "the server cannot be reached any more: " + r.access.Redact(err.Error())
}

// execute hands the trial to a process of its own, or runs it here.
func (r *Runner) execute(ctx context.Context, t plan.Trial, p results.Point, b bracket) (*results.Measured, error) {
	spec := results.Spec{
		Protocol: results.Protocol, Run: r.Header.ID, Point: p,
		Seed: t.Seed, DataSeed: r.Plan.DataSeed, Limit: t.Limit, Warmup: t.Warmup,
	}
	if r.InProcess != nil {
		return r.InProcess(ctx, spec, r.access, trial.Hooks{
			Ready: func() error { b.ready(); return ctx.Err() }, Started: func() {}, Ended: b.ended, Beat: b.beat,
		})
	}
	command := proc.Command{
		Args: r.Executor, CPUs: p.Placement.Client,
		Env: environment(p.Placement.Procs),
	}
	return runChild(ctx, command, spec, r.access, b, 2*p.Settings.Timeout+p.Settings.ConnectTimeout+silence)
}

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
		record.Status, record.Reason = results.Failed, r.access.Redact(err.Error())
	case record.Failure != "":
		record.Status, record.Reason = results.Failed, record.Failure
	default:
		record.Status = results.OK
	}
}
