package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

// A cache is what the workers and the probe of one trial share.
type cache struct {
	*versions
	client  clients.Client
	sampler func(metric int) *engine.Sampler
	probe   *probe
	writers int // the workers, and after them the probe
	weights gen.Weights
	sets    int // weight in the mix

	unmixed  calls        // SETs that no worker sent
	misses   calls        // cached reads for which a command may have been sent
	strange  atomic.Int64 // values that the probe got and nobody wrote
	readings []*readings
}

// readings are one worker's.
type readings struct{ hits, cached, written int64 }

func newCache(ctx context.Context, s Setup) (*cache, error) {
	gets, sets, err := readsAndSets(s.Load.Mix)
	if err != nil {
		return nil, err
	}
	session, err := s.Session(ctx)
	if err != nil {
		return nil, err
	}
	c := &cache{
		versions: newVersions(s.Material), client: s.Client, sampler: s.Sampler,
		writers: s.Load.Workers + 1, sets: sets, weights: gen.NewWeights([]int{max(gets, 1), max(sets, 1)}),
	}
	c.probe, err = newProbe(c, session)
	return c, err
}

// fillBatch is how many keys are written together before the trial.
const fillBatch = 100

// fill writes version 0 of all keys.
func (c *cache) fill(ctx context.Context) error {
	pipe, ok := c.probe.session.(clients.Pipeliner)
	if !ok {
		return fmt.Errorf("explicit pipelining is not offered by %T", c.probe.session)
	}
	batch := make([]clients.Command, 0, fillBatch)
	for key := range c.history {
		batch = append(batch, clients.Command{Key: c.keys.At(key), Value: c.value(key, 0)})
		if len(batch) < fillBatch && key < len(c.history)-1 {
			continue
		}
		c.unmixed.tried.Add(int64(len(batch)))
		if err := pipe.Pipeline(ctx, batch); err != nil {
			return err
		}
		c.unmixed.done.Add(int64(len(batch)))
		batch = batch[:0]
	}
	return nil
}

// write writes the next version of a key, and returns when that was
// acknowledged.
func (c *cache) write(ctx context.Context, to clients.Session, key int) (at int64, err error) {
	err = to.Set(ctx, c.keys.At(key), c.begin(key))
	return c.end(key, err), err
}

// read is a cached read, of which the server sees at most one GET.
func (c *cache) read(ctx context.Context, from clients.Cacher, key int, into *clients.Reply) (hit bool, err error) {
	hit, err = from.GetCached(ctx, c.keys.At(key), into)
	if !hit {
		c.misses.tried.Add(1)
	}
	return hit, err
}

// sent are the SETs that no worker sent, and at most a GET for each cached read
// that was no hit: one may wait for the reply to another's.
func (c *cache) sent() map[string]Sent {
	return map[string]Sent{"SET": c.unmixed.sent(), "GET": {Tried: c.misses.tried.Load()}}
}

func (c *cache) finish(ctx context.Context) error {
	if err := c.probe.stop(ctx); err != nil {
		return err
	}
	c.report()
	if n := c.strange.Load(); n > 0 {
		return fmt.Errorf("the probe got %d values that nobody wrote", n)
	}
	return errors.Join(c.neverHit(), c.probe.caches(ctx))
}

// neverHit is an error where some cached read must have been a hit: of a key
// that was read before, and not written since.
func (c *cache) neverHit() error {
	var sum readings
	for _, r := range c.readings {
		sum.hits, sum.cached, sum.written = sum.hits+r.hits, sum.cached+r.cached, sum.written+r.written
	}
	if sum.hits == 0 && sum.cached > int64(len(c.history))+sum.written+c.unmixed.tried.Load() {
		return errOff
	}
	return nil
}

// report samples what is one number a trial, where the library tells it.
func (c *cache) report() {
	reporter, ok := c.client.(clients.CacheReporter)
	if !ok {
		return
	}
	stats := reporter.CacheStats()
	for metric, n := range map[int]int64{
		invalidations: stats.Invalidations, cacheEntries: stats.Entries, cacheMemory: stats.Bytes,
	} {
		if n >= 0 {
			c.sampler(metric).Sample(n)
		}
	}
}

func (c *cache) close(ctx context.Context) error { return c.probe.stop(ctx) }

func cacher(s clients.Session) (clients.Cacher, error) {
	c, ok := s.(clients.Cacher)
	if !ok {
		return nil, fmt.Errorf("a client-side cache is not offered by %T", s)
	}
	return c, nil
}
