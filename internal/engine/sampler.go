package engine

import "sync"

// A series is numbers that come from several places, each of which keeps some
// in a ring before it hands them over.
type series struct {
	mu       sync.Mutex
	recorded Recording
}

func (s *series) add(values []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recorded.record(values)
}

func (s *series) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recorded.reset()
}

// copy stays as it is while more is added.
func (s *series) copy() Recording {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.recorded.clone()
}

// A feed is one place's ring of a series.
type feed struct {
	n    int
	ring [ringSize]int64
	into *series
}

func (f *feed) add(value int64) {
	f.ring[f.n&(ringSize-1)] = value
	if f.n++; f.n == ringSize {
		f.drain()
	}
}

func (f *feed) drain() {
	if f.n > 0 {
		f.into.add(f.ring[:f.n])
		f.n = 0
	}
}

// A Sampler records a metric for goroutines that are no workers, as many as
// like. What it records before the window begins is forgotten.
type Sampler struct {
	mu   sync.Mutex
	feed feed
}

// Sampler returns one that is drained into the metric.
func (e *Engine) Sampler(metric int) *Sampler {
	s := &Sampler{feed: feed{into: e.metrics[metric]}}
	e.samplers.mu.Lock()
	defer e.samplers.mu.Unlock()
	e.samplers.list = append(e.samplers.list, s)
	return s
}

// Sample records one value; one below 0 counts as 0.
func (s *Sampler) Sample(value int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feed.add(max(value, 0))
}

func (s *Sampler) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feed.drain()
}

func (s *Sampler) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feed.n = 0
}

// samplers are all that were asked for.
type samplers struct {
	mu   sync.Mutex
	list []*Sampler
}

func (s *samplers) each(do func(*Sampler)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sampler := range s.list {
		do(sampler)
	}
}

// resetSeries forgets what was recorded before the window, but for what is
// still in the rings of workers.
func (e *Engine) resetSeries() {
	e.samplers.each((*Sampler).reset)
	for _, s := range e.series {
		s.reset()
	}
}

func (e *Engine) newSeries() *series {
	s := &series{recorded: newRecording()}
	e.series = append(e.series, s)
	return s
}

// Metrics are all values of each metric, of workers and Samplers, that were
// recorded since the window began. It may be called again after Run, for what
// was sampled since.
func (e *Engine) Metrics() []Recording {
	e.samplers.each((*Sampler).drain)
	var list []Recording
	for _, m := range e.metrics {
		list = append(list, m.copy())
	}
	return list
}

// Sample records one value of a metric; one below 0 counts as 0. It is for the
// worker's own steps.
func (w *Worker) Sample(metric int, value int64) { w.metrics[metric].add(max(value, 0)) }

// Read counts keys that a step of this kind read and found, those that were not
// there, and those of the latter that should have been. It is for the worker's
// own steps.
func (w *Worker) Read(kind, hits, misses, unintended int) {
	r := &w.reads[kind]
	r.Hits += int64(hits)
	r.Misses += int64(misses)
	r.Unintended += int64(unintended)
}

// Due is when the worker's current step was due. In a closed loop, where none
// is due before the one before it has ended, it is now. It is for the worker's
// own steps, at their beginning.
func (w *Worker) Due() int64 {
	if w.due > 0 {
		return w.due
	}
	return now()
}

// Now is the engine's clock: nanoseconds since the process started, about.
func Now() int64 { return now() }
