package engine

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	ms    = time.Millisecond
	quick = ms / 4 // an undisturbed step
)

// A course says, by the time since the window began, what a step does there:
// it fails, it waits until the stretch has ended and succeeds, or it is
// quick.
type course []struct {
	until time.Duration
	fails bool
	waits bool
}

func (c course) step(began *time.Time) Step {
	return func(context.Context) (int, int, error) {
		at := time.Since(*began)
		for _, stretch := range c {
			switch {
			case at >= stretch.until:
				continue
			case stretch.fails:
				time.Sleep(quick)
				return 0, 1, errStep
			case stretch.waits:
				time.Sleep(stretch.until - at)
				return 0, 1, nil
			}
			break
		}
		time.Sleep(quick)
		return 0, 1, nil
	}
}

// bubble runs a test on a clock of its own, which the engine's is set by: the
// bubble's time is long before ours.
func bubble(t *testing.T, test func(*testing.T)) {
	synctest.Test(t, func(t *testing.T) {
		ours := base
		defer func() { base = ours }()
		base = time.Now().Add(-time.Minute)
		test(t)
	})
}

// follow runs a course for a second on the bubble's clock.
func follow(t *testing.T, workers int, shortest time.Duration, c course) *Result {
	t.Helper()
	cfg := config(workers, Limit{Duration: time.Second})
	cfg.Outages = shortest
	began := time.Now()
	cfg.Warmed = func() error { began = time.Now(); return nil }
	return run(t, cfg, c.step(&began))
}

// Begin and end of an outage are right to a millisecond and a step, whether its
// steps fail or are only slow.
func TestOutages(t *testing.T) {
	for name, test := range map[string]struct {
		course course
		want   []Outage
		slack  time.Duration // of the end
	}{
		"none":                 {course{}, nil, 0},
		"too short":            {course{{until: 100 * ms}, {until: 104 * ms, waits: true}}, nil, 0},
		"a slow step":          {course{{until: 100 * ms}, {until: 300 * ms, waits: true}}, []Outage{{100 * ms, 300 * ms}}, ms},
		"two slow steps":       {course{{until: 100 * ms}, {until: 150 * ms, waits: true}, {until: 200 * ms}, {until: 210 * ms, waits: true}}, []Outage{{100 * ms, 150 * ms}, {200 * ms, 210 * ms}}, ms},
		"failing steps":        {course{{until: 200 * ms}, {until: 500 * ms, fails: true}}, []Outage{{200 * ms, 500 * ms}}, longestWait + ms},
		"at the start":         {course{{until: 50 * ms, waits: true}}, []Outage{{0, 50 * ms}}, ms},
		"failing at the start": {course{{until: 50 * ms, fails: true}}, []Outage{{0, 50 * ms}}, longestWait},
		"to the end":           {course{{until: 700 * ms}, {until: time.Hour, fails: true}}, []Outage{{700 * ms, time.Hour}}, 0},
		"from start to end":    {course{{until: time.Hour, fails: true}}, []Outage{{0, time.Hour}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, workers := range []int{1, 10, 20} {
				bubble(t, func(t *testing.T) {
					r := follow(t, workers, 5*ms, test.course)
					if !slices.EqualFunc(r.Outages, test.want, func(got, want Outage) bool {
						end := min(want.End, r.Window) // which ends with the last step
						return (got.Start-want.Start).Abs() <= ms && got.End >= end && got.End <= end+test.slack
					}) {
						t.Errorf("%d workers: %v, want %v", workers, r.Outages, test.want)
					}
				})
			}
		})
	}
}

// One worker's outage is exact: nobody else could have succeeded meanwhile.
func TestOutageOfOneWorkerIsExact(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := follow(t, 1, 5*ms, course{{until: 100*ms + 550*time.Microsecond}, {until: 300 * ms, waits: true}})
		want := []Outage{{100*ms + 3*quick, 300 * ms}}
		if diff := cmp.Diff(want, r.Outages); diff != "" {
			t.Error(diff)
		}
	})
}

// One of many workers goes on while the others hang: there is no outage, though
// nobody takes their turns at telling.
func TestOneOfManyWorkersGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		cfg := config(100, Limit{Duration: 2 * time.Second})
		cfg.Outages = 5 * ms
		var began time.Time
		cfg.Warmed = func() error { began = time.Now(); return nil }
		hang := course{{until: 500 * ms}, {until: 1900 * ms, waits: true}}.step(&began)
		steps := slices.Repeat([]Step{hang}, cfg.Workers)
		steps[42] = func(context.Context) (int, int, error) {
			time.Sleep(11 * ms / 10)
			return 0, 1, nil
		}
		r, err := New(cfg).Run(t.Context(), steps)
		if err != nil || len(r.Outages) > 0 || r.Gap > 3*ms {
			t.Errorf("%v: outages %v, gap %v", err, r.Outages, r.Gap)
		}
	})
}

func TestOutagesAreNotKeptUnlessAskedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := follow(t, 1, 0, course{{until: 100 * ms, waits: true}})
		if len(r.Outages) != 0 || r.Gap < 99*ms {
			t.Errorf("%v, gap %v", r.Outages, r.Gap)
		}
	})
}

// Those of the warm-up are not the window's.
func TestOutagesOfTheWarmupAreForgotten(t *testing.T) {
	bubble(t, func(t *testing.T) {
		cfg := config(1, Limit{Steps: 10})
		cfg.Warmup, cfg.Outages = Warmup{Steps: 2}, 5*ms
		calls := 0
		r := run(t, cfg, func(context.Context) (int, int, error) {
			if calls++; calls <= 2 {
				time.Sleep(50 * ms)
			}
			return 0, 1, nil
		})
		if len(r.Outages) != 0 {
			t.Errorf("%v", r.Outages)
		}
	})
}

// Of too many outages the longest are kept, in order of time.
func TestTheLongestOutagesAreKept(t *testing.T) {
	o := newOutages(5)
	var want []Outage
	for i := range int64(3 * mostOutages) {
		length := 5 + i%3 // every third is longest
		o.add(1000+10*i, 1000+10*i+length)
		if length == 7 {
			want = append(want, Outage{time.Duration(10 * i), time.Duration(10*i + length)})
		}
	}
	if diff := cmp.Diff(want, o.since(1000)); diff != "" {
		t.Error(diff)
	}
}
