// Package redigo measures github.com/gomodule/redigo: a pool from which every
// command takes a connection, or one connection held by each worker.
package redigo

import (
	"cmp"
	"context"
	"errors"
	"net"
	"strconv"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

// Library is redigo with its Pool, and with plain connections. It is for one
// server: what follows Sentinel or Cluster with it are other packages.
var Library = clients.Library{
	Name:   "redigo",
	Module: "github.com/gomodule/redigo",
	Variants: []clients.Variant{
		{
			Name:    "default",
			Doc:     "a Pool; a Get and a Close around every command or pipeline (documentation of Pool)",
			Has:     clients.Capabilities{Pipeline: true, Count: true},
			Reaches: reaches,
			Open:    openPool,
		},
		{
			Name:    "conn",
			Doc:     "one connection held by each worker (documentation of Conn and Dial)",
			Has:     clients.Capabilities{Pipeline: true, Count: true},
			Reaches: reachesConn,
			Open:    openConn,
		},
	},
}

func reaches(t clients.Target) error {
	if t.RESP == 3 {
		return errors.New("redigo speaks RESP 2 only")
	}
	return clients.NeedStandalone("redigo", t)
}

func reachesConn(t clients.Target) error {
	return cmp.Or(clients.NeedConnPerWorker("redigo:conn", t), reaches(t))
}

// openPool keeps as many idle connections as it may open: with the library's
// default of none, every Get would dial. A caller waits for a connection as
// long as others hold them, and those give up after Timeout; the library has
// no limit of its own here.
func openPool(_ context.Context, t clients.Target) (clients.Client, error) {
	size := max(cmp.Or(t.Conns, t.Workers), 1)
	pool := &redis.Pool{
		MaxActive:   size,
		MaxIdle:     size,
		Wait:        true,
		DialContext: func(ctx context.Context) (redis.Conn, error) { return dial(ctx, t) },
	}
	s := settings(t, size)
	s.Options["Pool.MaxActive"] = strconv.Itoa(size)
	s.Options["Pool.MaxIdle"] = strconv.Itoa(size)
	s.Options["Pool.Wait"] = "true"
	return &poolClient{pool: pool, settings: s}, nil
}

func openConn(_ context.Context, t clients.Target) (clients.Client, error) {
	return &connClient{target: t, settings: settings(t, max(t.Workers, 1))}, nil
}

func settings(t clients.Target, conns int) clients.Settings {
	return clients.Settings{Conns: conns, RESP: 2, Options: map[string]string{
		"DialReadTimeout":  t.Timeout.String(), // the default is none
		"DialWriteTimeout": t.Timeout.String(),
	}}
}

func dial(ctx context.Context, t clients.Target) (redis.Conn, error) {
	return redis.DialContext(ctx, t.Dialer.Network, t.Addrs[0],
		redis.DialUsername(t.Username),
		redis.DialPassword(t.Password),
		redis.DialDatabase(t.DB),
		redis.DialReadTimeout(t.Timeout),
		redis.DialWriteTimeout(t.Timeout),
		redis.DialContextFunc(func(ctx context.Context, _, addr string) (net.Conn, error) {
			return t.Dialer.Dial(ctx, addr)
		}))
}

type poolClient struct {
	pool     *redis.Pool
	settings clients.Settings
}

func (c *poolClient) Session(context.Context) (clients.Session, error) {
	return poolSession{c.pool}, nil
}

func (c *poolClient) Resolved() clients.Settings { return c.settings }

func (c *poolClient) Close() error { return c.pool.Close() }

type poolSession struct{ pool *redis.Pool }

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

func (s poolSession) Close() error { return nil }

type connClient struct {
	target   clients.Target
	settings clients.Settings
}

func (c *connClient) Session(ctx context.Context) (clients.Session, error) {
	conn, err := dial(ctx, c.target)
	if err != nil {
		return nil, err
	}
	return &connSession{target: c.target, conn: conn}, nil
}

func (c *connClient) Resolved() clients.Settings { return c.settings }

// Close leaves the connections to their sessions: redigo allows no Close
// beside a Do.
func (c *connClient) Close() error { return nil }

type connSession struct {
	target clients.Target
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

func (s *connSession) Close() error {
	if s.conn == nil {
		return nil
	}
	return s.conn.Close()
}

func (s *connSession) connect(ctx context.Context) (err error) {
	if s.conn == nil {
		s.conn, err = dial(ctx, s.target)
	}
	return err
}

// checked passes err on and gives up a connection that it broke. The library
// has closed that already.
func (s *connSession) checked(err error) error {
	if err != nil && s.conn.Err() != nil {
		s.conn = nil
	}
	return err
}

func set(ctx context.Context, conn redis.Conn, key string, v clients.Value) error {
	_, err := do(ctx, conn, "SET", key, string(v))
	return err
}

func get(ctx context.Context, conn redis.Conn, key string, into *clients.Reply) error {
	reply, err := do(ctx, conn, "GET", key)
	return take(into, reply, err)
}

// do uses DoContext only with a context that can end: it starts a goroutine
// for every command.
func do(ctx context.Context, conn redis.Conn, command string, args ...any) (any, error) {
	if ctx.Done() == nil {
		return conn.Do(command, args...)
	}
	return redis.DoContext(conn, ctx, command, args...)
}

func receive(ctx context.Context, conn redis.Conn) (any, error) {
	if ctx.Done() == nil {
		return conn.Receive()
	}
	return redis.ReceiveContext(conn, ctx)
}

// pipeline reads on after a server error; a broken connection ends it.
func pipeline(ctx context.Context, conn redis.Conn, commands []clients.Command) error {
	if err := send(conn, commands); err != nil {
		return err
	}
	var first error
	for i := range commands {
		reply, err := receive(ctx, conn)
		if commands[i].IsGet {
			err = take(&commands[i].Reply, reply, err)
		}
		if first = cmp.Or(first, err); err != nil && conn.Err() != nil {
			break
		}
	}
	return first
}

func send(conn redis.Conn, commands []clients.Command) (err error) {
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			err = conn.Send("GET", c.Key)
		} else {
			err = conn.Send("SET", c.Key, string(c.Value))
		}
		if err != nil {
			return err
		}
	}
	return conn.Flush()
}

// take hands over the bytes that the library has read.
func take(into *clients.Reply, reply any, err error) error {
	body, err := redis.Bytes(reply, err)
	switch err {
	case nil:
		into.Bytes(body)
	case redis.ErrNil:
		into.Miss()
		return nil
	}
	return err
}
