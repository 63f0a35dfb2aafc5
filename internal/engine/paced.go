package engine

import "context"

// pace does the worker's steps when they are due. One that is due while the
// worker is in an earlier step, or waits after a failure, follows at once. At
// the end late ones are given up, but a worker that waited for its step has it
// all the same.
func (w *Worker) pace(ctx context.Context, p *pacing) {
	w.begin(now(), forever)
	turns, free := p.turns(w.Index), p.start
	due := turns.next()
	for ; due < p.ends(&w.e.stopAt); due = turns.next() {
		sent := w.await(due)
		if w.e.stopAt.Load() > 0 || due < free && sent-p.start >= p.last {
			break
		}
		w.account.inTime = sent < p.ends(&w.e.stopAt)
		free = w.send(ctx, due, sent, free)
	}
	for ; due < p.ends(&w.e.stopAt); due = turns.next() {
		w.account.unsent++
	}
}

func forever(int64) int64 { return never }

// await returns the time, as soon as the step is due or the run is stopped.
func (w *Worker) await(due int64) (t int64) {
	for t = now(); t < due && w.e.stopAt.Load() == 0; t = now() {
		w.publish()
		w.park(due)
	}
	return t
}

// park waits to be woken. Who wakes a worker makes waits 0 first, so that it is
// woken once and no wake-up is left over. The worker looks once more after it
// has said that it waits, for the others may have looked right before.
func (w *Worker) park(due int64) {
	w.waits.Store(due)
	missed := now() >= due || w.e.stopAt.Load() > 0
	if !missed || !w.waits.CompareAndSwap(due, 0) {
		<-w.wakes
	}
}

// wakeAt wakes the worker if it waits for a step that is due at t.
func (w *Worker) wakeAt(t int64) {
	if due := w.waits.Load(); due > 0 && due <= t && w.waits.CompareAndSwap(due, 0) {
		w.wakes <- struct{}{}
	}
}

// send does one step and returns when the worker was free again. Nothing is
// recorded between the two readings of the clock.
func (w *Worker) send(ctx context.Context, due, sent, wasFree int64) (free int64) {
	w.due = due
	kind, ops, err := w.step(ctx)
	end := now()
	w.steps++
	w.account.add(due < wasFree, err == nil)
	w.lag.add(sent - max(due, wasFree))
	if end >= w.next {
		w.tick(end, err == nil, forever)
	}
	k := &w.kinds[kind]
	if err != nil {
		k.failed += int64(ops)
		w.fail(kind, end-sent, end, err)
		return now()
	}
	w.end = end
	if ops == 0 {
		return end
	}
	k.ops += int64(ops)
	k.ring[k.n&(ringSize-1)] = end - sent
	if k.n++; k.n == ringSize {
		w.drain(kind, k)
	}
	w.responses[kind].add(end - due)
	return end
}

// An account is what became of one worker's schedule.
type account struct {
	sent, late, unsent int64 // steps
	done               int64 // of those sent in time
	inTime             bool  // the step is sent before the phase is to end
}

func (a *account) add(late, done bool) {
	a.sent++
	if late {
		a.late++
	}
	if done && a.inTime {
		a.done++
	}
}
