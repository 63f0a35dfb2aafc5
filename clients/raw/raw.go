// Package raw is the hand-written client: one write and no allocation for each
// call, over one blocking connection for each worker or over those of a pool.
// It is the reference cost of these connection models, and no limit: a library
// that batches concurrent callers can beat it.
package raw

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"respbench.dev/respbench/clients"
)

// Library is the client of our own.
var Library = clients.Library{
	Name: "raw",
	Variants: []clients.Variant{
		{
			Name:    "default",
			Doc:     "hand-written: one blocking connection for each worker",
			Has:     has,
			Reaches: reaches,
			Open:    open,
		},
		{
			Name:    "pool",
			Doc:     "hand-written: a pool of connections, one taken for each call; 10 for each of GOMAXPROCS unless asked for another number",
			Has:     hasPool,
			Reaches: func(t clients.Target) error { return clients.NeedStandalone("raw:pool", t) },
			Open:    openPool,
		},
	},
}

var (
	has     = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true}
	hasPool = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true, Pool: true}
)

func reaches(t clients.Target) error {
	return cmp.Or(clients.NeedConnPerWorker("raw", t), clients.NeedStandalone("raw", t))
}

func open(_ context.Context, t clients.Target) (clients.Client, error) {
	return newClient(t), nil
}

func newClient(t clients.Target) *client {
	return &client{target: t, conns: make(map[net.Conn]struct{})}
}

// A client keeps the connections of its sessions, so that Close ends a call
// that waits for a reply.
type client struct {
	target clients.Target

	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

func (c *client) Session(ctx context.Context) (clients.Session, error) {
	s := newSession(c)
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *client) Resolved() clients.Settings {
	return clients.Settings{Conns: max(c.target.Workers, 1), RESP: cmp.Or(c.target.RESP, 2)}
}

func (c *client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	var errs []error
	for conn := range c.conns {
		errs = append(errs, conn.Close())
	}
	clear(c.conns)
	return errors.Join(errs...)
}

func (c *client) dial(ctx context.Context) (net.Conn, error) {
	conn, err := c.target.Dialer.Dial(ctx, c.target.Addrs[0])
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	c.conns[conn] = struct{}{}
	return conn, nil
}

// drop closes a connection, unless Close has done so.
func (c *client) drop(conn net.Conn) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, open := c.conns[conn]; !open {
		return nil
	}
	delete(c.conns, conn)
	return conn.Close()
}

// A ServerError is an error reply; its text begins with Redis's code.
type ServerError string

func (e ServerError) Error() string { return string(e) }

// isServerError tells an answer that leaves the connection usable.
func isServerError(err error) bool {
	_, ok := errors.AsType[ServerError](err)
	return ok
}

func unexpected(kind byte, command string) error {
	return fmt.Errorf("unexpected reply of type %q to %s", kind, command)
}
