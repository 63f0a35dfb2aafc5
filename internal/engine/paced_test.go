package engine

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// faked runs what it is given on a clock that stands still while anything
// happens, and goes on when all sleep.
func faked(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	before := base
	defer func() { base = before }()
	synctest.Test(t, func(t *testing.T) {
		base = time.Now().Add(-time.Second)
		test(t)
	})
}

// paced is an engine for a fake clock.
func paced(cfg Config, p Pace) *Engine {
	cfg.Pace = p
	e := New(cfg)
	e.sleeper = func() (sleeper, func()) {
		return func(until int64) { time.Sleep(time.Duration(until - now())) }, func() {}
	}
	return e
}

func runPaced(t *testing.T, e *Engine, step Step) *Result {
	t.Helper()
	steps := make([]Step, len(e.workers))
	for i := range steps {
		steps[i] = step
	}
	r, err := e.Run(t.Context(), steps)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stalling takes service each step, and nothing goes on from at to at + stall.
func stalling(service, at, stall time.Duration) Step {
	began := now()
	return func(context.Context) (int, int, error) {
		if t := time.Duration(now() - began); t >= at && t < at+stall {
			time.Sleep(at + stall - t)
		}
		time.Sleep(service)
		return 0, 1, nil
	}
}

// A stall of S in D seconds at the utilisation u delays the share
// f = S/(D(1-u)) of all steps, of which the longest waits S: a percentile q
// beyond 1-f is S(1-(1-q)/f).
func TestStallHasTheKnownPercentiles(t *testing.T) {
	const (
		window      = 10 * time.Second
		utilisation = .1
		rate        = 1000
	)
	for _, stall := range []time.Duration{200 * time.Millisecond, 500 * time.Millisecond} {
		for _, workers := range []int{1, 10} {
			for _, poisson := range []bool{false, true} {
				t.Run(fmt.Sprint(stall, workers, poisson), func(t *testing.T) {
					faked(t, func(t *testing.T) {
						service := time.Duration(float64(workers) / rate * utilisation * float64(time.Second))
						e := paced(config(workers, Limit{Duration: window}), Pace{Rate: rate, Poisson: poisson})
						r := runPaced(t, e, stalling(service, 3*time.Second, stall))
						delayed := stall.Seconds() / (window.Seconds() * (1 - utilisation))
						for _, q := range []float64{.985, .99, .995} {
							want := stall.Seconds() * (1 - (1-q)/delayed)
							got := float64(r.Kinds[0].Response.Histogram().ValueAtQuantile(100*q)) / 1e9
							if math.Abs(got-want) > .15*stall.Seconds() {
								t.Errorf("p%v is %.0f ms, want %.0f", 100*q, got*1000, want*1000)
							}
						}
						s := r.Schedule
						if s.Unsent != 0 || s.Achieved < .99*s.Offered || r.Window < window || r.Window > window+2*service {
							t.Errorf("achieved %v of %v in %v, %d unsent", s.Achieved, s.Offered, r.Window, s.Unsent)
						}
						if share := float64(s.Late) / float64(s.Due); math.Abs(share-delayed) > .5*delayed && !poisson && workers == 1 {
							t.Errorf("%.3f were late, want %.3f", share, delayed)
						}
					})
				})
			}
		}
	}
}

// What the open loop is for: as many slow steps as workers are all that a
// closed loop sees of a stall.
func TestClosedLoopHidesTheStall(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := runPaced(t, New(config(1, Limit{Duration: 10 * time.Second})), stalling(time.Millisecond, 3*time.Second, 500*time.Millisecond))
		h := r.Kinds[0].Service.Histogram()
		if p99 := h.ValueAtQuantile(99); p99 > 2e6 || r.Kinds[0].Service.Max < 5e8 || r.Schedule != nil || r.Kinds[0].Response.Count != 0 {
			t.Errorf("p99 %d ns, slowest %d ns, %d responses", p99, r.Kinds[0].Service.Max, r.Kinds[0].Response.Count)
		}
	})
}

// Steps begin when they are due, one worker after the other.
func TestStaggered(t *testing.T) {
	faked(t, func(t *testing.T) {
		e := paced(config(4, Limit{Duration: 100 * time.Millisecond}), Pace{Rate: 1000})
		var mu sync.Mutex
		var at []int64
		var by []int
		var steps []Step
		for _, w := range e.Workers() {
			steps = append(steps, func(context.Context) (int, int, error) {
				mu.Lock()
				defer mu.Unlock()
				at, by = append(at, now()-e.start), append(by, w.Index)
				return 0, 1, nil
			})
		}
		r, err := e.Run(t.Context(), steps)
		if err != nil || len(at) != 100 || r.Window != 100*time.Millisecond {
			t.Fatalf("%d steps in %v, %v", len(at), r.Window, err)
		}
		for i := range at {
			if at[i] != int64(i)*int64(time.Millisecond) || by[i] != i%4 {
				t.Errorf("step %d was sent at %v by %d", i, time.Duration(at[i]), by[i])
			}
		}
		s := r.Schedule
		if s.Offered != 1000 || s.Achieved != 1000 || s.Due != 100 || s.Late != 0 || s.Lag.Max != 0 || s.Lag.Count != 100 || s.Wake.Count != 100 {
			t.Errorf("achieved %v of %v, %d due, %d late, lag up to %d of %d, %d of the pacer", s.Achieved, s.Offered, s.Due, s.Late, s.Lag.Max, s.Lag.Count, s.Wake.Count)
		}
	})
}

// After a failure the worker waits, and what is due meanwhile is late.
func TestFailuresHideNoLateness(t *testing.T) {
	faked(t, func(t *testing.T) {
		n := 0
		r := runPaced(t, paced(config(1, Limit{Duration: time.Second}), Pace{Rate: 1000}), func(context.Context) (int, int, error) {
			if n++; n > 100 && n <= 107 {
				return 0, 1, errStep // waits 1, 2, 4 ... 64 ms
			}
			time.Sleep(100 * time.Microsecond)
			return 0, 1, nil
		})
		s, k := r.Schedule, r.Kinds[0]
		if s.Due != 1000 || s.Unsent != 0 || k.Failed.Count != 7 || k.Response.Count != 993 || k.Ops != 993 || k.Attempts != 1000 {
			t.Fatalf("%d due, %d unsent, %d failed, %d responses", s.Due, s.Unsent, k.Failed.Count, k.Response.Count)
		}
		// 127 ms of waiting, and then .1 ms a step until it has caught up.
		if s.Late < 127 || s.Late > 150 || s.Lag.Max != 0 {
			t.Errorf("%d late, sent up to %v after the worker was free", s.Late, time.Duration(s.Lag.Max))
		}
		if longest := time.Duration(k.Response.Max); longest < 115*time.Millisecond || longest > 128*time.Millisecond || k.Service.Max > 1e6 {
			t.Errorf("longest response %v, service %v", longest, time.Duration(k.Service.Max))
		}
	})
}

// A step that found nothing to do keeps the schedule and leaves no sample.
func TestEmptyPacedStep(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := runPaced(t, paced(config(2, Limit{Steps: 100}), Pace{Rate: 1000}), func(context.Context) (int, int, error) { return 0, 0, nil })
		if k, s := r.Kinds[0], r.Schedule; k.Ops != 0 || k.Service.Count != 0 || k.Response.Count != 0 || s.Due != 100 || s.Achieved != s.Offered {
			t.Errorf("%d ops, %d and %d samples, %d due, achieved %v of %v", k.Ops, k.Service.Count, k.Response.Count, s.Due, s.Achieved, s.Offered)
		}
	})
}

// The end does not wait for a step that is due much later.
func TestStopWakesWhoWaits(t *testing.T) {
	for _, phase := range []string{"warm-up", "window"} {
		t.Run(phase, func(t *testing.T) {
			cfg := config(50, Limit{Duration: time.Hour})
			if phase == "warm-up" {
				cfg.Warmup = Warmup{Time: time.Hour}
			}
			cfg.Pace = Pace{Rate: .1}
			e := New(cfg)
			var stopping sync.WaitGroup
			stopping.Go(func() {
				for _, w := range e.workers {
					for w.waits.Load() == 0 {
						time.Sleep(time.Millisecond)
					}
				}
				e.Stop()
			})
			r := runPaced(t, e, func(context.Context) (int, int, error) { return 0, 1, nil })
			stopping.Wait()
			if !r.Stopped || r.Window > time.Minute || phase == "window" && (r.Schedule.Due != 1 || r.Schedule.Unsent != 0) {
				t.Errorf("stopped %v in %v: %d due, %d unsent", r.Stopped, r.Window, r.Schedule.Due, r.Schedule.Unsent)
			}
		})
	}
}

// What was offered up to the moment of stopping counts, and no more.
func TestStoppedSchedule(t *testing.T) {
	faked(t, func(t *testing.T) {
		e := paced(config(1, Limit{Duration: time.Hour}), Pace{Rate: 1000})
		time.AfterFunc(1500*time.Millisecond+1, e.Stop)
		r := runPaced(t, e, stalling(2*time.Millisecond, 0, 0))
		s := r.Schedule
		if s.Due != 1501 || s.Unsent != 1501-r.Kinds[0].Ops || s.Offered < 1000 || s.Offered > 1001 || s.Achieved < 495 || s.Achieved > 505 {
			t.Errorf("%d due, %d unsent, achieved %v of %v", s.Due, s.Unsent, s.Achieved, s.Offered)
		}
	})
}

// Many workers park and are woken at a high rate: each gets each wake-up, or
// the run would never end.
func TestNoWakeUpIsLost(t *testing.T) {
	for _, poisson := range []bool{false, true} {
		cfg := config(200, Limit{Steps: 20_000})
		cfg.Pace = Pace{Rate: 40_000, Poisson: poisson}
		e := New(cfg)
		r := runPaced(t, e, func(context.Context) (int, int, error) { return 0, 1, nil })
		if s := r.Schedule; r.Kinds[0].Ops != 20_000 || s.Due != 20_000 || s.Lag.Count != 20_000 || r.Kinds[0].Response.Count != 20_000 {
			t.Errorf("%d ops, %d due, %d lags, %d responses", r.Kinds[0].Ops, s.Due, s.Lag.Count, r.Kinds[0].Response.Count)
		}
		for _, w := range e.workers {
			if len(w.wakes) != 0 || w.waits.Load() != 0 {
				t.Errorf("worker %d has a wake-up left over", w.Index)
			}
		}
	}
}

// Who looked for waiting workers right before this one parks does not look
// again. On the fake clock a worker that nobody wakes is a panic.
func TestParkingSeesWhatHasHappened(t *testing.T) {
	faked(t, func(t *testing.T) {
		e := paced(config(1, Limit{Steps: 1}), Pace{Rate: 1})
		w := e.workers[0]
		w.park(now()) // the pacer has looked
		w.park(now() - 1)
		e.Stop()
		w.park(now() + 1) // Stop has looked
		if w.waits.Load() != 0 || len(w.wakes) != 0 {
			t.Errorf("waits for %d, %d wake-ups left over", w.waits.Load(), len(w.wakes))
		}
	})
}

// A pacer that is late is seen. The last step is sent all the same, for its
// worker was free.
func TestLatePacer(t *testing.T) {
	faked(t, func(t *testing.T) {
		e := paced(config(3, Limit{Duration: time.Second, MaxTime: time.Second}), Pace{Rate: 1000})
		e.sleeper = func() (sleeper, func()) {
			return func(until int64) { time.Sleep(time.Duration(until-now()) + 1500*time.Microsecond) }, func() {}
		}
		s := runPaced(t, e, func(context.Context) (int, int, error) { return 0, 1, nil }).Schedule
		if s.Due != 1000 || s.Unsent != 0 || s.Late != 0 || s.Achieved < .99*s.Offered {
			t.Errorf("%d due, %d unsent, %d late, achieved %v of %v", s.Due, s.Unsent, s.Late, s.Achieved, s.Offered)
		}
		if s.Lag.Max != 1_500_000 || s.Wake.Max != 1_500_000 {
			t.Errorf("lag up to %d ns, of the pacer up to %d", s.Lag.Max, s.Wake.Max)
		}
	})
}

func TestPacedStepsAllocateNothing(t *testing.T) {
	cfg := config(1, Limit{Steps: 1})
	cfg.Pace = Pace{Rate: 1e12}
	e := New(cfg)
	w := e.workers[0]
	w.step = func(context.Context) (int, int, error) { return 0, 1, nil }
	e.begin()
	w.begin(now(), forever)
	w.send(t.Context(), 1, 1, 1)
	if n := testing.AllocsPerRun(5000, func() {
		sent := w.await(w.e.start)
		w.send(t.Context(), sent, sent, sent)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Without the pacer, which is on another core where there is one.
func BenchmarkPacedStep(b *testing.B) {
	cfg := config(1, Limit{Steps: 1})
	cfg.Pace = Pace{Rate: 1e12} // all are late
	e := New(cfg)
	w := e.workers[0]
	w.step = func(context.Context) (int, int, error) { return 0, 1, nil }
	e.begin()
	w.begin(now(), forever)
	turns, free, ctx := e.window.turns(0), e.start, b.Context()
	turns.left, turns.start = never, e.start
	for b.Loop() {
		due := turns.next()
		free = w.send(ctx, due, w.await(due), free)
	}
}

// A step knows when it was due, however late it is; without a schedule that is
// when it asks.
func TestDue(t *testing.T) {
	for _, rate := range []float64{0, 100} {
		faked(t, func(t *testing.T) {
			const stall = 35 * time.Millisecond
			e := paced(Config{Workers: 1, Kinds: 1, Limit: Limit{Steps: 5}, Warmed: func() error { return nil }, Ended: func() {}}, Pace{Rate: rate})
			var late []time.Duration
			runPaced(t, e, func(context.Context) (int, int, error) {
				late = append(late, time.Duration(now()-e.Workers()[0].Due()))
				if len(late) == 1 {
					time.Sleep(stall)
				}
				return 0, 1, nil
			})
			want := make([]time.Duration, 5)
			if rate > 0 {
				want = []time.Duration{0, stall - 10*time.Millisecond, stall - 20*time.Millisecond, stall - 30*time.Millisecond, 0}
			}
			if !slices.Equal(late, want) {
				t.Errorf("at %v a second steps were %v late, want %v", rate, late, want)
			}
		})
	}
}
