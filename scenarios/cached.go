package scenarios

import (
	"context"
	"fmt"

	"respbench.dev/respbench/clients"
)

func init() {
	register(Scenario{
		Name:    "cached",
		Doc:     "Does client-side caching help, and how stale is what it returns?",
		Version: 1,
		Place:   30,
		Kinds:   cachedKinds,
		KindsOf: cachedKindsOf,
		Load:    Load{Workers: 10, Keyspace: 1000, Keys: "zipf:0.99", Mix: "get:99,set:1"},
		Mixes:   []string{"get:100", "get:99,set:1", "get:90,set:10"},
		Uses:    []Use{Workers, DataSize, Keyspace, Keys, Conns, Mix},
		Needs:   clients.Capabilities{Cache: true, Pipeline: true},
		Metrics: []Metric{
			staleness:     {Name: "staleness", Doc: "of a cached read that got an old value: from when that was replaced until the read began", Unit: "ns", Better: "lower"},
			window:        {Name: "staleness window", Doc: "from when a write to a cached key was acknowledged until the last read that began and still got the old value; 0: none did", Unit: "ns", Better: "lower"},
			cacheHits:     {Name: "cache hits", Doc: "of each 100 cached reads of a worker", Unit: "%", Better: "higher"},
			invalidations: {Name: "invalidations", Doc: "keys that the server told the cache to forget, in all", Unit: "keys"},
			cacheEntries:  {Name: "cache entries", Doc: "at the end", Unit: "keys"},
			cacheMemory:   {Name: "cache memory", Doc: "of the entries at the end, as the library counts", Unit: "bytes", Better: "lower"},
		},
		NeedsRedis: true,
		SharesKeys: true,
		Check:      checkCached,
		Sessions:   func(Load) int { return 1 },
		Prepare:    prepareCached,
	})
}

// The kinds.
const (
	cachedGet = iota
	directGet
	cachedSet
)

// The metrics.
const (
	staleness = iota
	window
	cacheHits
	invalidations
	cacheEntries
	cacheMemory
)

var cachedKinds = []Kind{
	cachedGet: {Name: "cached get", Unit: "get", Reads: true},
	directGet: {Name: "get", Unit: "get", Reads: true, Commands: []string{"GET"}},
	cachedSet: {Name: "set", Unit: "set", Commands: []string{"SET"}},
}

// cachedKindsOf has sets only where the mix has.
func cachedKindsOf(l Load) []Kind {
	if _, sets, err := readsAndSets(l.Mix); err == nil && sets == 0 {
		return cachedKinds[:cachedSet]
	}
	return cachedKinds
}

func checkCached(l Load) error {
	if _, _, err := readsAndSets(l.Mix); err != nil {
		return err
	}
	if l.Keyspace <= l.Workers {
		return fmt.Errorf("%d keys are too few for %d workers: each alone writes some, and so does the probe", l.Keyspace, l.Workers)
	}
	return l.Check()
}

// prepareCached writes all keys, so that what they hold is known, and sees that
// the cache works before anything is measured.
func prepareCached(ctx context.Context, s Setup) (*Bound, error) {
	c, err := newCache(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := c.fill(ctx); err != nil {
		return nil, fmt.Errorf("write the keys: %w", err)
	}
	if err := c.probe.caches(ctx); err != nil {
		return nil, err
	}
	if c.sets > 0 {
		c.probe.start(ctx)
	}
	return &Bound{Bind: c.bind, End: c.finish, Close: c.close, Sent: c.sent}, nil
}

// readsAndSets are the weights of a mix.
func readsAndSets(text string) (gets, sets int, err error) {
	mix, err := ParseMix(text)
	if err != nil {
		return 0, 0, fmt.Errorf("mix %q: %w", text, err)
	}
	for _, p := range mix.parts {
		switch p.kind {
		case mixedGet:
			gets = p.percent
		case mixedSet:
			sets = p.percent
		default:
			return 0, 0, fmt.Errorf("mix %q: has %s; cached has get and set", text, mixedKinds[p.kind].Name)
		}
	}
	if gets == 0 {
		return 0, 0, fmt.Errorf("mix %q: reads nothing that could come from the cache", text)
	}
	return gets, sets, nil
}
