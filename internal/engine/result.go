package engine

import "time"

// A Result is what one run recorded.
type Result struct {
	Start       time.Time
	Window      time.Duration // from the barrier to the end of the last step, and of the schedule
	Warm        Warm
	Kinds       []KindResult
	Metrics     []Recording // by metric, as far as the end of the last step
	Schedule    *Schedule   // nil: there was none
	Errors      []int64     // failed steps by class
	FirstErrs   []error     // the first of each class, or nil; of the warm-up too
	SliceLength time.Duration
	Slices      []Slice
	Gap         time.Duration // the longest time without any success, to about a millisecond
	Outages     []Outage      // in order of time; of more than mostOutages the longest
	// FirstOK is from the start of Run to the end of the first successful step,
	// the time that all waited between warming and measuring left out; 0: none.
	FirstOK time.Duration
	Stopped bool // by Stop
}

// Warm is what the warm-up did.
type Warm struct {
	Time          time.Duration
	Ops, Attempts int64
	Errors        []int64 // failed steps by class

	kinds []warmKind
}

type warmKind struct{ ops, attempts int64 }

func (w *Warm) add(kind int, ops, attempts int64) {
	w.Ops += ops
	w.Attempts += attempts
	w.kinds[kind].ops += ops
	w.kinds[kind].attempts += attempts
}

// A KindResult is what was recorded of one kind.
type KindResult struct {
	Ops, Attempts         int64
	WarmOps, WarmAttempts int64
	Reads                 Reads
	Service, Failed       Recording
	Response              Recording // from when each step was due; empty without a schedule
}

// Reads counts keys that were read, as the workers told with Read.
type Reads struct{ Hits, Misses, Unintended int64 }

func (r *Reads) add(other Reads) {
	r.Hits += other.Hits
	r.Misses += other.Misses
	r.Unintended += other.Unintended
}

// Counts are what workers have published so far.
type Counts struct {
	Ops, Attempts, Errors int64
	ByClass               []int64       // failed steps
	SinceOK               time.Duration // since the last success, or since the phase began
}

// Counts may be read at any time; they are at most some milliseconds old.
func (e *Engine) Counts() Counts {
	l := &e.live
	c := Counts{Ops: l.ops.Load(), Attempts: l.attempts.Load(), Errors: l.errors.Load()}
	c.ByClass = l.classes()
	if last := l.lastOK.Load(); last > 0 {
		c.SinceOK = time.Duration(now() - last)
	}
	return c
}

func (e *Engine) result(started time.Time, warm Warm) *Result {
	s := e.sink
	r := &Result{
		Start: started, Window: time.Duration(s.end - s.start), Warm: warm,
		Errors: e.Counts().ByClass, FirstErrs: s.firstErrs,
		SliceLength: time.Duration(s.length), Slices: s.slices,
		Metrics: e.Metrics(), Stopped: e.stopped.Load(),
	}
	if e.window != nil {
		r.Schedule = e.schedule()
		r.Window = time.Duration(max(s.end, e.window.ends(&e.stopAt)) - s.start)
	}
	r.FirstOK = e.firstOK()
	e.succeeded(s.end) // a trial that ended in an outage shows it
	r.Gap = e.longestGap()
	r.Outages = e.outages.since(s.start)
	for kind, k := range s.kinds {
		sum := KindResult{Service: k.service, Failed: k.failed}
		sum.WarmOps, sum.WarmAttempts = warm.kinds[kind].ops, warm.kinds[kind].attempts
		for _, w := range e.workers {
			sum.Ops += w.kinds[kind].ops
			sum.Attempts += w.kinds[kind].ops + w.kinds[kind].failed
			sum.Reads.add(w.reads[kind])
		}
		if e.window != nil {
			sum.Response = e.responses[kind].copy()
		}
		r.Kinds = append(r.Kinds, sum)
	}
	return r
}

// longestGap is exact where no step has failed: it is then no longer than the
// longest step. Otherwise it is right to about a millisecond.
func (e *Engine) longestGap() time.Duration {
	gap, longest := e.live.gap.Load(), int64(0)
	for _, k := range e.sink.kinds {
		if k.failed.Count > 0 {
			return time.Duration(gap)
		}
		longest = max(longest, k.service.Max)
	}
	return time.Duration(min(gap, longest))
}

func (e *Engine) firstOK() time.Duration {
	var first int64
	for _, w := range e.workers {
		if w.firstOK > 0 && (first == 0 || w.firstOK < first) {
			first = w.firstOK
		}
	}
	if first > e.start {
		first -= e.start - e.warmed
	}
	return time.Duration(max(first-e.began, 0))
}
