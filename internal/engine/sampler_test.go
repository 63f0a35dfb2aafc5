package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMetrics(t *testing.T) {
	cfg := config(3, Limit{Steps: 3000})
	cfg.Metrics, cfg.Warmup = 2, Warmup{Steps: 700}
	e := New(cfg)
	var calls, sum atomic.Int64
	var steps []Step
	for _, w := range e.Workers() {
		steps = append(steps, func(context.Context) (int, int, error) {
			if n := calls.Add(1); n > 700 {
				sum.Add(n)
				w.Sample(1, n)
			} else {
				w.Sample(1, 0)
			}
			return 0, 1, nil
		})
	}
	r, err := e.Run(t.Context(), steps)
	if err != nil {
		t.Fatal(err)
	}
	m := r.Metrics[1]
	if r.Metrics[0].Count != 0 || m.Count != 3000 || m.Min != 701 || m.Max != 3700 || m.Sum != sum.Load() || m.Histogram().TotalCount() != 3000 {
		t.Errorf("recorded %d, then %d: %d to %d, sum %d", r.Metrics[0].Count, m.Count, m.Min, m.Max, m.Sum)
	}
}

func TestSampleOutOfRange(t *testing.T) {
	e := New(Config{Metrics: 1, Workers: 1})
	s := e.Sampler(0)
	for _, v := range []int64{0, -5, highest + 1} {
		s.Sample(v)
	}
	if m := e.Metrics()[0]; m.Count != 3 || m.Min != 0 || m.Sum != highest+1 || m.Max != highest+1 || m.Over != 1 {
		t.Errorf("%d samples from %d to %d, sum %d, %d over", m.Count, m.Min, m.Max, m.Sum, m.Over)
	}
}

// Samplers record while phases change. What they record in the warm-up is
// forgotten, and what they record after the window is not.
func TestSamplers(t *testing.T) {
	cfg := config(1, Limit{Duration: 30 * time.Millisecond})
	cfg.Metrics, cfg.Warmup = 1, Warmup{Time: 10 * time.Millisecond}
	e := New(cfg)
	var window, over atomic.Bool
	e.cfg.Warmed = func() error { window.Store(true); return nil }
	var others sync.WaitGroup
	shared := e.Sampler(0)
	var first, after atomic.Int64
	for range 3 {
		others.Go(func() {
			for !over.Load() {
				if window.Load() {
					after.Add(1)
				} else {
					first.Add(1)
				}
				shared.Sample(1)
			}
		})
	}
	for first.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	enough := func() bool { return after.Load() > 1000 } // however busy the machine is
	r := runPaced(t, e, func(context.Context) (int, int, error) {
		for window.Load() && !enough() {
			time.Sleep(time.Millisecond)
		}
		return 0, 1, nil
	})
	over.Store(true)
	others.Wait()
	e.Sampler(0).Sample(1_000_000)
	m := e.Metrics()[0]
	if r.Metrics[0].Count == 0 || m.Count <= r.Metrics[0].Count || m.Max != 1_000_000 {
		t.Errorf("%d in the warm-up, %d in the window, %d in the end", first.Load(), r.Metrics[0].Count, m.Count)
	}
	if most := after.Load() + 4; m.Count > most { // a sampler may have been between counting and recording
		t.Errorf("%d recorded, %d since the window", m.Count, after.Load())
	}
}

// What is still in a sampler's ring when the window begins is forgotten, too.
func TestSamplerForgets(t *testing.T) {
	cfg := config(1, Limit{Steps: 1})
	cfg.Metrics = 1
	var s *Sampler
	cfg.Warmed = func() error { s.Sample(1); return nil }
	e := New(cfg)
	s = e.Sampler(0)
	r := runPaced(t, e, func(context.Context) (int, int, error) { s.Sample(7); return 0, 1, nil })
	if m := r.Metrics[0]; m.Count != 1 || m.Sum != 7 {
		t.Errorf("%d samples, sum %d", m.Count, m.Sum)
	}
}

func TestReads(t *testing.T) {
	cfg := config(2, Limit{Steps: 100})
	cfg.Kinds, cfg.Warmup = 2, Warmup{Steps: 10}
	e := New(cfg)
	var steps []Step
	for _, w := range e.Workers() {
		steps = append(steps, func(context.Context) (int, int, error) {
			w.Read(1, 3, 2, 1)
			return 1, 5, nil
		})
	}
	r, err := e.Run(t.Context(), steps)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Reads{{}, {Hits: 300, Misses: 200, Unintended: 100}}, []Reads{r.Kinds[0].Reads, r.Kinds[1].Reads}); diff != "" {
		t.Error(diff)
	}
	if k := r.Kinds[1]; k.WarmOps != 50 || k.WarmAttempts != 50 || r.Kinds[0].WarmAttempts != 0 {
		t.Errorf("%d ops of %d in the warm-up", k.WarmOps, k.WarmAttempts)
	}
}

// A step that found nothing to do leaves no sample, and takes its share of the
// steps all the same.
func TestEmptyStep(t *testing.T) {
	n := 0
	r := run(t, config(1, Limit{Steps: 100}), func(context.Context) (int, int, error) {
		if n++; n%4 == 0 {
			return 0, 0, nil
		}
		return 0, 1, nil
	})
	k := r.Kinds[0]
	if n != 100 || k.Ops != 75 || k.Attempts != 75 || k.Service.Count != 75 || k.Failed.Count != 0 || r.Slices[0].Ops != 75 {
		t.Errorf("%d steps, %d ops, %d samples, %d failed", n, k.Ops, k.Service.Count, k.Failed.Count)
	}
}

func TestSamplingAllocatesNothing(t *testing.T) {
	e := New(Config{Metrics: 1, Workers: 1, Kinds: 1})
	w, s := e.workers[0], e.Sampler(0)
	if n := testing.AllocsPerRun(1000, func() {
		w.Sample(0, 7)
		s.Sample(7)
		w.Read(0, 1, 0, 0)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
