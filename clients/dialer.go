package clients

import (
	"context"
	"crypto/tls"
	"net"
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
}

// NewDialer returns a dialer that gives up on a connection after timeout.
func NewDialer(network string, timeout time.Duration, conf *tls.Config) *Dialer {
	return &Dialer{Network: network, TLS: conf, net: net.Dialer{Timeout: timeout}}
}

// Dial connects to addr, one of the Target's addresses or one that the server
// named. A library's own network argument is ignored in favour of ours.
func (d *Dialer) Dial(ctx context.Context, addr string) (net.Conn, error) {
	d.dials.Add(1)
	if d.TLS == nil {
		return d.net.DialContext(ctx, d.Network, addr)
	}
	secure := tls.Dialer{NetDialer: &d.net, Config: d.TLS}
	return secure.DialContext(ctx, d.Network, addr)
}

// Dials is how many connections were begun so far.
func (d *Dialer) Dials() int64 { return d.dials.Load() }
