package server

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// Bounds of one flush of Load, and of the keys that one command removes.
const (
	loadKeys   = 1000
	loadBytes  = 1 << 20
	unlinkKeys = 1000

	framing = 40 // bytes of a SET on the wire beside key and value, about
)

// Load sets the keys 0 to n-1, one SET each, in pipelines. It keeps what kv
// returns until the next flush. Progress, unless nil, hears after each flush
// how many are done.
func (a *Admin) Load(ctx context.Context, n int, kv func(i int) (key string, value []byte), progress func(done int)) error {
	pipe := a.client.Pipeline()
	size := 0
	for i := range n {
		key, value := kv(i)
		pipe.Set(ctx, key, value, 0)
		size += len(key) + len(value) + framing
		if size < loadBytes && pipe.Len() < loadKeys && i < n-1 {
			continue
		}
		if err := a.flush(ctx, pipe); err != nil {
			return err
		}
		size = 0
		if progress != nil {
			progress(i + 1)
		}
	}
	return nil
}

func (a *Admin) flush(ctx context.Context, pipe redis.Pipeliner) error {
	_, err := pipe.Exec(ctx)
	return a.explain(ctx, "SET", err)
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
	removed, err = a.client.Unlink(ctx, keys...).Result()
	if isRefused(refusalOf(err)) {
		removed, err = a.client.Del(ctx, keys...).Result()
	}
	return removed, a.explain(ctx, "UNLINK", err)
}

// SetAlive writes key with an expiry: one SET.
func (a *Admin) SetAlive(ctx context.Context, key string, ttl time.Duration) error {
	return a.explain(ctx, "SET", a.client.Set(ctx, key, "1", ttl).Err())
}
