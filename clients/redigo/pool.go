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
	return &poolSession{poolClient: c}, nil
}

func (c *poolClient) Resolved() clients.Settings { return c.settings }

func (c *poolClient) Close() error { return c.pool.Close() }

type poolSession struct {
	*poolClient
	spare *lent // of what Acquire has made, those that were given back
}

func (s *poolSession) Set(ctx context.Context, key string, v clients.Value) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return set(ctx, conn, key, v)
}

func (s *poolSession) Get(ctx context.Context, key string, into *clients.Reply) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return get(ctx, conn, key, into)
}

func (s *poolSession) Pipeline(ctx context.Context, commands []clients.Command) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return pipeline(ctx, conn, commands)
}

func (s *poolSession) Incr(ctx context.Context, key string) (int64, error) {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return redis.Int64(do(ctx, conn, "INCR", key))
}

func (s *poolSession) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return command(ctx, conn, call, into)
}

func (s *poolSession) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return transact(ctx, conn, calls, into)
}

func (s *poolSession) Listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	return listen(ctx, s.target, channel, ready, message)
}

// Acquire takes a connection out of the pool. One that breaks goes back to it at
// once, and the next call takes another.
func (s *poolSession) Acquire(ctx context.Context) (clients.Session, func(), error) {
	l := s.spare
	if l == nil {
		l = s.newLent()
	}
	if err := l.connect(ctx); err != nil {
		return nil, nil, err
	}
	s.spare, l.next = l.next, nil
	return l, l.release, nil
}

// A lent session holds one of the pool's connections. It is made once and lent
// again and again, so that what is measured of a Get and a Close is the library.
type lent struct {
	holder
	release func()
	next    *lent // in the list of the spare
}

// newLent is the last of the spare.
func (s *poolSession) newLent() *lent {
	l := &lent{holder: holder{target: s.target, open: s.pool.GetContext}}
	l.release = func() {
		_ = l.Close()
		l.next, s.spare = s.spare, l
	}
	s.spare = l
	return l
}

func (s *poolSession) Close() error { return nil }
