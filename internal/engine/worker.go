package engine

import (
	"cmp"
	"context"
	"math"
	"sync/atomic"
	"time"
)

const (
	ringSize = 256

	// A worker ticks once a millisecond, and where there are many each of them
	// less often: a tick touches memory that all share. Where outages are kept
	// none ticks less often: all others may hang.
	tickEvery       = time.Millisecond
	ticksTogether   = 10 // a millisecond, about, of all workers
	longestTickEach = 20 * time.Millisecond

	// A worker waits after a failure, twice as long after each further one.
	firstWait   = time.Millisecond
	longestWait = 100 * time.Millisecond

	// Blocks of steps that a worker claims of a counted phase.
	largestClaim = 16
)

var base = time.Now()

// now is the engine's clock: nanoseconds on the monotonic clock alone, which
// costs half of time.Now.
func now() int64 { return int64(time.Since(base)) }

// A Worker is one of those that share the steps of a trial.
type Worker struct {
	Index, Of int
	Seed      uint64 // of this worker

	e        *Engine
	step     Step
	kinds    []recorder
	reads    []Reads // by kind
	metrics  []feed
	every    int64 // the longest time between ticks
	next     int64 // when to tick
	slice    int64 // when the current slice ends
	end      int64 // of the last successful step
	firstOK  int64 // end of the first one, of the warm-up or the window
	failedAt int64 // end of the last failed one
	wait     time.Duration
	steps    int64
	shown    published

	// Of a paced phase:
	due       int64  // when the current step was
	responses []feed // by kind
	lag       feed
	account   account
	waits     atomic.Int64  // what the worker has parked for: the time of its next step; 0: it has not
	wakes     chan struct{} // one from who made waits 0, unless that was the worker
}

// A recorder holds a worker's samples of one kind until they are drained.
type recorder struct {
	n      int
	ops    int64
	failed int64 // ops that were tried and not done
	ring   *[ringSize]int64
}

// published is what the worker has already added to the engine's live counts.
type published struct{ steps, ops, failed, end int64 }

func newWorker(e *Engine, index int) *Worker {
	w := &Worker{Index: index, Of: e.cfg.Workers, Seed: e.cfg.Seed + uint64(index), e: e}
	w.every = int64(tickEvery)
	if e.cfg.Outages == 0 {
		each := tickEvery * time.Duration(max(1, e.cfg.Workers/ticksTogether))
		w.every = int64(min(each, longestTickEach))
	}
	w.kinds, w.reads = make([]recorder, e.cfg.Kinds), make([]Reads, e.cfg.Kinds)
	for i := range w.kinds {
		w.kinds[i].ring = new([ringSize]int64)
	}
	for _, m := range e.metrics {
		w.metrics = append(w.metrics, feed{into: m})
	}
	for _, r := range e.responses {
		w.responses = append(w.responses, feed{into: r})
	}
	w.lag.into, w.wakes = e.lag, make(chan struct{}, 1)
	return w
}

func (w *Worker) reset() {
	for i := range w.kinds {
		w.kinds[i] = recorder{ring: w.kinds[i].ring}
	}
	clear(w.reads)
	for i := range w.metrics {
		w.metrics[i].n = 0
	}
	for i := range w.responses {
		w.responses[i].n = 0
	}
	w.lag.n, w.account = 0, account{}
	w.steps, w.shown, w.wait = 0, published{}, 0
}

// A review says, asked at t, when it wants to be asked again at the latest; 0
// ends the phase.
type review func(t int64) (again int64)

const (
	over  = 0
	never = math.MaxInt64
)

func (w *Worker) warm(ctx context.Context) {
	limit := w.e.cfg.Warmup
	if w.e.warmup != nil {
		w.pace(ctx, w.e.warmup)
		if w.steps == 0 && limit.Time > 0 && !w.e.stopped.Load() {
			t := now()
			w.send(ctx, t, t, t)
		}
		return
	}
	end := w.e.start + int64(limit.Time)
	w.loop(ctx, limit.Steps > 0, func(t int64) int64 {
		switch {
		case limit.Steps > 0:
			return never
		case t < end:
			return end
		case w.steps < limit.MinSteps:
			return t
		default:
			return over
		}
	})
}

func (w *Worker) measure(ctx context.Context) {
	if w.e.window != nil {
		w.pace(ctx, w.e.window)
		w.finish()
		return
	}
	limit := w.e.cfg.Limit
	after := func(d time.Duration) int64 { return w.e.start + int64(d) }
	last := int64(never)
	if limit.MaxTime > 0 {
		last = after(limit.MaxTime)
	}
	w.loop(ctx, limit.Steps > 0, func(t int64) int64 {
		switch {
		case w.steps == 0:
			return t // a worker that was scheduled late has its step all the same
		case t >= last:
			return over
		case limit.Steps > 0:
			return last
		case limit.Duration > 0 && t < after(limit.Duration):
			return min(last, after(limit.Duration))
		case limit.Duration == 0 && t < after(limit.MinTime):
			return min(last, after(limit.MinTime))
		case limit.Duration == 0 && w.e.live.steps.Load() < limit.MinSteps:
			return last
		default:
			return over
		}
	})
	w.finish()
}

// loop repeats the step for as long as there are steps to claim and the review,
// made at each tick, wants more. The end of one step is the start of the next,
// so that a step costs one reading of the clock; a sample therefore holds the
// recording of the one before it, some 5 ns.
func (w *Worker) loop(ctx context.Context, counted bool, r review) {
	start := now()
	going := w.begin(start, r)
	for left := w.claim(counted); going && left > 0; left = w.claim(counted) {
		for ; going && left > 0; left-- {
			kind, ops, err := w.step(ctx)
			end := now()
			took := end - start
			start = end
			w.steps++
			if end >= w.next {
				going = w.tick(end, err == nil, r)
				start = now()
			}
			k := &w.kinds[kind]
			if err != nil {
				k.failed += int64(ops)
				w.fail(kind, took, end, err)
				start = now()
				going = going && w.tick(start, false, r)
				continue
			}
			w.end = end
			if ops == 0 {
				continue // it found nothing to do
			}
			k.ops += int64(ops)
			k.ring[k.n&(ringSize-1)] = took
			if k.n++; k.n == ringSize {
				w.drain(kind, k)
				start = now()
			}
		}
	}
}

// begin is for the beginning of a phase; it reports whether there is one.
func (w *Worker) begin(start int64, r review) (going bool) {
	w.slice, w.end, w.failedAt = w.e.sink.boundary(start), start, start
	w.shown.end = start
	return w.tick(start, false, r)
}

// claim takes a block of a counted phase's steps: at most 16, and fewer when
// few are left, so that none idles while others have work.
func (w *Worker) claim(counted bool) int64 {
	if !counted {
		return math.MaxInt64
	}
	for {
		left := w.e.left.Load()
		if left <= 0 {
			return 0
		}
		n := min(max(left/int64(2*w.Of), 1), largestClaim)
		if w.e.left.CompareAndSwap(left, left-n) {
			return n
		}
	}
}

// tick closes the worker's part of a slice that has ended, publishes its
// counts, and reports whether the phase goes on. A step that has succeeded at
// t, and is not recorded yet, belongs to the slice that begins.
func (w *Worker) tick(t int64, succeeded bool, r review) bool {
	if t >= w.slice {
		for kind := range w.kinds {
			w.drain(kind, &w.kinds[kind])
		}
		w.slice = w.e.sink.boundary(t)
	}
	if succeeded {
		if t-w.end > int64(tickEvery) {
			w.e.succeeded(w.end) // a gap begins at what came before a long step
		}
		w.end = t
	}
	w.publish()
	again := r(t)
	w.next = min(w.after(t), w.slice, again)
	if w.firstOK == 0 {
		w.next = t // to see the first success at the next step already
	}
	return again != over && !w.e.stopped.Load()
}

// after is when the worker ticks next by itself. Workers take turns, so that
// together they see a stall or a gap to about a millisecond.
func (w *Worker) after(t int64) int64 {
	turn := w.every * int64(w.Index) / int64(w.Of)
	return t + w.every - (t-turn)%w.every
}

func (w *Worker) publish() {
	sum := published{steps: w.steps, end: w.end}
	for i := range w.kinds {
		sum.ops += w.kinds[i].ops
		sum.failed += w.kinds[i].failed
	}
	live := &w.e.live
	live.steps.Add(sum.steps - w.shown.steps)
	live.ops.Add(sum.ops - w.shown.ops)
	live.attempts.Add(sum.ops + sum.failed - w.shown.ops - w.shown.failed)
	if sum.end > w.shown.end {
		w.e.succeeded(sum.end)
		w.firstOK = cmp.Or(w.firstOK, sum.end)
	}
	w.shown = sum
}

func (w *Worker) drain(kind int, r *recorder) {
	if r.n > 0 {
		w.e.sink.add(kind, r.ring[:r.n], w.end)
		r.n = 0
	}
}

// fail counts a failed step, apart from the successful ones, and waits.
func (w *Worker) fail(kind int, took, at int64, err error) {
	class := w.e.cfg.Classify(err)
	w.e.live.errors.Add(1)
	w.e.live.byClass[class].Add(1)
	w.e.sink.fail(kind, class, took, at, err)
	w.publish()
	if w.end > w.failedAt {
		w.wait = 0
	}
	w.failedAt = at
	w.wait = longer(w.wait)
	if !w.e.stopped.Load() {
		time.Sleep(w.wait)
	}
}

// longer is the wait after a failure that follows one with this wait.
func longer(wait time.Duration) time.Duration { return min(max(2*wait, firstWait), longestWait) }

// finish hands over what is left after the last step.
func (w *Worker) finish() {
	w.publish()
	for kind := range w.kinds {
		w.drain(kind, &w.kinds[kind])
	}
	for i := range w.metrics {
		w.metrics[i].drain()
	}
	for i := range w.responses {
		w.responses[i].drain()
	}
	w.lag.drain()
	w.e.sink.finish(w.end)
}
