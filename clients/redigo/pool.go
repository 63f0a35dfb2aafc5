package redigo

import (
	"context"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

type poolClient struct {
	target   clients.Target
	pool     *redis.Pool
	settings clients.Settings
}

func (c *poolClient) Session(context.Context) (clients.Session, error) {
	return poolSession{c}, nil
}

func (c *poolClient) Resolved() clients.Settings { return c.settings }

func (c *poolClient) Close() error { return c.pool.Close() }

type poolSession struct{ *poolClient }

func (s poolSession) Set(ctx context.Context, key string, v clients.Value) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return set(ctx, conn, key, v)
}

func (s poolSession) Get(ctx context.Context, key string, into *clients.Reply) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return get(ctx, conn, key, into)
}

func (s poolSession) Pipeline(ctx context.Context, commands []clients.Command) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return pipeline(ctx, conn, commands)
}

func (s poolSession) Incr(ctx context.Context, key string) (int64, error) {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return redis.Int64(do(ctx, conn, "INCR", key))
}

func (s poolSession) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return command(ctx, conn, call, into)
}

func (s poolSession) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return transact(ctx, conn, calls, into)
}

func (s poolSession) Listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	return listen(ctx, s.target, channel, ready, message)
}

// Acquire takes a connection out of the pool. One that breaks goes back to it at
// once, and the next call takes another.
func (s poolSession) Acquire(ctx context.Context) (clients.Session, func(), error) {
	held := &connSession{target: s.target, open: s.pool.GetContext}
	if err := held.connect(ctx); err != nil {
		return nil, nil, err
	}
	return held, func() { _ = held.Close() }, nil
}

func (s poolSession) Close() error { return nil }
