package main

import (
	"context"
	"net"
	"sync/atomic"

	"github.com/gomodule/redigo/redis"
	"respbench.dev/respbench/clients"
)

func openRedigo(t clients.Target) (*bareClient, error) {
	pool := &redis.Pool{
		MaxActive: t.Workers,
		MaxIdle:   t.Workers,
		Wait:      true,
		DialContext: func(ctx context.Context) (redis.Conn, error) {
			return redis.DialContext(ctx, t.Dialer.Network, t.Addrs[0],
				redis.DialReadTimeout(t.Timeout),
				redis.DialWriteTimeout(t.Timeout),
				redis.DialContextFunc(func(ctx context.Context, _, addr string) (net.Conn, error) {
					return t.Dialer.Dial(ctx, addr)
				}))
		},
	}
	return &bareClient{
		worker: func(d data) (loop, error) { return loopRedigo(pool, d), nil },
		close:  func() { _ = pool.Close() },
	}, nil
}

// loopRedigo takes a connection from the pool for every command, as a program
// does whose SET and GET are in different places.
func loopRedigo(pool *redis.Pool, d data) loop {
	return func(stop *atomic.Bool) (steps int64, err error) {
		for ; !stop.Load(); steps++ {
			key, value := d.next()
			conn := pool.Get()
			_, err := conn.Do("SET", key, value)
			_ = conn.Close()
			if err != nil {
				return steps, err
			}
			conn = pool.Get()
			got, err := redis.Bytes(conn.Do("GET", key))
			_ = conn.Close()
			if err != nil {
				return steps, err
			}
			if string(got) != value {
				return steps, wrongReply(key)
			}
		}
		return steps, nil
	}
}
