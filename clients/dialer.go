package clients

import (
	"context"
	"crypto/tls"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A Dialer opens the connections of a trial for every library alike and
// counts them: the number is observed, not taken from a library's word.
type Dialer struct {
	Network string      // "tcp" or "unix"
	TLS     *tls.Config // nil: plain

	net   net.Dialer
	dials atomic.Int64

	mu   sync.Mutex
	ends map[string]string // of the connections dialled: the far one by our own
}

// NewDialer returns a dialer that gives up on a connection after timeout.
func NewDialer(network string, timeout time.Duration, conf *tls.Config) *Dialer {
	return &Dialer{Network: network, TLS: conf, net: net.Dialer{Timeout: timeout}}
}

// Dial connects to addr, one of the Target's addresses or one that the server
// named. A library's own network argument is ignored in favour of ours.
func (d *Dialer) Dial(ctx context.Context, addr string) (net.Conn, error) {
	d.dials.Add(1)
	conn, err := d.dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ends == nil {
		d.ends = map[string]string{}
	}
	d.ends[conn.LocalAddr().String()] = conn.RemoteAddr().String()
	return conn, nil
}

func (d *Dialer) dial(ctx context.Context, addr string) (net.Conn, error) {
	if d.TLS == nil {
		return d.net.DialContext(ctx, d.Network, addr)
	}
	secure := tls.Dialer{NetDialer: &d.net, Config: d.TLS}
	return secure.DialContext(ctx, d.Network, addr)
}

// Count counts a connection that a library begins without Dial. It has no part in
// Ends.
func (d *Dialer) Count() { d.dials.Add(1) }

// Dials is how many connections were begun so far.
func (d *Dialer) Dials() int64 { return d.dials.Load() }

// Ends are the addresses of the connections that came about, also of those that
// have ended: the far end by our own.
func (d *Dialer) Ends() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.ends)
}
