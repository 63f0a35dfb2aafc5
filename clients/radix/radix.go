// Package radix measures github.com/mediocregopher/radix/v4: a pool of a few
// connections that all callers share.
package radix

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/mediocregopher/radix/v4"
	"github.com/mediocregopher/radix/v4/trace"
	"respbench.dev/respbench/clients"
)

// Library is radix with its Pool, and with writes that wait for each other.
//
// The pool holds four connections unless told otherwise, whatever the number of
// callers. A call takes any of them and is written at once, also while others
// wait there for their replies. Calls that may wait in the server, and
// transactions, take a connection out of the pool for themselves, and first wait
// until no call is under way.
//
// The library has no time-outs: a context bounds each call, as in its examples.
// That alone does not end the calls which follow one that the server has not
// answered, so its connections have deadlines, too. Where the pool has lost all
// connections it dials again in the background, at growing intervals, and calls
// wait: without a server they end by their time-out, not because it refuses.
//
// Behind Sentinel it holds a pool to each replica, too, which is never used, and
// two connections to a Sentinel. Of a cluster it follows up to five redirections,
// a number that cannot be set; other errors are not tried again.
var Library = clients.Library{
	Name:   "radix",
	Module: "github.com/mediocregopher/radix/v4",
	Variants: []clients.Variant{
		{
			Name:    "default",
			Doc:     "a Pool whose connections concurrent callers share, each writing at once (documentation of the package, Creating a Client)",
			Shares:  true,
			Has:     has,
			Reaches: reaches,
			Open:    opener(0),
		},
		{
			Name:    "flush-interval",
			Doc:     "WriteFlushInterval of 150us: writes of concurrent callers wait and are flushed together (documentation of Dialer)",
			Shares:  true,
			Has:     has,
			Reaches: reaches,
			Open:    opener(flushInterval),
		},
	},
}

var has = clients.Capabilities{Pipeline: true, Count: true, Command: true, Transaction: true, Listen: true}

// flushInterval was the default of the library's version 3; version 4 names none.
const flushInterval = 150 * time.Microsecond

func reaches(t clients.Target) error {
	if t.Mode == clients.Cluster && t.Depth > 0 {
		return errors.New("radix sends an explicit pipeline to one slot of a cluster only")
	}
	return clients.NeedOneServer("radix", t)
}

func opener(flush time.Duration) func(context.Context, clients.Target) (clients.Client, error) {
	return func(ctx context.Context, t clients.Target) (clients.Client, error) {
		c := &client{
			conns:    newConnections(t, flush),
			most:     t.Timeout + patience(t),
			settings: clients.Settings{RESP: cmp.Or(t.RESP, 2), Options: described(t, flush)},
		}
		if err := c.open(ctx, t); err != nil {
			c.conns.stop()
			return nil, serverText(err)
		}
		if t.Mode == clients.Cluster {
			return clusterClient{c}, nil
		}
		return c, nil
	}
}

// A doer is the pool of one server, or what follows Sentinel or Cluster and has
// a pool for each.
type doer interface {
	Do(context.Context, radix.Action) error
	Close() error
}

type client struct {
	c        doer
	conns    *connections
	most     time.Duration            // that a call takes
	servers  func() ([]string, error) // addresses of the masters
	settings clients.Settings
}

func (c *client) open(ctx context.Context, t clients.Target) error {
	pool := pooled(t, c.conns)
	c.settings.Conns = pool.Size
	switch t.Mode {
	case clients.Sentinel:
		found, err := sentinel(t, pool, c.conns).New(ctx, t.Master, t.Addrs)
		if err != nil {
			return err
		}
		c.c, c.servers = found, primaries(found)
	case clients.Cluster:
		found, err := clustered(pool).New(ctx, t.Addrs)
		if err != nil {
			return err
		}
		c.c, c.servers = found, primaries(found)
		c.settings.Conns *= max(len(found.Topo().Primaries()), 1)
	default:
		found, err := filled(ctx, pool, t)
		if err != nil {
			return err
		}
		c.c, c.servers = found, func() ([]string, error) { return t.Addrs[:1], nil }
	}
	return nil
}

// filled waits for all connections: the library dials one, and the others behind
// its user's back.
func filled(ctx context.Context, pool radix.PoolConfig, t clients.Target) (radix.Client, error) {
	full := make(chan struct{})
	pool.Trace.InitCompleted = func(trace.PoolInitCompleted) { close(full) }
	found, err := pool.New(ctx, t.Dialer.Network, t.Addrs[0])
	if err != nil {
		return nil, err
	}
	select {
	case <-full:
	case <-time.After(t.ConnectTimeout): // calls will tell what is wrong
	}
	return found, nil
}

func primaries(of radix.MultiClient) func() ([]string, error) {
	return func() ([]string, error) {
		sets, err := of.Clients()
		var addrs []string
		for addr := range sets {
			addrs = append(addrs, addr)
		}
		return addrs, err
	}
}

func (c *client) Session(context.Context) (clients.Session, error) {
	return session{shared{c}}, nil
}

func (c *client) Resolved() clients.Settings { return c.settings }

// Close waits for the library as long as calls under way may take, and no longer:
// without a Sentinel it would wait for one without end.
func (c *client) Close() error {
	c.conns.refuse()
	defer c.conns.stop()
	closed := make(chan error, 1)
	go func() { closed <- c.c.Close() }()
	select {
	case err := <-closed:
		return err
	case <-time.After(2 * c.most):
		return errors.New("radix does not end")
	}
}

// A clusterClient's sessions have no explicit pipeline: its keys would have to be
// in one slot.
type clusterClient struct{ *client }

func (c clusterClient) Session(context.Context) (clients.Session, error) {
	return shared{c.client}, nil
}
