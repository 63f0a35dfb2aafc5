package check

import (
	"fmt"
	"net"
	"sync"
	"time"

	"respbench.dev/respbench/results"
)

// A command is a SET or a GET that a driver has sent.
type command struct {
	name       string // SET or GET
	key, value string
}

// A proxy stands between a driver and the server. It writes down the SETs and
// GETs of all connections in one order: a command is in the log before its
// reply can be. And it does one thing to one reply.
type proxy struct {
	listener net.Listener
	server   results.Access
	fault    fault
	struck   chan struct{} // closed when the fault is done
	tasks    sync.WaitGroup

	mu       sync.Mutex
	log      []command
	links    map[*link]bool
	accepted int
	armed    bool
	replies  int // of those the fault counts, since it was armed
	struckAt int // length of the log then
	closed   bool
}

// listen starts a proxy on loopback for a server over plain TCP.
func listen(server results.Access, f fault) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &proxy{listener: listener, server: server, fault: f, struck: make(chan struct{}), links: map[*link]bool{}}
	p.tasks.Go(p.accept)
	return p, nil
}

// access is how the driver reaches the server through the proxy.
func (p *proxy) access() results.Access {
	a := p.server
	a.Addrs = []string{p.listener.Addr().String()}
	return a
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.tasks.Go(func() { p.serve(client) })
	}
}

func (p *proxy) serve(client net.Conn) {
	server, err := net.DialTimeout("tcp", p.server.Addrs[0], timeout)
	if err != nil {
		_ = client.Close()
		return
	}
	l := &link{proxy: p, client: client, server: server, done: make(chan struct{})}
	if p.enter(l) {
		l.run()
	}
	l.close()
}

// enter reports whether the link may run.
func (p *proxy) enter(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accepted++
	p.links[l] = true
	return !p.closed
}

// close ends all connections and waits for what served them.
func (p *proxy) close() {
	p.mu.Lock()
	p.closed = true
	for l := range p.links {
		l.close()
	}
	p.mu.Unlock()
	_ = p.listener.Close()
	p.tasks.Wait()
}

// arm has the fault count replies from now on.
func (p *proxy) arm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = true
}

func (p *proxy) note(c command) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, c)
}

// strikes reports whether the fault is due at this reply to name.
func (p *proxy) strikes(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.armed || p.fault.do == nil || name != p.fault.command {
		return false
	}
	p.replies++
	if p.replies != p.fault.nth {
		return false
	}
	p.struckAt = len(p.log)
	close(p.struck)
	return true
}

// A sight is what a proxy has seen.
type sight struct {
	log      []command
	accepted int  // connections
	struck   bool // the fault is done
	after    int  // commands since then
}

func (p *proxy) seen() sight {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := sight{log: p.log, accepted: p.accepted}
	if s.struck = p.fault.do != nil && p.replies >= p.fault.nth; s.struck {
		s.after = len(p.log) - p.struckAt
	}
	return s
}

// timeout is of a driver's exchanges with the server, and of ours.
const timeout = 5 * time.Second
