package redigo

import (
	"context"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

type connClient struct {
	target   clients.Target
	settings clients.Settings
}

func (c *connClient) Session(ctx context.Context) (clients.Session, error) {
	s := &connSession{target: c.target, open: func(ctx context.Context) (redis.Conn, error) {
		return dial(ctx, c.target)
	}}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *connClient) Resolved() clients.Settings { return c.settings }

// Close leaves the connections to their sessions: redigo allows no Close
// beside a Do.
func (c *connClient) Close() error { return nil }

type connSession struct {
	target clients.Target
	open   func(context.Context) (redis.Conn, error)
	conn   redis.Conn // nil after an error that broke it
}

func (s *connSession) Set(ctx context.Context, key string, v clients.Value) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.checked(set(ctx, s.conn, key, v))
}

func (s *connSession) Get(ctx context.Context, key string, into *clients.Reply) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.checked(get(ctx, s.conn, key, into))
}

func (s *connSession) Pipeline(ctx context.Context, commands []clients.Command) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.checked(pipeline(ctx, s.conn, commands))
}

func (s *connSession) Incr(ctx context.Context, key string) (int64, error) {
	if err := s.connect(ctx); err != nil {
		return 0, err
	}
	count, err := redis.Int64(do(ctx, s.conn, "INCR", key))
	return count, s.checked(err)
}

func (s *connSession) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.checked(command(ctx, s.conn, call, into))
}

func (s *connSession) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.checked(transact(ctx, s.conn, calls, into))
}

func (s *connSession) Listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	return listen(ctx, s.target, channel, ready, message)
}

func (s *connSession) Close() error {
	if s.conn == nil {
		return nil
	}
	conn := s.conn
	s.conn = nil
	return conn.Close()
}

func (s *connSession) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	conn, err := s.open(ctx)
	if err == nil { // a pool returns a connection beside an error
		s.conn = conn
	}
	return err
}

// checked passes err on and gives up a connection that it broke: a pool's goes
// back to it, and any other the library has closed.
func (s *connSession) checked(err error) error {
	if err != nil && s.conn.Err() != nil {
		_ = s.Close()
	}
	return err
}
