package engine

import (
	"sync"
	"time"
)

const (
	// longestSleep bounds how long the pacer takes to see that its phase has
	// ended.
	longestSleep = 20 * time.Millisecond
	// shortestSleep joins what is due at almost the same time. At 50,000 steps
	// a second it halves what pacing costs.
	shortestSleep = 50 * time.Microsecond
)

// A sleeper returns at a time of the engine's clock, or, if it cannot, near it.
type sleeper func(until int64)

// startPacer returns what ends it again.
func (e *Engine) startPacer(p *pacing) (end func()) {
	if p == nil {
		return func() {}
	}
	p.start = e.start
	over := make(chan struct{})
	var pacer sync.WaitGroup
	pacer.Go(func() { e.wakeWorkers(p, over) })
	return func() {
		close(over)
		pacer.Wait()
	}
}

// wakeWorkers is the pacer: it wakes each worker that waits for its step when
// the step is due, as long as there are any. It knows all timetables, so that
// no worker has to tell it anything.
func (e *Engine) wakeWorkers(p *pacing, over <-chan struct{}) {
	sleep, release := e.sleeper()
	defer release()
	wake := feed{into: e.wake}
	defer wake.drain()
	a, woke := p.agenda(), p.start
	for !ended(over) {
		due, t := p.start+a.next(), now()
		switch {
		case due >= p.ends(&e.stopAt):
			return
		case t < due:
			sleep(max(min(due, t+int64(longestSleep)), woke+int64(shortestSleep)))
			woke = now()
		default:
			e.workers[a.take()].wakeAt(t)
			wake.add(t - due)
		}
	}
}

func ended(over <-chan struct{}) bool {
	select {
	case <-over:
		return true
	default:
		return false
	}
}

// rest waits for the end of the paced window when its last step was done early.
func (e *Engine) rest() {
	if e.window == nil {
		return
	}
	timer := time.NewTimer(time.Duration(e.window.ends(&e.stopAt) - now()))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-e.stop:
	}
}
