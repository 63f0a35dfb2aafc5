package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

const second = int64(time.Second)

func TestSlicesDoubleBeyondTheMost(t *testing.T) {
	s := newSink(Config{Kinds: 1, Classes: 1})
	s.begin(1000)
	for i := range int64(300) {
		s.add(0, []int64{1 << 12, i}, 1000+i*second)
		s.fail(0, 0, 1, 1000+i*second, errStep)
	}
	if s.length != 4*second || len(s.slices) != 75 {
		t.Fatalf("%d slices of %v", len(s.slices), time.Duration(s.length))
	}
	for i, slice := range s.slices {
		if slice.Ops != 8 || slice.Errors != 4 || slice.Coarse[2] != 4 || slice.Longest != 1<<12 {
			t.Fatalf("slice %d: %+v", i, slice)
		}
	}
	if got, want := s.boundary(1000+5*second), 1000+8*second; got != want {
		t.Errorf("boundary %d, want %d", got, want)
	}
}

// Each step is in the slice that it ended in, whoever did it.
func TestSlicesFollowTheCourse(t *testing.T) {
	var second atomic.Int64
	began := time.Now()
	r := run(t, config(4, Limit{Duration: 1300 * time.Millisecond}), func(context.Context) (int, int, error) {
		time.Sleep(2 * time.Millisecond)
		if time.Since(began) > 1100*time.Millisecond {
			second.Add(1) // surely in the second slice
		}
		return 0, 1, nil
	})
	if len(r.Slices) != 2 || r.Slices[0].Ops+r.Slices[1].Ops != r.Kinds[0].Ops {
		t.Fatalf("%d slices, %+v of %d ops", len(r.Slices), r.Slices, r.Kinds[0].Ops)
	}
	if r.Slices[1].Ops < second.Load() || r.Slices[0].Ops < r.Slices[1].Ops {
		t.Errorf("%d and %d ops, at least %d in the second", r.Slices[0].Ops, r.Slices[1].Ops, second.Load())
	}
}

// Slices of a length that was asked for are kept for longer.
func TestSlicesOfAnotherLength(t *testing.T) {
	s := newSink(Config{Kinds: 1, Classes: 1, Slice: 100 * time.Millisecond})
	s.begin(0)
	for i := range int64(mostShorter) {
		s.add(0, []int64{1}, i*second/10)
	}
	if s.length != second/10 || len(s.slices) != mostShorter {
		t.Fatalf("%d slices of %v", len(s.slices), time.Duration(s.length))
	}
	if s.add(0, []int64{1}, mostShorter*second/10); s.length != second/5 || len(s.slices) != mostShorter/2+1 {
		t.Errorf("%d slices of %v", len(s.slices), time.Duration(s.length))
	}
	s.begin(0)
	if got := s.boundary(1); got != second/10 {
		t.Errorf("the next phase begins with slices of %v", time.Duration(got))
	}
}
