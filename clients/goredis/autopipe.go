package goredis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
	"respbench.dev/respbench/clients"
)

func reachesAutoPipe(t clients.Target) error {
	if t.Conns > 1 && t.Mode != clients.Cluster {
		return fmt.Errorf("goredis:autopipe sends one batch at a time, over one connection, not %d", t.Conns)
	}
	return reaches(t)
}

// openAutoPipe has one batch at a time in flight, of a cluster one for each
// shard of the queue; only explicit pipelines use more connections.
func openAutoPipe(ctx context.Context, t clients.Target) (clients.Client, error) {
	return openQueue(ctx, t, options(t), autoPipeline(t), t.Depth > 0 || t.Transacts)
}

// autoPipeline is the library's own default. Of a cluster its queue has
// shards, whose number it takes from GOMAXPROCS.
func autoPipeline(t clients.Target) *redis.AutoPipelineOptions {
	o := redis.DefaultBlockingAutoPipelineOptions()
	if t.Mode == clients.Cluster {
		const most = 16
		o.NumShards = min(most, max(t.Procs, 1))
	}
	return o
}

func reachesDuplex(t clients.Target) error {
	if t.Conns > 0 && t.Mode != clients.Cluster && leavesStream(t) {
		return fmt.Errorf("goredis:autopipe-duplex takes connections of a pool for transactions, "+
			"and for pipelines that do not fit into one stream, so it cannot hold %d", t.Conns)
	}
	return reaches(t)
}

// openDuplex has a stream to each master, or as many to one server as
// connections were asked for. A stream holds a connection of the pool for
// pipelines, without which the library would fall back to batches.
//
// Calls that may wait in the server take others, of the pool for single commands.
func openDuplex(ctx context.Context, t clients.Target) (clients.Client, error) {
	o := options(t)
	if t.Conns > 0 {
		o.PipelinePoolSize = t.Conns
	}
	return openQueue(ctx, t, o, duplex(t), leavesStream(t))
}

func duplex(t clients.Target) *redis.AutoPipelineOptions {
	return &redis.AutoPipelineOptions{FullDuplex: true, NumShards: t.Conns}
}

// leavesStream reports whether the library takes connections beside its streams:
// for transactions, pipelines of a cluster, and those with keys of several
// streams or more commands than a stream's window has room for.
func leavesStream(t clients.Target) bool {
	const window = 65536 // FullDuplexWindow's default
	isWithin := t.Mode != clients.Cluster && t.Conns <= 1 && 2*t.Depth <= window
	return t.Transacts || t.Depth > 0 && !isWithin
}

// openQueue sends all but explicit pipelines and transactions through a queue.
func openQueue(
	ctx context.Context, t clients.Target, o *redis.Options, queue *redis.AutoPipelineOptions, usesPools bool,
) (clients.Client, error) {
	c, err := newClient(ctx, t, o)
	if err != nil {
		return nil, err
	}
	pipeliner, err := c.c.AutoPipelineWithOptions(queue)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.commands = pipeliner
	if queue.FullDuplex {
		c.settings.Options["AutoPipelineOptions.FullDuplex"] = "true"
	}
	if queue.NumShards > 0 {
		c.settings.Options["AutoPipelineOptions.NumShards"] = strconv.Itoa(queue.NumShards)
	}
	c.settings.Conns = c.masters * max(queue.NumShards, 1)
	if usesPools {
		c.settings.Conns = c.masters * pooled(t, o)
	}
	return c, nil
}
