package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// What a phase does under each limit, and what it says of its schedule.
func TestPacedLimits(t *testing.T) {
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		limit               Limit
		workers             int
		service             time.Duration
		poisson             bool
		offered, achieved   float64 // steps/s, from and to 1 % more
		window, longest     time.Duration
		steps, late, unsent int64
	}{
		"count":                  {limit: Limit{Steps: 1003}, workers: 7, offered: 1000, achieved: 1000, window: 1003 * ms, steps: 1003},
		"count, slow steps":      {limit: Limit{Steps: 1000}, workers: 50, service: 40 * ms, offered: 1000, achieved: 1000, window: 1039 * ms, steps: 1000},
		"count, overloaded":      {limit: Limit{Steps: 1000}, workers: 1, service: 2 * ms, offered: 1000, achieved: 500, window: 2000 * ms, steps: 1000, late: 999},
		"count, cut":             {limit: Limit{Steps: 1000, MaxTime: 500 * ms}, workers: 2, offered: 1000, achieved: 1000, window: 500 * ms, steps: 500},
		"count, overloaded, cut": {limit: Limit{Steps: 1000, MaxTime: 1500 * ms}, workers: 1, service: 2 * ms, offered: 1000, achieved: 500, window: 1500 * ms, steps: 750, late: 749, unsent: 250},
		"fewer than workers":     {limit: Limit{Steps: 3}, workers: 10, offered: 1000, achieved: 1000, window: 3 * ms, steps: 3},
		"duration":               {limit: Limit{Duration: 500 * ms}, workers: 3, offered: 1000, achieved: 1000, window: 500 * ms, steps: 500},
		"duration, slow steps":   {limit: Limit{Duration: 500 * ms}, workers: 100, service: 90 * ms, offered: 1000, achieved: 1000, window: 589 * ms, steps: 500},
		"duration, overloaded":   {limit: Limit{Duration: 1000 * ms}, workers: 1, service: 2 * ms, offered: 1000, achieved: 500, window: 1500 * ms, steps: 750, late: 749, unsent: 250},
		"duration, caught up":    {limit: Limit{Duration: 1000 * ms}, workers: 1, service: 1100 * time.Microsecond, offered: 1000, achieved: 909, window: 1100 * ms, steps: 1000, late: 999},
		"long, overloaded":       {limit: Limit{Duration: 20 * time.Second}, workers: 1, service: 2 * ms, offered: 1000, achieved: 500, window: 22 * time.Second, steps: 11000, late: 10999, unsent: 9000},
		"duration, cut":          {limit: Limit{Duration: 1000 * ms, MaxTime: 1100 * ms}, workers: 1, service: 2 * ms, offered: 1000, achieved: 500, window: 1100 * ms, steps: 550, late: 549, unsent: 450},
		"minima, steps last":     {limit: Limit{MinSteps: 2000, MinTime: 1000 * ms, MaxTime: 10 * time.Second}, workers: 3, offered: 1000, achieved: 1000, window: 2000 * ms, steps: 2000},
		"minima, time last":      {limit: Limit{MinSteps: 20, MinTime: 1000 * ms, MaxTime: 10 * time.Second}, workers: 3, offered: 1000, achieved: 1000, window: 1000 * ms, steps: 1000},
		"minima, cut":            {limit: Limit{MinSteps: 20000, MinTime: 1000 * ms, MaxTime: 3 * time.Second}, workers: 3, service: 1 * ms, offered: 1000, achieved: 1000, window: 3000 * ms, steps: 3000},
	} {
		t.Run(name, func(t *testing.T) {
			faked(t, func(t *testing.T) {
				e := paced(config(test.workers, test.limit), Pace{Rate: 1000})
				var calls atomic.Int64
				r := runPaced(t, e, func(context.Context) (int, int, error) {
					calls.Add(1)
					time.Sleep(test.service)
					return 0, 1, nil
				})
				s, k := r.Schedule, r.Kinds[0]
				if calls.Load() != test.steps || k.Ops != test.steps || k.Response.Count != test.steps || k.Service.Count != test.steps || s.Lag.Count != test.steps {
					t.Errorf("%d steps, %d recorded, %d responses, %d lags, want %d", calls.Load(), k.Ops, k.Response.Count, s.Lag.Count, test.steps)
				}
				if s.Due != test.steps+test.unsent || s.Unsent != test.unsent || s.Late != test.late+test.unsent {
					t.Errorf("%d due, %d unsent, %d late", s.Due, s.Unsent, s.Late)
				}
				if s.Offered < test.offered || s.Offered > 1.01*test.offered || s.Achieved < test.achieved || s.Achieved > 1.01*test.achieved {
					t.Errorf("achieved %v of %v", s.Achieved, s.Offered)
				}
				if r.Window != test.window {
					t.Errorf("the window was %v", r.Window)
				}
			})
		})
	}
}

// Random arrivals, too, are as many as were asked for, and none is forgotten.
func TestPacedLimitsWithRandomArrivals(t *testing.T) {
	for name, limit := range map[string]Limit{
		"count":  {Steps: 2000},
		"minima": {MinSteps: 2000, MinTime: time.Second, MaxTime: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			faked(t, func(t *testing.T) {
				r := runPaced(t, paced(config(20, limit), Pace{Rate: 1000, Poisson: true}), stalling(time.Millisecond, 0, 0))
				s, n := r.Schedule, r.Kinds[0].Ops
				if n < 2000 || name == "count" && n != 2000 || n > 2010 || s.Due != n || s.Unsent != 0 || s.Achieved < .99*s.Offered {
					t.Errorf("%d steps, %d due, %d unsent, achieved %v of %v", n, s.Due, s.Unsent, s.Achieved, s.Offered)
				}
			})
		})
	}
}

// A warm-up that fell behind owes the window nothing, and leaves nothing in it.
func TestWarmupIsPacedAndOwesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		warmup  Warmup
		service time.Duration // while warming
		steps   int64
	}{
		"time":             {Warmup{Time: 200 * time.Millisecond}, time.Millisecond, 200},
		"time, overloaded": {Warmup{Time: 200 * time.Millisecond}, 20 * time.Millisecond, 20},
		"steps":            {Warmup{Steps: 55}, 20 * time.Millisecond, 55},
		"too short":        {Warmup{Time: 300 * time.Microsecond}, time.Millisecond, 2},
		"none":             {Warmup{}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			faked(t, func(t *testing.T) {
				cfg := config(2, Limit{Duration: time.Second})
				cfg.Warmup, cfg.Metrics = test.warmup, 1
				warming := true
				cfg.Warmed = func() error { warming = false; return nil }
				r := runPaced(t, paced(cfg, Pace{Rate: 1000}), func(context.Context) (int, int, error) {
					if warming {
						time.Sleep(test.service)
					}
					return 0, 1, nil
				})
				s, k := r.Schedule, r.Kinds[0]
				if r.Warm.Ops != test.steps || k.WarmOps != test.steps {
					t.Errorf("%d steps in the warm-up, want %d", r.Warm.Ops, test.steps)
				}
				if s.Due != 1000 || s.Late+s.Unsent != 0 || s.Wake.Count != 1000 || s.Lag.Max != 0 || k.Response.Count != 1000 || k.Response.Max != 0 {
					t.Errorf("window: %d due, %d late, %d unsent, %d of the pacer, %d responses up to %d ns", s.Due, s.Late, s.Unsent, s.Wake.Count, k.Response.Count, k.Response.Max)
				}
			})
		})
	}
}

// Between paced steps nothing succeeds, which is no outage.
func TestShortestOutage(t *testing.T) {
	const least = 5 * time.Millisecond
	for want, cfg := range map[time.Duration]Config{
		0:                      {Pace: Pace{Rate: 1}},
		least:                  {Outages: least, Pace: Pace{Rate: 1000}},
		30 * time.Millisecond:  {Outages: least, Pace: Pace{Rate: 100}},
		200 * time.Millisecond: {Outages: least, Pace: Pace{Rate: 100, Poisson: true}},
		6 * time.Millisecond:   {Outages: 6 * time.Millisecond},
	} {
		if got := cfg.shortestOutage(); got != want {
			t.Errorf("%+v: %v, want %v", cfg.Pace, got, want)
		}
	}
}
