package redigo

import (
	"context"
	"errors"
	"net"
	"sync/atomic"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

type connClient struct {
	target   clients.Target
	settings clients.Settings
}

func (c *connClient) Session(ctx context.Context) (clients.Session, error) {
	s := &connSession{}
	s.holder = holder{target: c.target, open: s.dial}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *connClient) Resolved() clients.Settings { return c.settings }

// Close leaves the connections to their sessions.
func (c *connClient) Close() error { return nil }

// A connSession dials its connections itself.
type connSession struct {
	holder
	under  atomic.Pointer[net.Conn] // of the library's connection
	closed atomic.Bool
}

// dial makes sure that Close, if it comes meanwhile, or came before, closes.
func (s *connSession) dial(ctx context.Context) (redis.Conn, error) {
	if s.closed.Load() {
		return nil, net.ErrClosed
	}
	return dialAs(ctx, s.target, func(ctx context.Context, addr string) (net.Conn, error) {
		conn, err := s.target.Dialer.Dial(ctx, addr)
		if err != nil {
			return nil, err
		}
		s.under.Store(&conn)
		if s.closed.Load() {
			_ = conn.Close()
			return nil, net.ErrClosed
		}
		return conn, nil
	})
}

// Close ends a call that is under way in another goroutine. It closes under the
// library, which allows no Close beside a Do.
func (s *connSession) Close() error {
	s.closed.Store(true)
	under := s.under.Load()
	if under == nil {
		return nil
	}
	if err := (*under).Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil // the library has closed it after an error
}
