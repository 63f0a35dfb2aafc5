package engine

import (
	"sync"
	"time"
)

const (
	// Beyond so many slices of a second, or of the length that was asked for,
	// their length doubles.
	mostSlices  = 120
	mostShorter = 1200

	// CoarseShift is the exponent of the first coarse bucket of a slice: 1 us.
	CoarseShift = 10
	// CoarseBuckets is how many powers of two there are, to beyond 30 s.
	CoarseBuckets = 26
)

// A sink is where all workers' samples come together, under one lock.
type sink struct {
	mu        sync.Mutex
	kinds     []kindSink
	start     int64
	end       int64 // of the last step
	asked     int64 // length of a slice at first
	most      int   // slices
	length    int64 // of a slice
	slices    []Slice
	firstErrs []error // by class
}

type kindSink struct{ service, failed Recording }

// A Slice is one stretch of a trial's course.
type Slice struct {
	Ops, Errors int64 // successful samples and failed steps
	Longest     int64 // ns
	Coarse      [CoarseBuckets]int64
}

func newSink(cfg Config) *sink {
	s := &sink{kinds: make([]kindSink, cfg.Kinds), firstErrs: make([]error, cfg.Classes)}
	s.asked, s.most = int64(time.Second), mostSlices
	if cfg.Slice > 0 {
		s.asked, s.most = int64(cfg.Slice), mostShorter
	}
	for i := range s.kinds {
		s.kinds[i] = kindSink{service: newRecording(), failed: newRecording()}
	}
	return s
}

// reset forgets what a phase recorded.
func (s *sink) reset() {
	for i := range s.kinds {
		s.kinds[i].service.reset()
		s.kinds[i].failed.reset()
	}
}

func (s *sink) begin(start int64) {
	s.start, s.end, s.length, s.slices = start, start, s.asked, nil
}

// boundary is when the slice that t falls into ends.
func (s *sink) boundary(t int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start + ((t-s.start)/s.length+1)*s.length
}

// add records samples that all ended in the slice of at.
func (s *sink) add(kind int, samples []int64, at int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slice := s.slice(at)
	longest := s.kinds[kind].service.add(samples, &slice.Coarse)
	slice.Longest = max(slice.Longest, longest)
	slice.Ops += int64(len(samples))
}

func (s *sink) fail(kind, class int, took, at int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kinds[kind].failed.record([]int64{took})
	s.slice(at).Errors++
	s.end = max(s.end, at)
	if s.firstErrs[class] == nil {
		s.firstErrs[class] = err
	}
}

func (s *sink) finish(end int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end = max(s.end, end)
}

func (s *sink) slice(at int64) *Slice {
	i := int((at - s.start) / s.length)
	for i >= s.most {
		s.halve()
		i = int((at - s.start) / s.length)
	}
	for len(s.slices) <= i {
		s.slices = append(s.slices, Slice{})
	}
	return &s.slices[i]
}

// halve joins neighbours, so that half as many slices are twice as long.
func (s *sink) halve() {
	joined := make([]Slice, (len(s.slices)+1)/2)
	for i, slice := range s.slices {
		joined[i/2].join(slice)
	}
	s.slices = joined
	s.length *= 2
}

func (s *Slice) join(other Slice) {
	s.Ops += other.Ops
	s.Errors += other.Errors
	s.Longest = max(s.Longest, other.Longest)
	for b, n := range other.Coarse {
		s.Coarse[b] += n
	}
}
