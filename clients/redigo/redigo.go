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
			Has:     hasPool,
			Reaches: reaches,
			Open:    openPool,
		},
		{
			Name:    "conn",
			Doc:     "one connection held by each worker (documentation of Conn and Dial)",
			Has:     has,
			Reaches: reachesConn,
			Open:    openConn,
		},
	},
}

var (
	has     = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true}
	hasPool = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true, Pool: true}
)

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
	return &poolClient{target: t, pool: pool, settings: s}, nil
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
	return dialAs(ctx, t, t.Dialer.Dial)
}

func dialAs(ctx context.Context, t clients.Target, connect func(context.Context, string) (net.Conn, error)) (redis.Conn, error) {
	return redis.DialContext(ctx, t.Dialer.Network, t.Addrs[0],
		redis.DialUsername(t.Username),
		redis.DialPassword(t.Password),
		redis.DialDatabase(t.DB),
		redis.DialReadTimeout(t.Timeout),
		redis.DialWriteTimeout(t.Timeout),
		redis.DialContextFunc(func(ctx context.Context, _, addr string) (net.Conn, error) {
			return connect(ctx, addr)
		}))
}
