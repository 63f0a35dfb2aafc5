package gen

// A Walk goes through the keys that one worker owns, over and over: worker w
// of W owns the keys i with i mod W = w.
type Walk struct {
	next, first, stride, count int
	pass                       int
}

// NewWalk returns the walk of a worker over count keys. There must be at least
// as many keys as workers.
func NewWalk(worker, workers, count int) Walk {
	return Walk{next: worker, first: worker, stride: workers, count: count}
}

// Next returns the next key and which pass over the keys this is, from 0.
func (w *Walk) Next() (key, pass int) {
	key, pass = w.next, w.pass
	w.next += w.stride
	if w.next >= w.count {
		w.next = w.first
		w.pass++
	}
	return key, pass
}
