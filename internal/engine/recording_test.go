package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The recording's histogram is the one that the library would have made.
func TestRecordingIsTheHistogram(t *testing.T) {
	r, want := newRecording(), hdrhistogram.New(1, highest, digits)
	samples := []int64{0, 1, 2047, 2048, 2049, 4095, 4096, highest - 1, highest}
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		samples = append(samples, random.Int64N(1<<random.IntN(36)))
	}
	var coarse [CoarseBuckets]int64
	r.add(samples, &coarse)
	for _, ns := range samples {
		if err := want.RecordValue(ns); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(r.Histogram().Export().Counts, want.Export().Counts) {
		t.Error("the counts differ")
	}
	if r.Histogram().TotalCount() != int64(len(samples)) || r.Count != int64(len(samples)) || r.Over != 0 {
		t.Errorf("%d counted of %d", r.Histogram().TotalCount(), len(samples))
	}
}

func TestRecordingKeepsWhatIsOutOfRange(t *testing.T) {
	r := newRecording()
	var coarse [CoarseBuckets]int64
	longest := r.add([]int64{0, 5, highest + 7}, &coarse)
	if longest != highest+7 || r.Count != 3 || r.Over != 1 || r.Min != 0 || r.Max != highest+7 || r.Sum != highest+12 || r.Histogram().TotalCount() != 3 {
		t.Errorf("%+v", r)
	}
	r.reset()
	if r.Count != 0 || r.Histogram().TotalCount() != 0 {
		t.Errorf("after reset: %+v", r)
	}
}

func TestCoarse(t *testing.T) {
	for ns, want := range map[int64]int{0: 0, 1: 0, 1023: 0, 1024: 0, 2047: 0, 2048: 1, 1 << 20: 10, highest * 9: CoarseBuckets - 1} {
		r := newRecording()
		var coarse [CoarseBuckets]int64
		r.add([]int64{ns}, &coarse)
		if coarse[want] != 1 {
			t.Errorf("%d is not counted in %d: %v", ns, want, coarse)
		}
	}
}
