package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// mostOutages are kept, the longest.
const mostOutages = 1000

// An Outage is a time without any success, since the start of the window.
type Outage struct{ Start, End time.Duration }

func (o Outage) length() time.Duration { return o.End - o.Start }

// outages are the times without any success that lasted long enough. Only
// such times take the lock.
type outages struct {
	shortest int64 // that is kept; 0: none is

	mu   sync.Mutex
	list []Outage // on the engine's clock
}

func newOutages(shortest time.Duration) *outages {
	o := &outages{shortest: int64(shortest)}
	if shortest > 0 {
		o.list = make([]Outage, 0, mostOutages) // nothing is allocated in the window
	}
	return o
}

func (o *outages) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = o.list[:0]
}

func (o *outages) add(start, end int64) {
	if o.shortest == 0 || end-start < o.shortest {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keep(Outage{time.Duration(start), time.Duration(end)})
}

// keep drops the shortest where there are too many.
func (o *outages) keep(outage Outage) {
	if len(o.list) < mostOutages {
		o.list = append(o.list, outage)
		return
	}
	least := 0
	for i := range o.list {
		if o.list[i].length() < o.list[least].length() {
			least = i
		}
	}
	if outage.length() > o.list[least].length() {
		o.list[least] = outage
	}
}

// since returns them in order of time, as times since start.
func (o *outages) since(start int64) []Outage {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []Outage
	for _, outage := range o.list {
		list = append(list, Outage{outage.Start - time.Duration(start), outage.End - time.Duration(start)})
	}
	slices.SortFunc(list, func(a, b Outage) int { return cmp.Compare(a.Start, b.Start) })
	return list
}
