package results

import (
	"slices"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

func TestQuantileNeedsTenSamplesBeyond(t *testing.T) {
	tests := []struct {
		count int64
		q     float64
		want  bool
	}{
		{19, 0.5, false}, {20, 0.5, true},
		{99, 0.9, false}, {100, 0.9, true},
		{199, 0.95, false}, {200, 0.95, true},
		{999, 0.99, false}, {1000, 0.99, true},
		{9999, 0.999, false}, {10000, 0.999, true},
		{1 << 40, 1, false},
	}
	for _, test := range tests {
		if got := enoughBeyond(test.count, test.q); got != test.want {
			t.Errorf("%d samples, quantile %g: %v", test.count, test.q, got)
		}
	}
}

func TestQuantile(t *testing.T) {
	var ns []int64
	for i := range int64(20_000) {
		ns = append(ns, 1001+i*977) // no number that a histogram keeps exactly
	}
	r := recordingOf(ns...)
	d, err := r.Distribution()
	if err != nil {
		t.Fatal(err)
	}
	last := *r.Min
	for _, q := range []float64{0, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9995} {
		got, ok := d.Quantile(q)
		exact := ns[int(q*float64(len(ns)-1))]
		if !ok || got < last || got > *r.Max || float64(got) < 0.998*float64(exact) || float64(got) > 1.002*float64(exact)+977 {
			t.Errorf("quantile %g is %d (%v), exactly %d", q, got, ok, exact)
		}
		last = got
	}
}

// The histogram's own answer for equal values lies above them all.
func TestQuantileStaysWithinTheExtremes(t *testing.T) {
	r := recordingOf(slices.Repeat([]int64{1_234_567}, 100)...)
	if got, ok := r.Quantile(0.5); got != 1_234_567 || !ok {
		t.Errorf("got %d, %v", got, ok)
	}
	if _, ok := (Recording{}).Quantile(0.5); ok {
		t.Error("nothing has a median")
	}
}

func TestLongDurationsAreCountedOver(t *testing.T) {
	r := recordingOf(5*HighestNS, 1000)
	h, err := r.Histogram()
	if err != nil {
		t.Fatal(err)
	}
	if r.Over != 1 || r.Count != 2 || *r.Max != 5*HighestNS || h.TotalCount() != 2 {
		t.Errorf("%+v, %d in the histogram", r, h.TotalCount())
	}
	if err := checkRecording(r); err != nil {
		t.Error(err)
	}
}

func TestHistogramOfAnotherGeometry(t *testing.T) {
	h := hdrhistogram.New(1, 1000, 2)
	_ = h.RecordValue(7)
	r := NewRecording(h, 1, 7, 7, 7, 0)
	if _, err := r.Histogram(); err == nil || !strings.Contains(err.Error(), "another geometry (1 to 1000, 2 digits)") {
		t.Errorf("got %v", err)
	}
}

func TestEmptyRecording(t *testing.T) {
	r := NewRecording(NewHistogram(), 0, 0, 0, 0, 0)
	if r != (Recording{}) {
		t.Errorf("got %+v", r)
	}
	if _, ok := r.Mean(); ok {
		t.Error("nothing has a mean")
	}
}
