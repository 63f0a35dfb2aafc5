package engine

import (
	"math"
	"sync/atomic"
	"time"
)

// After its window a paced phase goes on with steps that were due in it and are
// late, for a tenth of the window or this time, whichever is longer.
const leastGrace = 500 * time.Millisecond

// A pacing is the schedule of one phase: each worker does what its timetable
// has before the span ends or its quota is reached.
type pacing struct {
	pace    Pace
	workers int
	seed    uint64
	quotas  []int64 // steps of each worker; nil: as many as are due in the span
	span    int64   // ns from the beginning
	last    int64   // ns from the beginning, after which late steps are given up
	start   int64   // on the engine's clock
}

// newPacing is nil where there is no pace.
func newPacing(cfg Config) *pacing {
	if cfg.Pace.Rate <= 0 {
		return nil
	}
	return &pacing{pace: cfg.Pace, workers: cfg.Workers, seed: cfg.Seed, last: never}
}

func (p *pacing) agenda() *agenda { return newAgenda(p.pace, p.workers, p.seed) }

// forWarmup ends without what is late, unless the steps are counted.
func (p *pacing) forWarmup(w Warmup) *pacing {
	switch {
	case p == nil:
		return nil
	case w.Steps > 0:
		p.count(w.Steps)
		return p
	}
	p.span = int64(w.Time)
	p.last = p.span
	return p
}

// forWindow fixes beforehand when the window ends: steps are due when they are,
// however long they take.
func (p *pacing) forWindow(l Limit) *pacing {
	switch {
	case p == nil:
		return nil
	case l.Steps > 0:
		p.count(l.Steps)
	case l.Duration > 0:
		p.span = int64(l.Duration)
	default:
		p.count(l.MinSteps)
		p.span, p.quotas = max(p.span, int64(l.MinTime)), nil
	}
	if p.quotas == nil {
		p.last = p.span + max(p.span/10, int64(leastGrace))
	}
	if l.MaxTime > 0 {
		p.span, p.last = min(p.span, int64(l.MaxTime)), min(p.last, int64(l.MaxTime))
	}
	return p
}

// count makes the phase that of the first n steps of all workers. It ends when
// one more would be due, on average.
func (p *pacing) count(n int64) {
	p.quotas = make([]int64, p.workers)
	a, due := p.agenda(), int64(0)
	for range n {
		due = a.next()
		p.quotas[a.take()]++
	}
	p.span = due + int64(math.Ceil(min(float64(time.Second)/p.pace.Rate, farthest)))
}

// turns are one worker's steps of a phase.
type turns struct {
	table timetable
	left  int64
	start int64
}

func (p *pacing) turns(worker int) *turns {
	t := &turns{table: newTimetable(p.pace, worker, p.workers, p.seed), left: never, start: p.start}
	if p.quotas != nil {
		t.left = p.quotas[worker]
	}
	return t
}

// next is on the engine's clock.
func (t *turns) next() int64 {
	if t.left == 0 {
		return never
	}
	t.left--
	return t.start + t.table.next()
}

// ends is when no more steps come due: with the span, or when the run was
// stopped before.
func (p *pacing) ends(stopAt *atomic.Int64) int64 {
	end := p.start + p.span
	if stopped := stopAt.Load(); stopped > 0 {
		end = min(end, max(stopped, p.start))
	}
	return end
}

// schedule sums up the window.
func (e *Engine) schedule() *Schedule {
	p := e.window
	if p == nil {
		return nil
	}
	var s Schedule
	var done int64
	for _, w := range e.workers {
		a := w.account
		s.Due += a.sent + a.unsent
		s.Unsent += a.unsent
		s.Late += a.late + a.unsent
		done += a.done
	}
	ends := p.ends(&e.stopAt)
	s.Offered = rate(s.Due, ends-p.start)
	s.Achieved = rate(done, ends-p.start)
	s.Lag, s.Wake = e.lag.copy(), e.wake.copy()
	return &s
}

func rate(steps, ns int64) float64 {
	if ns <= 0 {
		return 0
	}
	return float64(steps) / time.Duration(ns).Seconds()
}

// Where steps are paced there are times without any success between them. Only
// what is this many of their usual distances is an outage.
const (
	uniformDistances = 3
	poissonDistances = 20 // a random one is hardly ever that long
)

func (c Config) shortestOutage() time.Duration {
	if c.Outages == 0 || c.Pace.Rate <= 0 {
		return c.Outages
	}
	distances := float64(uniformDistances)
	if c.Pace.Poisson {
		distances = poissonDistances
	}
	return max(c.Outages, time.Duration(distances*float64(time.Second)/c.Pace.Rate))
}
