package engine

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The geometry of histograms: 1 ns to a minute, three digits.
const (
	highest = int64(time.Minute)
	digits  = 3

	// Three digits need 2048 buckets of 1 ns, and half as many for each
	// further power of two.
	linearBits = 11
	halfLinear = 1 << (linearBits - 1)
)

// A Recording is a set of durations in nanoseconds, or of other numbers from 0
// on: a histogram, and what it does not keep exactly. Those above a minute are
// counted in Over too and stand at the histogram's end.
type Recording struct {
	Count, Sum, Min, Max int64
	Over                 int64

	// counts are in the histogram's own order. Counting here costs a third of
	// what its RecordValue does, which is not inlined.
	counts []int64
}

func newRecording() Recording {
	empty := hdrhistogram.New(1, highest, digits).Export()
	return Recording{Min: math.MaxInt64, counts: empty.Counts}
}

// add records samples, counts them by power of two, from CoarseShift on, and
// returns the longest.
func (r *Recording) add(samples []int64, coarse *[CoarseBuckets]int64) (longest int64) {
	least, sum := r.Min, r.Sum
	for _, ns := range samples {
		least, longest, sum = min(least, ns), max(longest, ns), sum+ns
		if ns > highest {
			r.Over++
			ns = highest
		}
		power := bits.Len64(uint64(ns)|(1<<linearBits-1)) - linearBits
		r.counts[power*halfLinear+int(ns>>power)]++
		coarse[min(power, CoarseBuckets-1)]++
	}
	r.Count += int64(len(samples))
	r.Min, r.Max, r.Sum = least, max(r.Max, longest), sum
	return longest
}

// record is add for those who have no use for the powers of two.
func (r *Recording) record(values []int64) {
	var coarse [CoarseBuckets]int64
	r.add(values, &coarse)
}

// reset leaves counts alone that nothing has touched yet: their memory is not
// there before it is.
func (r *Recording) reset() {
	if r.Count == 0 {
		return
	}
	clear(r.counts)
	*r = Recording{Min: math.MaxInt64, counts: r.counts}
}

func (r *Recording) clone() Recording {
	c := *r
	c.counts = slices.Clone(r.counts)
	return c
}

// Histogram returns the recording's histogram.
func (r *Recording) Histogram() *hdrhistogram.Histogram {
	return hdrhistogram.Import(&hdrhistogram.Snapshot{
		LowestTrackableValue: 1, HighestTrackableValue: highest, SignificantFigures: digits,
		Counts: r.counts,
	})
}
