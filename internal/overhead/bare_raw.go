package main

import (
	"context"
	"sync/atomic"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/raw"
)

// openRaw calls the raw client itself: it is respbench's own, so its sessions
// are its API.
func openRaw(t clients.Target) (*bareClient, error) {
	c, err := raw.Library.Variants[0].Open(context.Background(), t)
	if err != nil {
		return nil, err
	}
	return &bareClient{
		worker: func(d data) (loop, error) {
			s, err := c.Session(context.Background())
			return loopRaw(s, d), err
		},
		close: func() { _ = c.Close() },
	}, nil
}

func loopRaw(s clients.Session, d data) loop {
	ctx := context.Background()
	var reply clients.Reply
	return func(stop *atomic.Bool) (steps int64, err error) {
		for ; !stop.Load(); steps++ {
			key, value := d.next()
			if err := s.Set(ctx, key, clients.Value(value)); err != nil {
				return steps, err
			}
			if err := s.Get(ctx, key, &reply); err != nil {
				return steps, err
			}
			if !reply.Is(clients.Value(value)) {
				return steps, wrongReply(key)
			}
		}
		return steps, nil
	}
}
