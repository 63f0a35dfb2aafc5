package scenarios

import (
	"context"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
)

// A reader is one worker.
type reader struct {
	*cache
	*readings
	data    *Data
	session clients.Session
	cacher  clients.Cacher
	reply   clients.Reply
	direct  bool  // the read before was
	block   int64 // cached reads of the current hundred
	inBlock int64 // of those, hits
}

// hitBlock is how many cached reads one sample of the hit ratio is of.
const hitBlock = 100

func (c *cache) bind(s clients.Session, d *Data) (engine.Step, error) {
	cacher, err := cacher(s)
	if err != nil {
		return nil, err
	}
	r := &reader{cache: c, readings: new(readings), data: d, session: s, cacher: cacher}
	c.readings = append(c.readings, r.readings)
	return r.step, nil
}

// step writes, or reads through the cache and past it in turns.
func (r *reader) step(ctx context.Context) (kind, ops int, err error) {
	key := r.data.picker.Next()
	if r.sets > 0 && r.data.picker.Choose(r.weights) == 1 {
		return cachedSet, 1, r.set(ctx, key)
	}
	if r.direct = !r.direct; r.direct {
		return directGet, 1, r.get(ctx, key)
	}
	return cachedGet, 1, r.getCached(ctx, key)
}

// set writes the key nearest to the one picked that is the worker's own.
func (r *reader) set(ctx context.Context, key int) error {
	if key += r.data.Worker.Index - key%r.writers; key >= len(r.history) {
		key -= r.writers
	}
	r.written++
	_, err := r.write(ctx, r.session, key)
	return err
}

// get must not return an older value: the server has none.
func (r *reader) get(ctx context.Context, key int) error {
	q := r.ask(key)
	r.reply.Reset()
	if err := r.session.Get(ctx, r.keys.At(key), &r.reply); err != nil {
		return err
	}
	if !r.found(directGet) {
		return nil
	}
	if age := r.judge(q, &r.reply); age != current {
		return r.mismatch(&r.reply, key, age != never)
	}
	return nil
}

func (r *reader) getCached(ctx context.Context, key int) error {
	q := r.ask(key)
	r.reply.Reset()
	hit, err := r.read(ctx, r.cacher, key, &r.reply)
	if err != nil {
		return err
	}
	r.count(hit)
	if !r.found(cachedGet) {
		return nil
	}
	switch age := r.judge(q, &r.reply); age {
	case current:
	case never:
		return r.mismatch(&r.reply, key, false)
	default:
		r.data.Worker.Sample(staleness, age)
	}
	return nil
}

// found counts a key that is not there: all have been written.
func (r *reader) found(kind int) bool {
	if r.reply.IsMiss() {
		r.data.Worker.Read(kind, 0, 1, 1)
		return false
	}
	r.data.Worker.Read(kind, 1, 0, 0)
	return true
}

func (r *reader) count(hit bool) {
	r.cached++
	r.block++
	if hit {
		r.hits++
		r.inBlock++
	}
	if r.block == hitBlock {
		r.data.Worker.Sample(cacheHits, r.inBlock)
		r.block, r.inBlock = 0, 0
	}
}

func (c *cache) mismatch(r *clients.Reply, key int, stale bool) error {
	return &clients.Mismatch{Key: c.keys.At(key), Want: len(c.value(key, 0)), Got: r.Len(), Stale: stale}
}
