// Package faultproxy is a TCP proxy for tests that breaks what passes through
// it: late, slow, lost, cut or refused, in either direction, at any time.
package faultproxy

import (
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A Fault is what happens to the bytes of one direction. The zero Fault lets
// them pass. Each connection that is open or will be has it.
type Fault struct {
	Latency time.Duration // each byte comes so much later
	Jitter  time.Duration // and up to so much more; order is kept

	Bandwidth  int   // bytes a second of each connection; 0: no limit
	ResetAfter int64 // a connection is reset after so many bytes from now on; 0: never

	// Hold keeps bytes back until it is lifted: what a connection sees of a
	// network that is gone for a while.
	Hold bool
	// BlackHole swallows bytes and says nothing. A connection that has lost
	// some is never served again in this direction, since no stream has holes;
	// that its sender has closed it is still heard.
	BlackHole bool
	// HalfClose ends the stream towards the receiver (FIN) and drops the rest;
	// lifting it helps new connections only.
	HalfClose bool
}

// A Proxy forwards connections to a server.
type Proxy struct {
	Addr string     // where it listens: host:port on loopback
	Up   *Direction // what clients send
	Down *Direction // what the server sends

	backend  string
	conf     *tls.Config
	accepted atomic.Int64
	running  sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while connections are refused
	links    map[*link]struct{}
	stopped  bool
}

// Start forwards to the server at backend (host:port) until the test ends.
func Start(t testing.TB, backend string) *Proxy {
	t.Helper()
	return StartTLS(t, backend, nil)
}

// StartTLS is Start with TLS between clients and the proxy.
func StartTLS(t testing.TB, backend string, conf *tls.Config) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{
		Addr: l.Addr().String(), Up: newDirection(), Down: newDirection(),
		backend: backend, conf: conf, links: make(map[*link]struct{}),
	}
	p.serve(l)
	t.Cleanup(p.stop)
	return p
}

func (p *Proxy) stop() {
	p.Refuse()
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	p.Cut()
	p.running.Wait()
}

// Accepted is how many connections have come so far.
func (p *Proxy) Accepted() int64 { return p.accepted.Load() }

// Open is how many connections are forwarded now.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

// Cut closes every connection.
func (p *Proxy) Cut() { p.each((*link).close) }

// Reset resets every connection.
func (p *Proxy) Reset() { p.each((*link).reset) }

func (p *Proxy) each(end func(*link)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		end(l)
	}
}

// Refuse has new connections refused, as by a host without the server. Those
// that are open stay.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
}

// Resume accepts connections again, at the same address. It tries for a while:
// an outgoing connection of anybody may have the port for a moment.
func (p *Proxy) Resume(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		l, err := net.Listen("tcp", p.Addr)
		if err == nil {
			p.serve(l)
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func (p *Proxy) serve(l net.Listener) {
	p.listener = l
	p.running.Go(func() { p.accept(l) })
}

func (p *Proxy) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.forward(client, p.accepted.Add(1)) })
	}
}

// forward serves one connection. Where the server does not answer the client
// is reset.
func (p *Proxy) forward(client net.Conn, number int64) {
	server, err := net.Dial("tcp", p.backend)
	if err != nil {
		abort(client)
		return
	}
	if p.conf != nil {
		client = tls.Server(client, p.conf)
	}
	l := &link{client: client, server: server, done: make(chan struct{})}
	if !p.add(l) {
		l.close()
		return
	}
	defer p.remove(l)
	up := newFlow(l, p.Up, client, server, 2*number)
	down := newFlow(l, p.Down, server, client, 2*number+1)
	var flows sync.WaitGroup
	for _, run := range []func(){up.read, up.write, down.read, down.write} {
		flows.Go(run)
	}
	flows.Wait()
	l.close()
}

func (p *Proxy) add(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.links[l] = struct{}{}
	return !p.stopped
}

func (p *Proxy) remove(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}
