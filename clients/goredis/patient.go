package goredis

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
	"respbench.dev/respbench/clients"
)

// A sender is what sessions use: a client, or its automatic pipeline.
type sender interface {
	redis.Cmdable
	Process(ctx context.Context, cmd redis.Cmder) error
}

// patience are the clients whose calls wait as long as the server does. The
// library knows how long its own methods for blocking commands may take, and
// cannot be told that of any other; a client without a time-out over the same
// connections can be had of one server.
type patience struct{ clients sync.Map } // *redis.Client by the *redis.Client that it stands for

func (p *patience) of(c *redis.Client) *redis.Client {
	found, ok := p.clients.Load(c)
	if !ok {
		found, _ = p.clients.LoadOrStore(c, c.WithTimeout(0))
	}
	return found.(*redis.Client)
}

// patient returns who sends a call that blocks. On a cluster that is the client
// of its key's master. It would not follow a redirection, so it looks anew after
// each error.
func (c *client) patient(ctx context.Context, call clients.Call) (sender, error) {
	switch whole := c.c.(type) {
	case *redis.Client:
		return c.patience.of(whole), nil
	case *redis.ClusterClient:
		if call.Key == 0 || call.Key >= len(call.Words) {
			return whole, nil
		}
		master, err := whole.MasterForKey(ctx, call.Words[call.Key])
		if err != nil {
			return nil, err
		}
		return redirected{c.patience.of(master), whole}, nil
	}
	return c.c, nil
}

type redirected struct {
	*redis.Client
	cluster *redis.ClusterClient
}

func (r redirected) Process(ctx context.Context, cmd redis.Cmder) error {
	err := r.Client.Process(ctx, cmd)
	if err != nil && clients.Classify(err) == clients.Moved {
		r.cluster.ReloadState(ctx)
	}
	return err
}
