package redisbenchmark

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/trial"
	"respbench.dev/respbench/results"
)

const (
	// Each key is written so often before the clock, on average and at random,
	// that one GET in twenty finds none of a keyspace that nobody has used yet.
	fills = 3
	// The keys are written over so many connections, in batches of so many.
	fillConns, fillDepth = 8, 64
	// leastWarm is how long a run must take to tell how fast it goes.
	leastWarm = 100 * time.Millisecond
)

// An execution is one trial under way.
type execution struct {
	spec   results.Spec
	depth  int64
	server []string
	access results.Access
	hooks  trial.Hooks
	kinds  [2]results.Kind // SET and GET
	dials  int64
	sent   int64 // commands of the runs before, in this phase
}

// Execute runs one trial. The end of ctx stops it: of a run that it cuts
// nothing is known. An error means that nothing could be measured.
func Execute(ctx context.Context, spec results.Spec, access results.Access, hooks trial.Hooks) (*results.Measured, error) {
	for _, why := range []string{Missing(), Lacks(spec.Point, access)} {
		if why != "" {
			return nil, errors.New(why)
		}
	}
	ca, err := writeCA(access.TLS)
	if err != nil {
		return nil, fmt.Errorf("write the CA for %s: %w", Name, err)
	}
	defer ca.remove()
	x := &execution{
		spec: spec, depth: int64(max(spec.Point.Load.Depth, 1)), access: access, hooks: hooks,
		server: serverFlags(access, spec.Point.Settings.RESP, ca.path()),
	}
	for i, name := range []string{"set", "get"} {
		x.kinds[i] = results.Kind{Name: name, Unit: name, Sample: sampleOf(x.depth), OpsPerSample: int(x.depth)}
	}
	began := time.Now()
	counts, err := x.prepare(ctx)
	if err != nil {
		return nil, err
	}
	warm := results.Warm{Time: time.Since(began)}
	for _, k := range x.kinds {
		warm.Ops, warm.Attempts = warm.Ops+k.WarmOps, warm.Attempts+k.WarmAttempts
	}
	if err := hooks.Ready(); err != nil {
		return nil, err
	}
	m, err := x.measure(ctx, counts)
	if err != nil {
		return nil, err
	}
	m.Warm = warm
	return m, nil
}

func sampleOf(depth int64) string {
	if depth == 1 {
		return "first byte of a reply"
	}
	return fmt.Sprintf("first byte of a batch of %d", depth)
}

// Key is what a run's keys are called: it puts twelve digits at the end.
func Key(run string) string { return "respbench:" + run + ":__rand_int__" }

func (x *execution) run(ctx context.Context, kind int, load []string, n int64) (outcome, error) {
	l := x.spec.Point.Load
	r := run{
		server: x.server, load: load, get: kind == 1, key: Key(x.spec.Run),
		value: strings.Repeat("x", l.DataSize), n: n, access: x.access,
		patience: cmp.Or(x.spec.Point.Settings.ConnectTimeout+x.spec.Point.Settings.Timeout, 10*time.Second),
		beat: func(commands int64) {
			x.hooks.Beat(results.Event{Event: results.EventBeat, Ops: x.sent + commands, Attempts: x.sent + commands})
		},
	}
	o, err := r.do(ctx)
	conns, _ := strconv.ParseInt(load[1], 10, 64)
	x.dials += conns + 1 // one to ask for the server's configuration
	x.sent += n
	return o, err
}

func (x *execution) load() []string {
	l := x.spec.Point.Load
	return loadFlags(l.Workers, int(x.depth), l.Keyspace)
}

// prepare writes the keys and returns how many commands of each kind a trial
// has.
func (x *execution) prepare(ctx context.Context) (counts [2]int64, err error) {
	keyspace := x.spec.Point.Load.Keyspace
	if _, err := x.warm(ctx, 0, loadFlags(fillConns, fillDepth, keyspace), batches(int64(fills*keyspace), fillDepth)); err != nil {
		return counts, err
	}
	for kind := range counts {
		rate, err := x.rate(ctx, kind)
		if err != nil {
			return counts, err
		}
		counts[kind] = commands(x.spec.Limit, x.depth, rate)
	}
	x.sent = 0
	return counts, nil
}

func (x *execution) warm(ctx context.Context, kind int, load []string, n int64) (outcome, error) {
	o, err := x.run(ctx, kind, load, n)
	k := &x.kinds[kind]
	k.WarmAttempts += n
	if err == nil {
		k.WarmOps += n
	}
	return o, err
}

// rate warms with one kind for as long as the spec says, and tells how many
// commands a second there were at last.
func (x *execution) rate(ctx context.Context, kind int) (float64, error) {
	least := max(x.spec.Warmup.Time/2, leastWarm)
	n := batches(1000, x.depth)
	for {
		o, err := x.warm(ctx, kind, x.load(), n)
		if err != nil {
			return 0, err
		}
		if o.window >= least {
			return float64(n) / o.window.Seconds(), nil
		}
		n = batches(int64(float64(n)*min(10, max(2, 1.2*float64(least)/float64(o.window)))), x.depth)
	}
}

// commands is how many of each kind a trial has: exactly the asked steps, or
// what takes half of its time, for each kind has the clock for itself.
func commands(l results.Limit, depth int64, rate float64) int64 {
	if l.Steps > 0 {
		return l.Steps * depth
	}
	within := func(d time.Duration) int64 { return int64(rate * d.Seconds() / 2) }
	n := max(within(max(l.Duration, l.MinTime)), l.MinSteps*depth)
	if l.MaxTime > 0 {
		n = min(n, within(l.MaxTime))
	}
	return batches(n, depth)
}

// batches is n, rounded up to whole batches, at least one.
func batches(n, depth int64) int64 { return max(1, (n+depth-1)/depth) * depth }

// measure is the window: one run for each kind.
func (x *execution) measure(ctx context.Context, counts [2]int64) (*results.Measured, error) {
	x.hooks.Started()
	start := time.Now()
	m := &results.Measured{Protocol: results.Protocol, Start: start.UTC()}
	var user, system, apart time.Duration
	for i := range x.kinds {
		if ctx.Err() != nil {
			break
		}
		k := &x.kinds[i]
		k.Attempts = counts[i]
		o, err := x.run(ctx, i, x.load(), counts[i])
		if err != nil && ctx.Err() == nil {
			return nil, err
		}
		if err == nil {
			k.Ops, k.Window, k.Service = counts[i], o.window, o.recording(x.depth)
			user, system, apart = user+o.user, system+o.system, apart+o.window
		}
	}
	m.Window = max(time.Since(start), apart)
	x.hooks.Ended()
	m.Stopped = ctx.Err() != nil
	for _, k := range x.kinds {
		m.Ops, m.Attempts = m.Ops+k.Ops, m.Attempts+k.Attempts
		m.Kinds = append(m.Kinds, k)
	}
	m.Cost = results.Cost{UserCPU: &user, SystemCPU: &system}
	x.settings(m)
	return m, nil
}

func (x *execution) settings(m *results.Measured) {
	l := x.spec.Point.Load
	m.Conns = results.Conns{Declared: l.Workers, Dialled: x.dials}
	m.Resolved = results.Resolved{RESP: 2, Options: map[string]string{
		"-c": strconv.Itoa(l.Workers), "-P": strconv.FormatInt(x.depth, 10), "-r": strconv.Itoa(l.Keyspace),
	}}
	if x.spec.Point.Settings.RESP == 3 {
		m.Resolved.RESP = 3
	}
}
