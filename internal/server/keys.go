package server

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"respbench.dev/respbench/results"
)

// Bounds of one flush of Load, and of the keys of one command or pipeline.
const (
	loadKeys   = 1000
	loadBytes  = 1 << 20
	unlinkKeys = 1000
	scanKeys   = 1000 // that a server looks at for one reply

	framing = 40 // bytes of a SET on the wire beside key and value, about
)

// Load sets the keys 0 to n-1, one SET each, in pipelines. It keeps what kv
// returns until the next flush. Progress, unless nil, hears after each flush
// how many are done.
func (a *Admin) Load(ctx context.Context, n int, kv func(i int) (key string, value []byte), progress func(done int)) error {
	client, err := a.keyspace(ctx)
	if err != nil {
		return err
	}
	pipe := client.Pipeline()
	size := 0
	for i := range n {
		key, value := kv(i)
		pipe.Set(ctx, key, value, 0)
		size += len(key) + len(value) + framing
		if size < loadBytes && pipe.Len() < loadKeys && i < n-1 {
			continue
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return client.explain(ctx, "SET", err)
		}
		size = 0
		if progress != nil {
			progress(i + 1)
		}
	}
	return nil
}

// Unlink removes the keys 0 to n-1 and returns how many there were.
func (a *Admin) Unlink(ctx context.Context, n int, key func(i int) string) (removed int64, err error) {
	batch := make([]string, 0, min(n, unlinkKeys))
	for i := range n {
		batch = append(batch, key(i))
		if len(batch) < unlinkKeys && i < n-1 {
			continue
		}
		gone, err := a.Delete(ctx, batch...)
		removed += gone
		if err != nil {
			return removed, err
		}
		batch = batch[:0]
	}
	return removed, nil
}

// Delete removes keys and returns how many there were. The server frees their
// memory in the background if it can.
func (a *Admin) Delete(ctx context.Context, keys ...string) (removed int64, err error) {
	if len(keys) == 0 {
		return 0, nil
	}
	client, err := a.keyspace(ctx)
	if err != nil {
		return 0, err
	}
	remove := removeAtOnce
	if a.mode() == results.Cluster {
		remove = removeEach // keys of one command must share a slot
	}
	removed, err = remove(ctx, client, "UNLINK", keys)
	if isRefused(refusalOf(err)) {
		removed, err = remove(ctx, client, "DEL", keys)
	}
	return removed, client.explain(ctx, "UNLINK", err)
}

func removeAtOnce(ctx context.Context, client redis.UniversalClient, command string, keys []string) (int64, error) {
	args := []any{command}
	for _, key := range keys {
		args = append(args, key)
	}
	return client.Do(ctx, args...).Int64()
}

func removeEach(ctx context.Context, client redis.UniversalClient, command string, keys []string) (removed int64, err error) {
	pipe := client.Pipeline()
	for _, key := range keys {
		pipe.Do(ctx, command, key)
	}
	replies, err := pipe.Exec(ctx)
	for _, reply := range replies {
		n, _ := reply.(*redis.Cmd).Int64()
		removed += n
	}
	return removed, err
}

// SetAlive writes key with an expiry: one SET.
func (a *Admin) SetAlive(ctx context.Context, key string, ttl time.Duration) error {
	client, err := a.keyspace(ctx)
	if err != nil {
		return err
	}
	return client.explain(ctx, "SET", client.Set(ctx, key, "1", ttl).Err())
}

// Increment adds one to the number at key: one INCR.
func (a *Admin) Increment(ctx context.Context, key string) error {
	client, err := a.keyspace(ctx)
	if err != nil {
		return err
	}
	return client.explain(ctx, "INCR", client.Incr(ctx, key).Err())
}

// TTL is how long key still has, to a second; 0 if it has no expiry.
func (a *Admin) TTL(ctx context.Context, key string) (ttl time.Duration, exists bool, err error) {
	client, err := a.keyspace(ctx)
	if err != nil {
		return 0, false, err
	}
	seconds, err := client.Do(ctx, "TTL", key).Int64()
	if err != nil {
		return 0, false, client.explain(ctx, "TTL", err)
	}
	return time.Duration(max(seconds, 0)) * time.Second, seconds != noSuchKey, nil
}

// noSuchKey is TTL's answer for a key that is not there.
const noSuchKey = -2

// Keys hands the keys that match pattern to each, some at a time, from every
// master. A key may come twice.
func (a *Admin) Keys(ctx context.Context, pattern string, each func(keys []string) error) error {
	masters, err := a.masters(ctx)
	if err != nil {
		return err
	}
	for _, master := range masters {
		if err := master.scan(ctx, pattern, each); err != nil {
			return err
		}
	}
	return nil
}

func (n node) scan(ctx context.Context, pattern string, each func(keys []string) error) error {
	var cursor uint64
	for {
		keys, next, err := n.Scan(ctx, cursor, pattern, scanKeys).Result()
		if err != nil {
			return n.explain(ctx, "SCAN", err)
		}
		if len(keys) > 0 {
			if err := each(keys); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
