// Package rueidis measures github.com/redis/rueidis: one client for everybody,
// which batches concurrent callers over a few connections, or takes a
// connection of a pool for each call.
package rueidis

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"math/bits"
	"net"
	"os"
	"strconv"

	"github.com/redis/rueidis"
	"respbench.dev/respbench/clients"
)

// Library is rueidis as its README uses it, and the two other ways that the
// README describes.
var Library = clients.Library{
	Name:   "rueidis",
	Module: "github.com/redis/rueidis",
	Variants: []clients.Variant{
		{
			Name:    "default",
			Doc:     "one client that pipelines concurrent callers by itself (README, Auto Pipelining)",
			Shares:  true,
			Has:     clients.Capabilities{Pipeline: true},
			Reaches: reachesMultiplexed,
			Open:    opener(multiplexed),
		},
		{
			Name:    "no-autopipe",
			Doc:     "DisableAutoPipelining: a pooled connection for each call (README, Disable Auto Pipelining)",
			Has:     clients.Capabilities{Pipeline: true},
			Reaches: reaches,
			Open:    opener(pooled),
		},
		{
			Name:    "always-pipe",
			Doc:     "AlwaysPipelining: queued for the pipeline even with one caller (README, Canceling a Context Before Its Deadline)",
			Shares:  true,
			Has:     clients.Capabilities{Pipeline: true},
			Reaches: reachesMultiplexed,
			Open:    opener(alwaysPipelining),
		},
	},
}

func reaches(t clients.Target) error { return clients.NeedStandalone("rueidis", t) }

func reachesMultiplexed(t clients.Target) error {
	const most = 1 << rueidis.MaxPipelineMultiplex
	switch {
	case t.Conns == 0:
	case t.Conns > most || bits.OnesCount(uint(t.Conns)) != 1:
		return fmt.Errorf("rueidis multiplexes over 1, 2, 4 ... %d connections, not %d", most, t.Conns)
	case leavesPipeline(t):
		return fmt.Errorf("rueidis takes a connection of its pool for each flush of %d commands or more, so it cannot hold %d",
			rueidis.DefaultBlockingPipeline, t.Conns)
	}
	return reaches(t)
}

// leavesPipeline reports whether a flush is so large that rueidis sends it
// over a connection of its pool instead of the shared ones.
func leavesPipeline(t clients.Target) bool { return 2*t.Depth >= rueidis.DefaultBlockingPipeline }

// A mode is what a variant adds to the options that all variants share, and
// the most connections that this allows for commands.
type mode func(clients.Target, *rueidis.ClientOption) (conns int)

func opener(m mode) func(context.Context, clients.Target) (clients.Client, error) {
	return func(_ context.Context, t clients.Target) (clients.Client, error) {
		option := options(t)
		conns := m(t, &option)
		c, err := rueidis.NewClient(option)
		if err != nil {
			if c != nil {
				c.Close()
			}
			return nil, err
		}
		return &client{c: c, settings: clients.Settings{
			Conns: conns, RESP: cmp.Or(t.RESP, 3), Options: described(option),
		}}, nil
	}
}

// options are those that every variant sets: no cache, no hidden retry, no
// guessing of the server's mode, and our dialer.
func options(t clients.Target) rueidis.ClientOption {
	return rueidis.ClientOption{
		InitAddress:       t.Addrs[:1],
		Username:          t.Username,
		Password:          t.Password,
		SelectDB:          t.DB,
		AlwaysRESP2:       t.RESP == 2,
		Dialer:            net.Dialer{Timeout: t.ConnectTimeout},
		ConnWriteTimeout:  t.Timeout,
		ClientSetInfo:     rueidis.DisableClientSetInfo,
		DisableCache:      true,
		DisableRetry:      true,
		ForceSingleClient: true,
		DialCtxFn: func(ctx context.Context, addr string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return t.Dialer.Dial(ctx, addr)
		},
	}
}

// multiplexed computes the library's own formula from the Target, so that the
// number does not depend on where the client happens to be opened.
func multiplexed(t clients.Target, o *rueidis.ClientOption) int {
	power := min(2, log2(t.Procs))
	if t.Conns > 0 {
		power = log2(t.Conns)
	}
	o.PipelineMultiplex = power
	if power == 0 {
		o.PipelineMultiplex = -1 // 0 would ask for the library's formula
	}
	conns := 1 << power
	if leavesPipeline(t) {
		conns += min(t.Workers, rueidis.DefaultPoolSize)
	}
	return conns
}

func alwaysPipelining(t clients.Target, o *rueidis.ClientOption) int {
	o.AlwaysPipelining = true
	return multiplexed(t, o)
}

// pooled leaves the pool at the library's size unless another was asked for.
// Commands never use the one connection of the multiplexer, which NewClient
// dials all the same: there is one dial more than there are connections for
// commands. Their buffers have a mebibyte each, of which only what is used
// becomes resident: a thousand of them took 39 MB.
func pooled(t clients.Target, o *rueidis.ClientOption) int {
	o.DisableAutoPipelining = true
	o.PipelineMultiplex = -1
	o.BlockingPoolSize = cmp.Or(t.Conns, rueidis.DefaultPoolSize)
	if t.Conns > 0 {
		return t.Conns
	}
	return min(o.BlockingPoolSize, max(t.Workers, 1))
}

func log2(n int) int { return bits.Len(uint(max(n, 1))) - 1 }

type client struct {
	c        rueidis.Client
	settings clients.Settings
}

func (c *client) Session(context.Context) (clients.Session, error) { return session{c.c}, nil }

func (c *client) Resolved() clients.Settings { return c.settings }

func (c *client) Close() error {
	c.c.Close()
	return nil
}

type session struct{ c rueidis.Client }

func (s session) Set(ctx context.Context, key string, v clients.Value) error {
	return s.c.Do(ctx, s.c.B().Set().Key(key).Value(string(v)).Build()).Error()
}

func (s session) Get(ctx context.Context, key string, into *clients.Reply) error {
	return take(s.c.Do(ctx, s.c.B().Get().Key(key).Build()), into)
}

// Pipeline makes a new slice for each flush, as the README does: rueidis may
// still hold one whose context was cancelled.
func (s session) Pipeline(ctx context.Context, commands []clients.Command) error {
	batch := make(rueidis.Commands, 0, len(commands))
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			batch = append(batch, s.c.B().Get().Key(c.Key).Build())
		} else {
			batch = append(batch, s.c.B().Set().Key(c.Key).Value(string(c.Value)).Build())
		}
	}
	var first error
	for i, result := range s.c.DoMulti(ctx, batch...) {
		first = cmp.Or(first, reply(result, &commands[i]))
	}
	return first
}

func (s session) Close() error { return nil }

func reply(r rueidis.RedisResult, c *clients.Command) error {
	if c.IsGet {
		return take(r, &c.Reply)
	}
	return r.Error()
}

// take hands over the string that the library has read; it is not copied.
func take(r rueidis.RedisResult, into *clients.Reply) error {
	text, err := r.ToString()
	switch {
	case err == nil:
		into.String(text)
	case rueidis.IsRedisNil(err):
		into.Miss()
		return nil
	}
	return err
}

// described names what differs from the library's defaults.
func described(o rueidis.ClientOption) map[string]string {
	named := map[string]string{
		"ClientSetInfo":     "DisableClientSetInfo",
		"DisableCache":      "true",
		"DisableRetry":      "true",
		"ForceSingleClient": "true",
		"PipelineMultiplex": strconv.Itoa(o.PipelineMultiplex),
		"ConnWriteTimeout":  o.ConnWriteTimeout.String(), // the default is ten seconds
	}
	flag := func(name string, on bool) {
		if on {
			named[name] = "true"
		}
	}
	flag("AlwaysRESP2", o.AlwaysRESP2)
	flag("AlwaysPipelining", o.AlwaysPipelining)
	flag("DisableAutoPipelining", o.DisableAutoPipelining)
	if o.BlockingPoolSize != 0 && o.BlockingPoolSize != rueidis.DefaultPoolSize {
		named["BlockingPoolSize"] = strconv.Itoa(o.BlockingPoolSize)
	}
	if o.Dialer.Timeout != rueidis.DefaultDialTimeout {
		named["Dialer.Timeout"] = o.Dialer.Timeout.String()
	}
	if queue := os.Getenv("RUEIDIS_QUEUE_TYPE"); queue != "" {
		named["RUEIDIS_QUEUE_TYPE"] = queue
	}
	return named
}
