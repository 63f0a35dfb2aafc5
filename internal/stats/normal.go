package stats

import (
	"slices"
	"time"
)

// What a slice must be to be normal. Buckets are powers of two, of which slices
// of a tenth of a second often differ by one while nothing happens. On a busy
// machine they differ by more, before the event as after it, so what slices
// before it were is normal too, but for the worst tenth of them: one stall must
// not let everything pass.
const (
	normalOps     = 0.75 // of the median of the slices before, at least
	normalBuckets = 1    // above the median p99 of the slices before, at most
	normalSlices  = 3    // in succession
	basisSlices   = 3    // before the first event, at least
	stallShare    = 10   // one of so many slices, and at least one, is set aside
)

// A basis is the worst that is normal, from the whole slices before the first
// event. The first slice is not among them: workers begin there.
type basis struct {
	ops    float64
	bucket float64 // of the p99
}

// basis is nil if too little was seen.
func (c Course) basis(first time.Duration) *basis {
	var ops, buckets []float64
	for i := 1; c.start(i+1) <= first && i < len(c.Ops) && i < len(c.Coarse); i++ {
		ops = append(ops, float64(c.Ops[i]))
		buckets = append(buckets, float64(p99(c.Coarse[i])))
	}
	if c.Length <= 0 || len(ops) < basisSlices || Median(ops) == 0 {
		return nil
	}
	slices.Sort(ops)
	slices.Sort(buckets)
	aside := max(1, len(ops)/stallShare)
	return &basis{
		ops:    min(normalOps*Median(ops), ops[aside]),
		bucket: max(Median(buckets)+normalBuckets, buckets[len(buckets)-1-aside]),
	}
}

func (c Course) start(slice int) time.Duration { return time.Duration(slice) * c.Length }

// normal looks from the event on. Until it was made and its outage has ended,
// normal slices in succession prove nothing: what it does may be yet to come.
func (c Course) normal(e Event, ended Delay, b *basis) Delay {
	switch {
	case b == nil:
		return Delay{Unknown: noBasis}
	case ended.Unknown != "":
		return ended
	}
	begin := int(max(e.At, 0) / c.Length)
	settled := int((e.At + max(e.Took, ended.Time)) / c.Length)
	run := 0
	for i := begin; i < len(c.Ops) && c.start(i+1) <= c.Window; i++ { // the last slice is cut, and left out
		if !c.isNormal(i, *b) {
			run, begin = 0, i+1
			continue
		}
		run++
		if run >= normalSlices && i >= settled+normalSlices-1 {
			return Delay{Time: roundUp(c.start(begin)-e.At, c.Length)}
		}
	}
	return Delay{Unknown: NotInTrial}
}

func (c Course) isNormal(i int, b basis) bool {
	if c.Ops[i] == 0 || i >= len(c.Coarse) || i < len(c.Errors) && c.Errors[i] > 0 {
		return false
	}
	return float64(c.Ops[i]) >= b.ops && float64(p99(c.Coarse[i])) <= b.bucket
}

// p99 is the bucket of the 99th percentile.
func p99(counts []int64) int {
	var all, seen int64
	for _, n := range counts {
		all += n
	}
	return max(slices.IndexFunc(counts, func(n int64) bool {
		seen += n
		return seen > 0 && 100*seen >= 99*all
	}), 0)
}

// roundUp is 0 for what has begun before.
func roundUp(d, unit time.Duration) time.Duration {
	if over := d % unit; over > 0 {
		d += unit - over
	}
	return max(d, 0)
}
