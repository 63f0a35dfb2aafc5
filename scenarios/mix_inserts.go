package scenarios

import (
	"context"
	"sync/atomic"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// inserts are the keys that the workers of one trial add. Each worker adds as
// many as its part of the key space at most, and then writes its oldest anew,
// so that a trial at most doubles what the server holds.
type inserts struct {
	keys    *gen.Keys
	loaded  int // keys that were there before: the first inserted one has this id
	each    int // keys of a worker
	workers []*inserter

	// count is how many were acknowledged, and order has the last of them, by
	// their number modulo its length: ids, 0 where there is none yet.
	count atomic.Int64
	order []atomic.Int64
}

func newInserts(m *Material, workers int) *inserts {
	loaded := m.keys.Len()
	each := (loaded + workers - 1) / workers
	return &inserts{
		keys:   gen.NewKeys(m.ofTrial("new:"), each*workers),
		loaded: loaded, each: each,
		order: make([]atomic.Int64, each*workers),
	}
}

// An inserter is the part of one worker.
type inserter struct {
	*inserts
	first int // of its keys
	tried int
}

// worker returns the part of one.
func (in *inserts) worker(index int) *inserter {
	i := &inserter{inserts: in, first: index * in.each}
	in.workers = append(in.workers, i)
	return i
}

// next returns the key to insert, and how many times it was inserted before.
func (i *inserter) next() (k sharedKey, lap int) {
	lap = i.tried / i.each
	key := i.first + i.tried%i.each
	i.tried++
	return i.at(key), lap
}

func (in *inserts) at(key int) sharedKey { return sharedKey{in.loaded + key, in.keys.At(key)} }

// acknowledged makes an inserted key the newest.
func (in *inserts) acknowledged(id int) {
	newest := in.count.Add(1) - 1
	in.order[newest%int64(len(in.order))].Store(int64(id))
}

// pick returns the key that a pick from the loaded ones comes to, where all
// that were inserted follow these.
func (in *inserts) pick(picked int) (k sharedKey, inserted bool) {
	after := picked + int(in.count.Load()) - in.loaded
	if after < 0 {
		return sharedKey{id: in.loaded + after}, false
	}
	id := int(in.order[after%len(in.order)].Load())
	if id == 0 { // another worker stores it now
		return sharedKey{id: picked}, false
	}
	return in.at(id - in.loaded), true
}

// remove removes all that were inserted.
func (in *inserts) remove(ctx context.Context, sessions []clients.Session, cluster bool) error {
	var names []string
	for _, w := range in.workers {
		for i := range min(w.tried, in.each) {
			names = append(names, in.keys.At(w.first+i))
		}
	}
	return unlinkAll(ctx, sessions, names, cluster)
}
