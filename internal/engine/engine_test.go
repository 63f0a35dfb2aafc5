package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStep = errors.New("step failed")

func config(workers int, limit Limit) Config {
	return Config{
		Workers: workers, Kinds: 1, Limit: limit, Classes: 2,
		Classify: func(error) int { return 1 },
		Warmed:   func() error { return nil },
		Ended:    func() {},
	}
}

func run(t *testing.T, cfg Config, step Step) *Result {
	t.Helper()
	steps := make([]Step, cfg.Workers)
	for i := range steps {
		steps[i] = step
	}
	r, err := New(cfg).Run(t.Context(), steps)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExactSteps(t *testing.T) {
	for _, workers := range []int{1, 3, 16, 100} {
		for _, n := range []int64{1, 7, 100, 20_003} {
			var calls atomic.Int64
			r := run(t, config(workers, Limit{Steps: n}), func(context.Context) (int, int, error) {
				calls.Add(1)
				return 0, 2, nil
			})
			k := r.Kinds[0]
			if calls.Load() != n || k.Ops != 2*n || k.Attempts != 2*n || k.Service.Count != n || k.Failed.Count != 0 {
				t.Errorf("%d workers: %d calls, %d ops, %d samples for %d steps", workers, calls.Load(), k.Ops, k.Service.Count, n)
			}
			if k.Service.Min > k.Service.Max || k.Service.Sum < k.Service.Max || k.Service.Histogram().TotalCount() != n {
				t.Errorf("recording of %d steps is inconsistent: %+v", n, k.Service)
			}
		}
	}
}

func TestEndsWhenBothMinimaAreDone(t *testing.T) {
	sleepy := func(context.Context) (int, int, error) { time.Sleep(2 * time.Millisecond); return 0, 1, nil }
	quick := func(context.Context) (int, int, error) { return 0, 1, nil }
	for name, test := range map[string]struct {
		limit    Limit
		step     Step
		min, max time.Duration
		steps    int64
	}{
		"steps last": {Limit{MinSteps: 50, MinTime: 10 * time.Millisecond, MaxTime: time.Minute}, sleepy, 100 * time.Millisecond, 30 * time.Second, 50},
		"time last":  {Limit{MinSteps: 5, MinTime: 150 * time.Millisecond, MaxTime: time.Minute}, quick, 150 * time.Millisecond, 30 * time.Second, 5},
		"cut":        {Limit{MinSteps: 1 << 40, MaxTime: 120 * time.Millisecond}, quick, 120 * time.Millisecond, 30 * time.Second, 1},
		"duration":   {Limit{Duration: 130 * time.Millisecond}, quick, 130 * time.Millisecond, 30 * time.Second, 1},
		"exact, cut": {Limit{Steps: 1 << 40, MaxTime: 110 * time.Millisecond}, quick, 110 * time.Millisecond, 30 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, config(1, test.limit), test.step)
			if r.Window < test.min || r.Window > test.max || r.Kinds[0].Ops < test.steps {
				t.Errorf("window %v, %d ops", r.Window, r.Kinds[0].Ops)
			}
		})
	}
}

func TestFailuresAreApart(t *testing.T) {
	n := 0
	r := run(t, config(1, Limit{Steps: 10}), func(context.Context) (int, int, error) {
		if n++; n%2 == 0 {
			return 0, 1, errStep
		}
		return 0, 1, nil
	})
	k := r.Kinds[0]
	if k.Ops != 5 || k.Attempts != 10 || k.Service.Count != 5 || k.Failed.Count != 5 || r.Errors[1] != 5 || r.Errors[0] != 0 {
		t.Errorf("ops %d, attempts %d, served %d, failed %d, classes %v", k.Ops, k.Attempts, k.Service.Count, k.Failed.Count, r.Errors)
	}
	if !errors.Is(r.FirstErrs[1], errStep) {
		t.Errorf("first error is %v", r.FirstErrs)
	}
}

// A worker waits 1, 2, 4 ... 100 ms between failures, and 1 ms again after a
// success.
func TestFailureBacksOff(t *testing.T) {
	var at []time.Time
	run(t, config(1, Limit{Steps: 9}), func(context.Context) (int, int, error) {
		at = append(at, time.Now())
		return 0, 1, errStep
	})
	for i, least := range []int64{1, 2, 4, 8, 16, 32, 64, 100} {
		if got := at[i+1].Sub(at[i]); got.Milliseconds() < least {
			t.Errorf("wait %d was %v, want at least %d ms", i, got, least)
		}
	}
}

func TestWarmupIsCountedAndThrownAway(t *testing.T) {
	cfg := config(4, Limit{Steps: 100})
	cfg.Warmup = Warmup{Steps: 30}
	var warmed, calls atomic.Int64
	cfg.Warmed = func() error { warmed.Store(calls.Load()); return nil }
	r := run(t, cfg, func(context.Context) (int, int, error) {
		if calls.Add(1) <= 30 {
			time.Sleep(time.Millisecond)
		}
		return 0, 1, nil
	})
	if warmed.Load() != 30 || r.Warm.Ops != 30 || r.Warm.Attempts != 30 || r.Kinds[0].Ops != 100 || r.Kinds[0].Service.Count != 100 {
		t.Errorf("warmed %d (recorded %d), measured %d", warmed.Load(), r.Warm.Ops, r.Kinds[0].Ops)
	}
}

func TestWarmupOfEachWorker(t *testing.T) {
	cfg := config(3, Limit{Steps: 3})
	cfg.Warmup = Warmup{MinSteps: 20, Time: 5 * time.Millisecond}
	r := run(t, cfg, func(context.Context) (int, int, error) { return 0, 1, nil })
	if r.Warm.Ops < 60 || r.Warm.Time < 5*time.Millisecond {
		t.Errorf("warm-up did %d ops in %v", r.Warm.Ops, r.Warm.Time)
	}
}

// Errors of the warm-up are told apart from those of the window.
func TestWarmupErrors(t *testing.T) {
	cfg := config(1, Limit{Steps: 10})
	cfg.Warmup = Warmup{Steps: 3}
	n := 0
	r := run(t, cfg, func(context.Context) (int, int, error) {
		if n++; n == 2 {
			return 0, 1, errStep
		}
		return 0, 1, nil
	})
	if r.Warm.Errors[1] != 1 || r.Errors[1] != 0 || r.Warm.Ops != 2 || r.Warm.Attempts != 3 || !errors.Is(r.FirstErrs[1], errStep) {
		t.Errorf("warm-up %+v, window %v, first %v", r.Warm, r.Errors, r.FirstErrs)
	}
}

// No step starts after the end, but for the first of a worker.
func TestNoStepAfterTheEnd(t *testing.T) {
	var calls atomic.Int64
	run(t, config(1, Limit{Duration: 10 * time.Millisecond}), func(context.Context) (int, int, error) {
		calls.Add(1)
		time.Sleep(30 * time.Millisecond)
		return 0, 1, nil
	})
	if calls.Load() != 1 {
		t.Errorf("%d steps of 30ms in 10ms", calls.Load())
	}
}

// Workers take turns in ticking, so that together they see more than each.
func TestTicksTakeTurns(t *testing.T) {
	e := New(config(100, Limit{Steps: 1}))
	at := map[int64]bool{}
	for _, w := range e.Workers() {
		at[w.after(12_345_678)] = true
	}
	if len(at) != 100 {
		t.Errorf("100 workers tick at %d different times", len(at))
	}
}

func TestWarmedErrorEndsTheRun(t *testing.T) {
	cfg := config(2, Limit{Duration: time.Hour})
	cfg.Warmed = func() error { return errStep }
	steps := []Step{
		func(context.Context) (int, int, error) { return 0, 1, nil },
		func(context.Context) (int, int, error) { return 0, 1, nil },
	}
	if _, err := New(cfg).Run(t.Context(), steps); !errors.Is(err, errStep) {
		t.Errorf("got %v", err)
	}
}

func TestStopAndLiveCounts(t *testing.T) {
	e := New(config(2, Limit{Duration: time.Hour}))
	step := func(context.Context) (int, int, error) { return 0, 3, nil }
	done := make(chan *Result)
	go func() {
		r, _ := e.Run(context.Background(), []Step{step, step})
		done <- r
	}()
	for e.Counts().Ops < 1000 {
		time.Sleep(time.Millisecond)
	}
	e.Stop()
	r := <-done
	if !r.Stopped || e.Counts().Ops != r.Kinds[0].Ops || r.Kinds[0].Ops%3 != 0 {
		t.Errorf("stopped %v, published %d, recorded %d", r.Stopped, e.Counts().Ops, r.Kinds[0].Ops)
	}
}

// An outage shows as the longest gap and as slices' longest step.
func TestGapAcrossWorkers(t *testing.T) {
	began := time.Now()
	r := run(t, config(3, Limit{Duration: 400 * time.Millisecond}), func(context.Context) (int, int, error) {
		if ran := time.Since(began); ran > 100*time.Millisecond && ran < 250*time.Millisecond {
			time.Sleep(250*time.Millisecond - ran)
			return 0, 1, nil
		}
		time.Sleep(100 * time.Microsecond)
		return 0, 1, nil
	})
	if r.Gap < 100*time.Millisecond || r.Gap > 390*time.Millisecond {
		t.Errorf("longest gap %v, want about 150ms", r.Gap)
	}
}

func TestSteppingAllocatesNothing(t *testing.T) {
	e := New(config(1, Limit{Steps: 1}))
	w := e.workers[0]
	w.step = func(context.Context) (int, int, error) { return 0, 1, nil }
	ctx := t.Context()
	e.begin()
	w.measure(ctx) // the first slice is made here
	e.cfg.Limit.Steps = 5000
	if n := testing.AllocsPerRun(5, func() {
		e.left.Store(5000)
		w.measure(ctx)
	}); n > 1 { // the closure of measure, once
		t.Errorf("%v allocations for 5000 steps", n)
	}
}

func BenchmarkStep(b *testing.B) {
	e := New(config(1, Limit{Steps: int64(b.N)}))
	step := func(context.Context) (int, int, error) { return 0, 1, nil }
	b.ReportAllocs()
	if _, err := e.Run(b.Context(), []Step{step}); err != nil {
		b.Fatal(err)
	}
}
