// Package goredis measures github.com/redis/go-redis/v9: one client with pools
// of connections, or its experimental automatic pipelining and client-side cache.
package goredis

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"respbench.dev/respbench/clients"
)

// Library is go-redis as its README uses it, its automatic pipelining and its
// cache.
//
// Listeners have a connection each beside those that are declared.
//
// Pipelines have a pool of their own. Where that cannot dial, the library tries
// the other pool: a failed pipeline, automatic or not, is up to two dials.
//
// Of a cluster the library follows redirections, and by the same setting and
// count (MaxRedirects) it tries again after network errors, time-outs included:
// one cannot be had without the other. A call of a dead node takes up to twice
// what it takes on one server, and an INCR can be done twice. That a
// replica has taken over from a node that is gone, and so answers no MOVED, it
// learns when it next reads the topology: after a minute by default.
var Library = clients.Library{
	Name:   "goredis",
	Module: "github.com/redis/go-redis/v9",
	Variants: []clients.Variant{
		{
			Name:    "default",
			Doc:     "one client with its pool of connections (README, Quickstart)",
			Has:     poolCapabilities,
			Reaches: reaches,
			Open:    open,
		},
		{
			Name:    "autopipe",
			Doc:     "AutoPipeline, blocking: concurrent callers are batched (README, Automatic pipelining)",
			Shares:  true,
			Has:     capabilities,
			Reaches: reachesAutoPipe,
			Open:    openAutoPipe,
		},
		{
			Name:    "autopipe-duplex",
			Doc:     "AutoPipeline with FullDuplex: one stream that waits for no reply, for distant servers (Go doc, AutoPipelineOptions.FullDuplex)",
			Shares:  true,
			Has:     capabilities,
			Reaches: reachesDuplex,
			Open:    openDuplex,
		},
		{
			Name:    "cache",
			Doc:     "ClientSideCacheConfig: what was read is kept until the server invalidates it (README, Client-side caching)",
			Has:     cacheCapabilities,
			Reaches: reachesCached,
			Open:    openCached,
		},
	},
}

var (
	capabilities      = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true}
	poolCapabilities  = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true, Pool: true}
	cacheCapabilities = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true, Pool: true, Cache: true}
)

func reaches(t clients.Target) error { return clients.NeedOneServer("goredis", t) }

func open(ctx context.Context, t clients.Target) (clients.Client, error) {
	o := options(t)
	c, err := newClient(ctx, t, o)
	if err != nil {
		return nil, err
	}
	c.settings.Conns = c.masters * pooled(t, o)
	return poolClient{c}, nil
}

// newClient opens no connection but to a cluster, whose masters it counts.
func newClient(ctx context.Context, t clients.Target, o *redis.Options) (*client, error) {
	logging.Disable()
	c := &client{masters: 1, settings: clients.Settings{RESP: t.Negotiated(), Options: described(t, o)}}
	switch t.Mode {
	case clients.Sentinel:
		c.c = redis.NewFailoverClient(failover(t, o))
	case clients.Cluster:
		cluster := redis.NewClusterClient(clustered(t, o))
		var err error
		if c.masters, err = countMasters(ctx, cluster); err != nil {
			return nil, errors.Join(err, cluster.Close())
		}
		c.c = cluster
	default:
		c.c = redis.NewClient(o)
	}
	c.commands = c.c
	return c, nil
}

func countMasters(ctx context.Context, c *redis.ClusterClient) (int, error) {
	var masters atomic.Int64
	err := c.ForEachMaster(ctx, func(context.Context, *redis.Client) error {
		masters.Add(1)
		return nil
	})
	if err == nil && masters.Load() == 0 {
		err = errors.New("the cluster has no masters")
	}
	return int(masters.Load()), err
}

type client struct {
	c        redis.UniversalClient
	commands sender // c, or its automatic pipeline
	patience patience
	masters  int // over which keys are spread
	settings clients.Settings
}

func (c *client) Session(context.Context) (clients.Session, error) {
	return session{c: c.commands, client: c}, nil
}

func (c *client) Resolved() clients.Settings { return c.settings }

func (c *client) Close() error { return c.c.Close() }
