package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Steps of a replay, in ms; negative ones failed.
func replayed(window time.Duration, workers ...[]int64) *Result {
	r := NewReplay(window, 1)
	for _, steps := range workers {
		r.Worker()
		for _, ms := range steps {
			if ms < 0 {
				r.Failed(-ms * 1e6)
			} else {
				r.Done(ms * 1e6)
			}
		}
	}
	return r.Result()
}

func TestReplay(t *testing.T) {
	type outcome struct {
		Gap         time.Duration
		Ops, Errors []int64
		Sums        [2]int64
	}
	for _, test := range []struct {
		name    string
		window  time.Duration
		workers [][]int64
		want    outcome
	}{
		{"one worker", 2 * time.Second, [][]int64{{700, 299, 1, 1000}}, outcome{1e9, []int64{2, 1, 1}, []int64{0, 0, 0}, [2]int64{2e9, 0}}},
		{"another fills the gap", 2 * time.Second, [][]int64{{1900}, {500, 600, 700}}, outcome{700e6, []int64{1, 3}, []int64{0, 0}, [2]int64{3700e6, 0}}},
		{"nothing", time.Second, nil, outcome{0, nil, nil, [2]int64{}}},
		{"an outage to the end", 2 * time.Second, [][]int64{{100, -900, -500}}, outcome{1900e6, []int64{1, 0}, []int64{0, 2}, [2]int64{100e6, 1400e6}}},
		// The waits of 1, 2 and 4 ms put the last step into the second slice; a
		// success begins them anew.
		{"waits", 2 * time.Second, [][]int64{{-300, -300, -300, 93}}, outcome{1e9, []int64{0, 1}, []int64{3, 0}, [2]int64{93e6, 900e6}}},
		{"waits anew", 2 * time.Second, [][]int64{{-300, 100, -300, 298}}, outcome{1e9, []int64{1, 1}, []int64{2, 0}, [2]int64{398e6, 600e6}}},
		{"never beyond the window", time.Second, [][]int64{{-500, -499, 999}}, outcome{1e9, []int64{0, 1}, []int64{1, 1}, [2]int64{999e6, 999e6}}},
	} {
		r := replayed(test.window, test.workers...)
		got := outcome{Gap: r.Gap, Sums: [2]int64{r.Kinds[0].Service.Sum, r.Kinds[0].Failed.Sum}}
		for _, s := range r.Slices {
			got.Ops, got.Errors = append(got.Ops, s.Ops), append(got.Errors, s.Errors)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

func TestReplayCountsOps(t *testing.T) {
	r := NewReplay(time.Second, 16)
	r.Worker()
	r.Done(1e6)
	r.Failed(1e6)
	r.Done(3e6)
	k := r.Result().Kinds[0]
	if k.Ops != 32 || k.Attempts != 48 || k.Service.Count != 2 || k.Service.Max != 3e6 || k.Failed.Count != 1 {
		t.Errorf("%d of %d ops, %d samples up to %d, %d failed", k.Ops, k.Attempts, k.Service.Count, k.Service.Max, k.Failed.Count)
	}
}

// A window of hours is looked at in as many parts as one of minutes.
func TestMomentsOfALongWindow(t *testing.T) {
	m := newMoments(int64(10 * time.Hour))
	if len(m.first) > mostMoments+1 {
		t.Fatalf("%d parts", len(m.first))
	}
	for at := int64(0); at <= int64(10*time.Hour); at += int64(time.Second) {
		if at < int64(time.Hour) || at > int64(2*time.Hour) {
			m.add(at)
		}
	}
	if gap := time.Duration(m.gap(int64(10 * time.Hour))); gap != time.Hour+2*time.Second {
		t.Errorf("gap %v", gap)
	}
}
