package radix

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/mediocregopher/radix/v4"
	"respbench.dev/respbench/clients"
)

// connections are all of a client that are open. The library forgets some that
// come about, or are given back, while it is being closed.
type connections struct {
	*ledger
	dialer    *clients.Dialer
	handshake radix.Dialer
	timeout   time.Duration // of a reply
	connect   time.Duration // of dialling and the handshake
	cluster   bool
}

type ledger struct {
	mu     sync.Mutex
	open   map[*conn]bool
	closed bool
}

func newConnections(t clients.Target, flush time.Duration) *connections {
	return &connections{
		ledger: &ledger{open: map[*conn]bool{}}, dialer: t.Dialer, handshake: handshake(t, flush),
		timeout: t.Timeout, connect: t.ConnectTimeout + t.Timeout, cluster: t.Mode == clients.Cluster,
	}
}

// A conn is the library's over one of ours.
type conn struct {
	radix.Conn
	under   *timed
	in      *ledger
	cluster bool
}

// custom is the library's hook.
func (d *connections) custom(ctx context.Context, network, addr string) (radix.Conn, error) {
	c, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err // and no conn, which would not be nil
	}
	return c, nil
}

func (d *connections) dial(ctx context.Context, network, addr string) (*conn, error) {
	if d.isClosed() {
		return nil, cmp.Or(ctx.Err(), net.ErrClosed) // the library goes by the end of ctx
	}
	ctx, cancel := context.WithTimeout(ctx, d.connect)
	defer cancel()
	c := &conn{in: d.ledger, cluster: d.cluster}
	shake := d.handshake
	shake.NetDialer = dialFunc(func(ctx context.Context) (net.Conn, error) {
		under, err := d.dialer.Dial(ctx, addr)
		if err != nil {
			return nil, err
		}
		c.under = &timed{Conn: under, timeout: d.timeout}
		return c.under, nil
	})
	var err error
	if c.Conn, err = shake.Dial(ctx, network, addr); err != nil {
		return nil, err
	}
	if !d.add(c) {
		_ = c.Conn.Close()
		return nil, net.ErrClosed
	}
	return c, nil
}

type dialFunc func(context.Context) (net.Conn, error)

func (f dialFunc) DialContext(ctx context.Context, _, _ string) (net.Conn, error) { return f(ctx) }

func (l *ledger) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

func (l *ledger) add(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.open[c] = true
	}
	return !l.closed
}

// refuse ends dialling.
func (l *ledger) refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}

// stop ends dialling and closes what is open, under calls and listeners, too.
func (l *ledger) stop() {
	l.refuse()
	l.mu.Lock()
	open := slices.Collect(maps.Keys(l.open))
	l.mu.Unlock()
	for _, c := range open {
		_ = c.Close() // or the library does at this moment
	}
}

// Do is here so that actions go by our EncodeDecode.
func (c *conn) Do(ctx context.Context, a radix.Action) error { return a.Perform(ctx, c) }

// EncodeDecode has a call wait for as long as ctx says if the server may take its
// time, or if it has sent nothing: then it is to read what others publish. It
// tells why a connection is closed: the library does not.
func (c *conn) EncodeDecode(ctx context.Context, m, u any) error {
	if m == nil || waits(ctx) {
		c.under.patient.Store(true)
		defer c.under.patient.Store(false)
	}
	if c.cluster && asksTopology(m) {
		ctx = context.WithoutCancel(ctx)
	}
	err := c.Conn.EncodeDecode(ctx, m, u)
	switch {
	case err == nil:
		return nil
	case c.under.late.Load() && serversOwn(err) == nil:
		return errLate
	case err.Error() == "closed":
		return net.ErrClosed
	}
	return err
}

// asksTopology reports whether m is what the library asks a cluster in the course
// of somebody's call. It looks at the reply when that call was cancelled, too,
// while it may still be written: the time-out of a reply has to end the wait.
func asksTopology(m any) bool {
	a, ok := m.(radix.Action)
	return ok && len(a.Properties().Keys) == 0 && fmt.Sprint(a) == `["CLUSTER" "SLOTS"]`
}

// Close is called for every connection that the library knows to be broken.
func (c *conn) Close() error {
	c.in.mu.Lock()
	delete(c.in.open, c)
	c.in.mu.Unlock()
	return c.Conn.Close()
}
