package main

import (
	"context"
	"crypto/tls"
	"math/bits"
	"net"
	"sync/atomic"

	"github.com/redis/rueidis"
	"respbench.dev/respbench/clients"
)

func openRueidis(t clients.Target) (*bareClient, error) {
	multiplex := min(2, bits.Len(uint(t.Procs))-1)
	if multiplex == 0 {
		multiplex = -1 // one connection
	}
	c, err := rueidis.NewClient(rueidis.ClientOption{
		InitAddress:       t.Addrs,
		Dialer:            net.Dialer{Timeout: t.ConnectTimeout},
		ConnWriteTimeout:  t.Timeout,
		ClientSetInfo:     rueidis.DisableClientSetInfo,
		DisableCache:      true,
		DisableRetry:      true,
		ForceSingleClient: true,
		PipelineMultiplex: multiplex,
		DialCtxFn: func(ctx context.Context, addr string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return t.Dialer.Dial(ctx, addr)
		},
	})
	if err != nil {
		return nil, err
	}
	return &bareClient{
		worker: func(d data) (loop, error) { return loopRueidis(c, d), nil },
		close:  c.Close,
	}, nil
}

func loopRueidis(c rueidis.Client, d data) loop {
	ctx := context.Background()
	return func(stop *atomic.Bool) (steps int64, err error) {
		for ; !stop.Load(); steps++ {
			key, value := d.next()
			if err := c.Do(ctx, c.B().Set().Key(key).Value(value).Build()).Error(); err != nil {
				return steps, err
			}
			got, err := c.Do(ctx, c.B().Get().Key(key).Build()).ToString()
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
