// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

// Package valkey measures github.com/valkey-io/valkey-go: one client for everybody,
// which batches concurrent callers over a few connections to each master, or
// takes a connection of a pool for each call.
package valkey

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"

	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
)

// Library is valkey as its README uses it, and the three other ways that the
// README describes.
//
// Calls that may wait in the server, and listeners, take connections of a pool
// beside those that are declared.
var Library = clients.Library{
	Name:   "valkey",
	Module: "github.com/valkey-io/valkey-go",
	Variants: []clients.Variant{
		{
			Name:    "default",
			Doc:     "one client that pipelines concurrent callers by itself (README, Auto Pipelining)",
			Shares:  true,
			Has:     capabilities,
			Reaches: reachesMultiplexed,
			Open:    opener(multiplexed, plain),
		},
		{
			Name:    "no-autopipe",
			Doc:     "DisableAutoPipelining: a pooled connection for each call (README, Disable Auto Pipelining)",
			Has:     with(func(c *clients.Capabilities) { c.Pool = true }),
			Reaches: reaches,
			Open:    opener(pooled, func(c *client) clients.Client { return poolClient{c} }),
		},
		{
			Name:    "always-pipe",
			Doc:     "AlwaysPipelining: queued for the pipeline even with one caller (README, Canceling a Context Before Its Deadline)",
			Shares:  true,
			Has:     capabilities,
			Reaches: reachesMultiplexed,
			Open:    opener(alwaysPipelining, plain),
		},
		{
			Name:    "cache",
			Doc:     "DoCache, opt-in: values that were read are kept until the server invalidates them (README, Server-Assisted Client-Side Caching)",
			Shares:  true,
			Has:     with(func(c *clients.Capabilities) { c.Cache = true }),
			Reaches: reachesCached,
			Open:    opener(cached, func(c *client) clients.Client { return cacheClient{c} }),
		},
	},
}

var capabilities = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true}

func with(set func(*clients.Capabilities)) clients.Capabilities {
	c := capabilities
	set(&c)
	return c
}

func plain(c *client) clients.Client { return c }

func reaches(t clients.Target) error { return clients.NeedOneServer("valkey", t) }

func reachesMultiplexed(t clients.Target) error {
	const most = 1 << valkey.MaxPipelineMultiplex
	switch {
	case t.Conns == 0 || t.Mode == clients.Cluster:
	case t.Conns > most || bits.OnesCount(uint(t.Conns)) != 1:
		return fmt.Errorf("valkey multiplexes over 1, 2, 4 ... %d connections, not %d", most, t.Conns)
	case leavesPipeline(t):
		return fmt.Errorf("valkey takes a connection of its pool for each flush of %d commands or more, so it cannot hold %d",
			valkey.DefaultBlockingPipeline, t.Conns)
	}
	return reaches(t)
}

// leavesPipeline reports whether a flush is so large that valkey sends it
// over a connection of its pool instead of the shared ones.
func leavesPipeline(t clients.Target) bool { return 2*t.Depth >= valkey.DefaultBlockingPipeline }

// A mode is what a variant adds to the options that all variants share, and
// the most connections to one master that this allows for commands.
type mode func(clients.Target, *valkey.ClientOption) (conns int)

func opener(m mode, as func(*client) clients.Client) func(context.Context, clients.Target) (clients.Client, error) {
	return func(ctx context.Context, t clients.Target) (clients.Client, error) {
		c := &client{mode: t.Mode}
		option := options(t, &c.dialled)
		perMaster := m(t, &option)
		c.pool = cmp.Or(option.BlockingPoolSize, valkey.DefaultPoolSize)
		if !option.DisableCache {
			option.OnInvalidations = func(keys []valkey.ValkeyMessage) { c.invalidated.Add(int64(len(keys))) }
		}
		if err := c.open(ctx, option); err != nil {
			return nil, err
		}
		c.settings = clients.Settings{
			Conns: perMaster * c.masters, RESP: t.Negotiated(), Options: described(t, option),
		}
		return as(c), nil
	}
}

// multiplexed computes the library's own formula from the Target, so that the
// number does not depend on where the client happens to be opened. To each
// node of a cluster the library holds one connection unless told otherwise.
func multiplexed(t clients.Target, o *valkey.ClientOption) int {
	power := min(2, log2(t.Procs))
	switch {
	case t.Mode == clients.Cluster:
		power = 0
	case t.Conns > 0:
		power = log2(t.Conns)
	}
	o.PipelineMultiplex = power
	if power == 0 {
		o.PipelineMultiplex = -1 // 0 would ask for the library's formula
	}
	conns := 1 << power
	if leavesPipeline(t) {
		conns += min(t.Workers, valkey.DefaultPoolSize)
	}
	return conns
}

func alwaysPipelining(t clients.Target, o *valkey.ClientOption) int {
	o.AlwaysPipelining = true
	return multiplexed(t, o)
}

// pooled leaves the pool at the library's size unless another was asked for.
// Commands never use the one connection of the multiplexer, which NewClient
// dials all the same: there is one dial more than there are connections for
// commands, and of a cluster one for each node. Their buffers have a mebibyte
// each, of which only what is used becomes resident: a thousand of them took
// 39 MB. A caller waits for a connection as long as others hold them, and
// those give up after Timeout; the library has no limit of its own here.
func pooled(t clients.Target, o *valkey.ClientOption) int {
	o.DisableAutoPipelining = true
	o.PipelineMultiplex = -1
	o.BlockingPoolSize = cmp.Or(t.Conns, valkey.DefaultPoolSize)
	if t.Conns > 0 {
		return t.Conns
	}
	return min(o.BlockingPoolSize, max(t.Workers, 1))
}

func log2(n int) int { return bits.Len(uint(max(n, 1))) - 1 }
