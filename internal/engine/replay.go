package engine

import (
	"math"
	"time"
)

// A Replay rebuilds what Run would have recorded from how long the steps of
// another process took. The end of one step is the start of the next of its
// worker, but for the wait after a failure.
type Replay struct {
	sink      *sink
	window    int64
	depth     int64
	successes moments

	at     int64 // end of the worker's last step
	wait   time.Duration
	ops    int64
	failed int64 // ops that were tried and not done
}

// NewReplay begins that of a window, of whose steps each has depth ops of one
// kind.
func NewReplay(window time.Duration, depth int) *Replay {
	r := &Replay{sink: newSink(Config{Kinds: 1, Classes: 1}), window: int64(window), depth: int64(depth)}
	r.sink.begin(0)
	r.successes = newMoments(r.window)
	return r
}

// Worker begins the steps of a further worker.
func (r *Replay) Worker() { r.at, r.wait = 0, 0 }

// Done adds the worker's next step, which took so many ns and succeeded.
func (r *Replay) Done(ns int64) {
	r.step(ns)
	r.wait = 0
	r.ops += r.depth
	r.sink.add(0, []int64{ns}, r.at)
	r.successes.add(r.at)
}

// Failed adds one that failed.
func (r *Replay) Failed(ns int64) {
	r.step(ns)
	r.wait = longer(r.wait)
	r.failed += r.depth
	r.sink.fail(0, 0, ns, r.at, nil)
}

// step goes to the end of the next step, which lies within the window.
func (r *Replay) step(ns int64) { r.at = min(r.at+int64(r.wait)+ns, r.window) }

// Result is what was recorded, with everything that follows from the steps.
func (r *Replay) Result() *Result {
	k := r.sink.kinds[0]
	gap := r.successes.gap(r.window)
	if k.failed.Count == 0 {
		gap = min(gap, k.service.Max)
	}
	return &Result{
		Window: time.Duration(r.window), SliceLength: time.Duration(r.sink.length), Slices: r.sink.slices,
		Gap:   time.Duration(gap),
		Kinds: []KindResult{{Ops: r.ops, Attempts: r.ops + r.failed, Service: k.service, Failed: k.failed}},
	}
}

// Moments are kept by the millisecond, or in so many parts of a long window.
const mostMoments = 1 << 18

// moments keep the first and the last one in each part of a window; a last one of -1: none.
type moments struct {
	width       int64
	first, last []int64
}

func newMoments(window int64) moments {
	m := moments{width: max(int64(time.Millisecond), window/mostMoments)}
	parts := window/m.width + 1
	m.first, m.last = make([]int64, parts), make([]int64, parts)
	for i := range m.first {
		m.first[i], m.last[i] = math.MaxInt64, -1
	}
	return m
}

func (m *moments) add(at int64) {
	i := at / m.width
	m.first[i], m.last[i] = min(m.first[i], at), max(m.last[i], at)
}

// gap is the longest time without a moment, to about a part's width.
func (m *moments) gap(window int64) int64 {
	longest, previous := int64(0), int64(0)
	for i, last := range m.last {
		if last >= 0 {
			longest = max(longest, m.first[i]-previous)
			previous = last
		}
	}
	return max(longest, window-previous)
}
