package engine

import (
	"testing"
	"time"
)

const second = int64(time.Second)

func TestSlicesDoubleBeyondTheMost(t *testing.T) {
	s := newSink(1, 1)
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
