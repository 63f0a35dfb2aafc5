package goredis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
	"respbench.dev/respbench/clients"
)

// cacheEntries is the number that the README shows; it is the library's own.
const cacheEntries = 10_000

// uncached as the place of a command's key says that it has none, so that the
// library has nothing to keep its reply by. All reads would go through the cache
// otherwise; on a standalone server the place means nothing else.
const uncached = -1

func reachesCached(t clients.Target) error {
	switch {
	case t.Mode != clients.Standalone:
		return fmt.Errorf("goredis:cache is for a standalone server: the library caches nothing with %s", t.Mode)
	case t.Negotiated() == 2:
		return errors.New("goredis:cache needs RESP 3, by which the server tells what has changed")
	case t.DB != 0:
		return fmt.Errorf("goredis:cache needs database 0: the library caches nothing of database %d", t.DB)
	}
	return reaches(t)
}

func openCached(ctx context.Context, t clients.Target) (clients.Client, error) {
	o := options(t)
	o.ClientSideCacheConfig = &redis.ClientSideCacheConfig{MaxEntries: cacheEntries}
	c, err := newClient(ctx, t, o)
	if err != nil {
		return nil, err
	}
	c.settings.Conns = pooled(t, o)
	c.settings.Options["ClientSideCacheConfig.MaxEntries"] = strconv.Itoa(cacheEntries)
	cached := cacheClient{poolClient{c}, c.c.(*redis.Client)}
	if err := cached.tracked(ctx); err != nil {
		_ = c.Close() // err says more
		return nil, err
	}
	return cached, nil
}

type cacheClient struct {
	poolClient
	library *redis.Client
}

// tracked asks the server, for the library turns its cache off without a word
// where it finds that nobody would tell it of changes.
func (c cacheClient) tracked(ctx context.Context) error {
	info, err := c.library.Do(ctx, "client", "trackinginfo").Result()
	if err != nil {
		return fmt.Errorf("whether the client-side cache is on: %w", err)
	}
	if fields, ok := info.(map[any]any); ok {
		flags, _ := fields["flags"].([]any)
		for _, flag := range flags {
			if flag == "on" {
				return nil
			}
		}
	}
	return errCacheOff
}

var errCacheOff = errors.New("the library has turned its client-side cache off: the server refuses CLIENT TRACKING or RESP 3")

func (c cacheClient) Session(context.Context) (clients.Session, error) {
	return &cacheSession{session: session{c: c.commands, client: c.client, keyless: true}, library: c.library}, nil
}

// CacheStats counts a miss, too, where a reader waits for another's command.
func (c cacheClient) CacheStats() clients.CacheStats {
	stats := c.library.CSCStats()
	return clients.CacheStats{
		Hits:          int64(stats.Hits),
		Misses:        int64(stats.Misses),
		Invalidations: int64(c.library.CSCRefreshStats().Invalidations),
		Entries:       int64(stats.Entries),
		Bytes:         stats.MemoryUsageBytes,
	}
}

var _ clients.CacheReporter = cacheClient{}

// A cacheSession reads through the cache with GetCached alone.
type cacheSession struct {
	session
	library *redis.Client
	watched watched
	sent    int64  // commands of GetCached
	misses  uint64 // of all sessions, when this one looked last
}

func (s *cacheSession) Get(ctx context.Context, key string, into *clients.Reply) error {
	command := redis.NewStringCmd(ctx, "get", key)
	command.SetFirstKeyPos(uncached)
	_ = s.c.Process(ctx, command) // it is the command's error
	return take(command, into)
}

func (s *cacheSession) GetCached(ctx context.Context, key string, into *clients.Reply) (bool, error) {
	s.watched.Context = ctx
	err := take(s.library.Get(&s.watched, key), into)
	if !s.watched.waited.Load() {
		return err == nil, err
	}
	if s.sent++; err == nil && s.sent%looks == 1 {
		err = s.look()
	}
	return false, err
}

// looks is how many commands a session sends before it asks again whether the
// cache is on. It costs some 0.5 us, for the library locks its cache for that.
const looks = 64

// look tells a cache that was turned off from one that misses: it counts no
// more misses.
func (s *cacheSession) look() error {
	misses := s.library.CSCStats().Misses
	if misses == s.misses {
		return errCacheOff
	}
	s.misses = misses
	return nil
}

// A watched context tells whether a command was sent, which the library keeps
// to itself: it asks Done when it waits for a connection or for another
// caller's reply, and once more for Err before it hands over what it has kept.
type watched struct {
	context.Context
	waited atomic.Bool
}

func (w *watched) Done() <-chan struct{} {
	w.waited.Store(true)
	return w.Context.Done()
}

func (w *watched) Err() error {
	w.waited.Store(false)
	return w.Context.Err()
}

var _ clients.Cacher = (*cacheSession)(nil)
