// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
)

type client struct {
	c        valkey.Client
	mode     string // of the target
	masters  int    // over which keys are spread
	settings clients.Settings
	dialled  dialled

	pool      int          // connections to each server that can be dedicated
	listening atomic.Int64 // how many of them listeners hold or wait for

	invalidated atomic.Int64 // keys, of a client with a cache
}

// open closes what it has begun unless it succeeds.
func (c *client) open(ctx context.Context, o valkey.ClientOption) (err error) {
	c.c, err = valkey.NewClient(o)
	if err == nil {
		c.masters = 1
		if c.mode == clients.Cluster {
			c.masters, err = countMasters(ctx, c.c)
		}
	}
	if err != nil {
		_ = c.Close() // err says more
	}
	return err
}

func (c *client) Session(context.Context) (clients.Session, error) { return c.shared(), nil }

func (c *client) shared() shared { return shared{session{c.c}, c} }

func (c *client) Resolved() clients.Settings { return c.settings }

func (c *client) Close() error {
	c.dialled.stop()
	if c.c != nil {
		c.c.Close()
	}
	return nil
}

// countMasters asks any node of a cluster that answers. At a server that is
// none, the library has become a client of that server alone.
func countMasters(ctx context.Context, c valkey.Client) (masters int, err error) {
	if c.Mode() != valkey.ClientModeCluster {
		return 0, errors.New("the server is not part of a cluster")
	}
	for _, node := range c.Nodes() {
		var slots []valkey.ValkeyMessage
		if slots, err = node.Do(ctx, node.B().ClusterSlots().Build()).ToArray(); err == nil {
			return distinctMasters(slots), nil
		}
	}
	return 0, err
}

// distinctMasters counts in an answer to CLUSTER SLOTS: first and last slot,
// the master (address, port, name), its replicas.
func distinctMasters(slots []valkey.ValkeyMessage) int {
	names := map[string]bool{}
	for i := range slots {
		slot, _ := slots[i].ToArray()
		if len(slot) < 3 {
			continue
		}
		if master, _ := slot[2].ToArray(); len(master) > 2 {
			name, _ := master[2].ToString()
			names[name] = true
		}
	}
	return len(names)
}

// dialled are all connections of a client. The library dials in the
// background too and forgets such a connection if it is closed meanwhile.
type dialled struct {
	mu     sync.Mutex
	conns  []net.Conn
	closed bool
}

func (d *dialled) dial(ctx context.Context, dialer *clients.Dialer, addr string) (net.Conn, error) {
	conn, err := dialer.Dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	d.conns = append(d.conns, conn)
	return conn, nil
}

// stop ends dialling. The library's own closing goes on in the background,
// for a second at most.
func (d *dialled) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	const grace = 2 * time.Second
	time.AfterFunc(grace, d.closeForgotten)
}

func (d *dialled) closeForgotten() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, conn := range d.conns {
		_ = conn.Close() // the library has closed most of them
	}
	d.conns = nil
}
