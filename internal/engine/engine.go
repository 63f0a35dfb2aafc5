// Package engine repeats steps and records how long they take. It owns the
// clock, the barrier between warming and measuring, and the end of a trial. It
// knows nothing of Redis, and prints nothing.
//
// Nothing is shared between workers in the loop. A worker keeps its samples in
// a ring of its own and empties it, under one lock, into the histograms when
// it is full; it publishes its counts at most once a millisecond.
package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A Step does one unit of work and tells which kind of op it was and how many
// ops it did, or tried to do if err is not nil.
type Step func(context.Context) (kind, ops int, err error)

// A Limit says when a phase ends: after exactly Steps, or after Duration, or,
// where both are zero, as soon as MinSteps and MinTime are both done. MaxTime
// ends it in any case unless it is zero. Where steps are paced all of these
// bound what comes due, and MaxTime also what is late.
type Limit struct {
	Steps    int64
	Duration time.Duration
	MinSteps int64
	MinTime  time.Duration
	MaxTime  time.Duration
}

// A Warmup says what comes before the window: either exactly Steps of all
// workers together, or, of each worker, both Time and MinSteps. Where steps are
// paced a worker does what comes due in Time, and one step at least.
type Warmup struct {
	Time     time.Duration
	MinSteps int64
	Steps    int64
}

// Config is what an engine is made with.
type Config struct {
	Workers int
	Kinds   int // kinds are numbered from 0
	Metrics int // metrics are numbered from 0
	Seed    uint64
	Limit   Limit
	Warmup  Warmup
	Pace    Pace

	Slice   time.Duration // of the trial's course, doubled where there are too many; 0: a second
	Outages time.Duration // the shortest time without any success that is kept; 0: none is

	// Classify gives the class, below Classes, of a step's error.
	Classify func(error) int
	Classes  int
	// Warmed is called when all workers have warmed and wait; its error ends
	// the run. What it does last is done right before the clock starts.
	Warmed func() error
	// Ended is called as soon as the last worker has returned.
	Ended func()
}

// An Engine runs one trial.
type Engine struct {
	cfg      Config
	workers  []*Worker
	sink     *sink
	series   []*series // all of them
	metrics  []*series
	samplers samplers
	live     live
	outages  *outages
	stopped  atomic.Bool
	stop     chan struct{} // closed when the run is stopped
	stopping sync.Once
	stopAt   atomic.Int64 // when the run was stopped; 0: it was not

	warmup, window *pacing   // nil: a closed loop
	responses      []*series // by kind
	lag, wake      *series
	sleeper        func() (sleep sleeper, release func())

	left   atomic.Int64 // steps of a counted phase that nobody has claimed
	began  int64        // when Run was called
	start  int64        // of the phase
	warmed int64        // when the warm-up had ended
}

// live is what may be read while workers run.
type live struct {
	steps, ops, attempts, errors atomic.Int64
	lastOK, gap                  atomic.Int64 // ns on the engine's clock; longest time between successes
	byClass                      []atomic.Int64
}

// New returns an engine whose workers are not yet bound to steps.
func New(cfg Config) *Engine {
	e := &Engine{cfg: cfg, sink: newSink(cfg), outages: newOutages(cfg.shortestOutage()), stop: make(chan struct{})}
	e.warmup, e.window = newPacing(cfg).forWarmup(cfg.Warmup), newPacing(cfg).forWindow(cfg.Limit)
	if e.window != nil {
		e.lag, e.wake, e.sleeper = e.newSeries(), e.newSeries(), newSleeper
		for range cfg.Kinds {
			e.responses = append(e.responses, e.newSeries())
		}
	}
	e.live.byClass = make([]atomic.Int64, cfg.Classes)
	for range cfg.Metrics {
		e.metrics = append(e.metrics, e.newSeries())
	}
	for i := range cfg.Workers {
		e.workers = append(e.workers, newWorker(e, i))
	}
	return e
}

// Workers are what scenarios bind their steps to, in order of their index.
func (e *Engine) Workers() []*Worker { return e.workers }

// Stop ends the run: every worker returns after the step it is in.
func (e *Engine) Stop() {
	e.stopping.Do(func() {
		e.stopAt.Store(now())
		e.stopped.Store(true)
		close(e.stop)
	})
	for _, w := range e.workers {
		w.wakeAt(never)
	}
}

// Run warms, measures and returns what was recorded. Steps get ctx as it is;
// cancelling it is not how a run is stopped.
func (e *Engine) Run(ctx context.Context, steps []Step) (*Result, error) {
	var warming, measuring sync.WaitGroup
	open := make(chan struct{})
	warming.Add(len(steps))
	e.began = now()
	e.beginWarmup()
	over := e.startPacer(e.warmup)
	for i, step := range steps {
		w := e.workers[i]
		w.step = step
		measuring.Go(func() {
			w.warm(ctx)
			warming.Done()
			<-open
			w.measure(ctx)
		})
	}
	warming.Wait()
	over()
	warm := e.endWarmup()
	err := e.cfg.Warmed()
	if err != nil {
		e.Stop()
	}
	started := time.Now()
	e.beginWindow()
	over = e.startPacer(e.window)
	close(open)
	measuring.Wait()
	e.rest()
	e.cfg.Ended()
	over()
	return e.result(started, warm), err
}

func (e *Engine) beginWarmup() {
	e.left.Store(e.cfg.Warmup.Steps)
	e.begin()
}

// endWarmup returns what warming did and forgets it.
func (e *Engine) endWarmup() Warm {
	warm := Warm{Time: time.Duration(now() - e.start), kinds: make([]warmKind, e.cfg.Kinds)}
	for _, w := range e.workers {
		w.publish()
		for i := range w.kinds {
			warm.add(i, w.kinds[i].ops, w.kinds[i].ops+w.kinds[i].failed)
		}
		w.reset()
	}
	e.sink.reset()
	warm.Errors = e.live.classes()
	e.live.reset()
	e.warmed = now()
	return warm
}

func (e *Engine) beginWindow() {
	e.resetSeries()
	e.left.Store(e.cfg.Limit.Steps)
	e.begin()
}

func (e *Engine) begin() {
	e.start = now()
	e.live.lastOK.Store(e.start)
	e.outages.reset()
	e.sink.begin(e.start)
}

// classes are the failed steps so far, by class.
func (l *live) classes() []int64 {
	counts := make([]int64, len(l.byClass))
	for i := range l.byClass {
		counts[i] = l.byClass[i].Load()
	}
	return counts
}

func (l *live) reset() {
	for _, n := range []*atomic.Int64{&l.steps, &l.ops, &l.attempts, &l.errors, &l.gap} {
		n.Store(0)
	}
	for i := range l.byClass {
		l.byClass[i].Store(0)
	}
}

// succeeded notes that a step succeeded at t. It sees gaps to about a
// millisecond, the interval at which workers call it. Their ends are exact: a
// worker whose step took longer than that calls it as soon as the step ends.
func (e *Engine) succeeded(t int64) {
	for {
		last := e.live.lastOK.Load()
		if t <= last {
			return
		}
		if e.live.lastOK.CompareAndSwap(last, t) {
			raise(&e.live.gap, t-last)
			e.outages.add(last, t)
			return
		}
	}
}

func raise(n *atomic.Int64, to int64) {
	for {
		old := n.Load()
		if to <= old || n.CompareAndSwap(old, to) {
			return
		}
	}
}
