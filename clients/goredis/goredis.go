// Package goredis measures github.com/redis/go-redis/v9: one client with a
// pool of connections, or its experimental automatic pipelining.
package goredis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
	"respbench.dev/respbench/clients"
)

// Library is go-redis as its README uses it, and its automatic pipelining.
var Library = clients.Library{
	Name:   "goredis",
	Module: "github.com/redis/go-redis/v9",
	Variants: []clients.Variant{
		{
			Name:    "default",
			Doc:     "one client with its pool of connections (README, Quickstart)",
			Has:     clients.Capabilities{Pipeline: true},
			Reaches: reaches,
			Open:    open,
		},
		{
			Name:    "autopipe",
			Doc:     "AutoPipeline, blocking: concurrent callers are batched (README, Automatic pipelining)",
			Shares:  true,
			Has:     clients.Capabilities{Pipeline: true},
			Reaches: reachesAutoPipe,
			Open:    openAutoPipe,
		},
	},
}

func reaches(t clients.Target) error { return clients.NeedStandalone("goredis", t) }

func reachesAutoPipe(t clients.Target) error {
	if t.Conns > 1 {
		return fmt.Errorf("goredis:autopipe sends one batch at a time, over one connection, not %d", t.Conns)
	}
	return reaches(t)
}

func open(_ context.Context, t clients.Target) (clients.Client, error) {
	return newClient(t), nil
}

func openAutoPipe(_ context.Context, t clients.Target) (clients.Client, error) {
	c := newClient(t)
	pipeliner, err := c.c.AutoPipeline()
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.commands = pipeliner
	if t.Depth == 0 {
		c.settings.Conns = 1 // batches follow one another; only explicit pipelines use more
	}
	return c, nil
}

func newClient(t clients.Target) *client {
	logging.Disable()
	o := options(t)
	s := clients.Settings{
		Conns:   o.PoolSize,
		RESP:    cmp.Or(t.RESP, 3),
		Options: described(o), // before NewClient fills in the defaults
	}
	if t.Depth > 0 && o.PipelinePoolSize == 0 {
		s.Conns += redis.DefaultPipelinePoolSize // explicit pipelines have a pool of their own
	}
	c := redis.NewClient(o)
	return &client{c: c, commands: c, settings: s}
}

// options computes the library's own pool size from the Target, so that the
// number does not depend on where the client happens to be opened. A number
// that was asked for is held by doing without the second pool.
func options(t clients.Target) *redis.Options {
	o := &redis.Options{
		Network:       t.Dialer.Network,
		Addr:          t.Addrs[0],
		Username:      t.Username,
		Password:      t.Password,
		DB:            t.DB,
		Protocol:      t.RESP,
		PoolSize:      10 * max(t.Procs, 1),
		DialTimeout:   t.ConnectTimeout,
		ReadTimeout:   t.Timeout,
		WriteTimeout:  t.Timeout,
		MaxRetries:    -1,
		DialerRetries: 1,

		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		Dialer: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return t.Dialer.Dial(ctx, addr)
		},
	}
	if t.Conns > 0 {
		o.PoolSize, o.PipelinePoolSize = t.Conns, -1
	}
	return o
}

type client struct {
	c        *redis.Client
	commands redis.Cmdable // c, or its automatic pipeline
	settings clients.Settings
}

func (c *client) Session(context.Context) (clients.Session, error) {
	return session{c.commands}, nil
}

func (c *client) Resolved() clients.Settings { return c.settings }

func (c *client) Close() error { return c.c.Close() }

type session struct{ c redis.Cmdable }

func (s session) Set(ctx context.Context, key string, v clients.Value) error {
	return s.c.Set(ctx, key, string(v), 0).Err()
}

func (s session) Get(ctx context.Context, key string, into *clients.Reply) error {
	return take(s.c.Get(ctx, key), into)
}

func (s session) Pipeline(ctx context.Context, commands []clients.Command) error {
	pipe := s.c.Pipeline()
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			pipe.Get(ctx, c.Key)
		} else {
			pipe.Set(ctx, c.Key, string(c.Value), 0)
		}
	}
	replies, err := pipe.Exec(ctx)
	if err == redis.Nil {
		err = nil // a missing key is not an error here, but one may follow it
	}
	for i, reply := range replies {
		if get, ok := reply.(*redis.StringCmd); ok {
			err = cmp.Or(err, take(get, &commands[i].Reply))
		} else {
			err = cmp.Or(err, reply.Err())
		}
	}
	return err
}

func (s session) Close() error { return nil }

func take(reply *redis.StringCmd, into *clients.Reply) error {
	text, err := reply.Result()
	switch err {
	case nil:
		into.String(text)
	case redis.Nil:
		into.Miss()
		return nil
	}
	return err
}

// usualTimeout is the library's default for dialling, reading and writing.
const usualTimeout = 5 * time.Second

// described names what differs from the library's defaults.
func described(o *redis.Options) map[string]string {
	named := map[string]string{
		"PoolSize":                      strconv.Itoa(o.PoolSize),
		"MaxRetries":                    "-1",
		"DialerRetries":                 "1",
		"DisableIdentity":               "true",
		"MaintNotificationsConfig.Mode": "disabled",
	}
	if o.PipelinePoolSize != 0 {
		named["PipelinePoolSize"] = strconv.Itoa(o.PipelinePoolSize)
	}
	if o.Protocol == 2 {
		named["Protocol"] = "2"
	}
	if o.ReadTimeout != usualTimeout {
		named["ReadTimeout"] = o.ReadTimeout.String()
		named["WriteTimeout"] = o.WriteTimeout.String()
	}
	if o.DialTimeout != usualTimeout {
		named["DialTimeout"] = o.DialTimeout.String()
	}
	return named
}
