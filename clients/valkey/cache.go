// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"errors"
	"time"

	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
)

// cacheTTL is how long an entry lives that nobody invalidates: DoCache must be
// told, and no trial takes that long.
const cacheTTL = 24 * time.Hour

// reachesCached needs no word on what the server allows: where it refuses
// tracking, or HELLO 3, the library opens no connection at all.
func reachesCached(t clients.Target) error {
	if t.Negotiated() == 2 {
		return errors.New("valkey:cache needs RESP 3, by which the server tells what has changed")
	}
	return reachesMultiplexed(t)
}

func cached(t clients.Target, o *valkey.ClientOption) int {
	o.DisableCache = false
	return multiplexed(t, o)
}

// A cacheSession reads through the caches that the library has beside each
// shared connection.
type cacheSession struct{ shared }

// GetCached is a hit, too, where another caller's command has brought the value
// that this one waited for.
func (s cacheSession) GetCached(ctx context.Context, key string, into *clients.Reply) (bool, error) {
	r := s.client.c.DoCache(ctx, s.c.B().Get().Key(key).Cache(), cacheTTL)
	return r.IsCacheHit(), take(r, into)
}

var _ clients.Cacher = cacheSession{}

// A cacheClient counts what the server told it to forget; the library keeps the
// rest to itself. With a function for that set, a connection sends all commands
// through its queue from the start, instead of from its first miss on: that
// comes in the warm-up anyway.
type cacheClient struct{ *client }

func (c cacheClient) Session(context.Context) (clients.Session, error) {
	return cacheSession{c.shared()}, nil
}

// CacheStats tells of invalidations alone.
func (c cacheClient) CacheStats() clients.CacheStats {
	return clients.CacheStats{Hits: -1, Misses: -1, Invalidations: c.invalidated.Load(), Entries: -1, Bytes: -1}
}

var _ clients.CacheReporter = cacheClient{}
