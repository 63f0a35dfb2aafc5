package main

import (
	"context"
	"net"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"respbench.dev/respbench/clients"
)

func openGoredis(t clients.Target) (*bareClient, error) {
	c := redis.NewClient(&redis.Options{
		Network:         t.Dialer.Network,
		Addr:            t.Addrs[0],
		PoolSize:        10 * t.Procs,
		DialTimeout:     t.ConnectTimeout,
		ReadTimeout:     t.Timeout,
		WriteTimeout:    t.Timeout,
		MaxRetries:      -1,
		DialerRetries:   1,
		DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
		Dialer: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return t.Dialer.Dial(ctx, addr)
		},
	})
	return &bareClient{
		worker: func(d data) (loop, error) { return loopGoredis(c, d), nil },
		close:  func() { _ = c.Close() },
	}, nil
}

func loopGoredis(c *redis.Client, d data) loop {
	ctx := context.Background()
	return func(stop *atomic.Bool) (steps int64, err error) {
		for ; !stop.Load(); steps++ {
			key, value := d.next()
			if err := c.Set(ctx, key, value, 0).Err(); err != nil {
				return steps, err
			}
			got, err := c.Get(ctx, key).Result()
			if err != nil {
				return steps, err
			}
			if got != value {
				return steps, wrongReply(key)
			}
		}
		return steps, nil
	}
}
