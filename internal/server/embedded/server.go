// Package embedded is a small in-memory server that speaks RESP2 and RESP3,
// for machines that have no Redis and for tests. Wherever it is shown it is
// called "embedded (not Redis)".
//
// It is: strings with expiry on the wall clock, transactions, SCAN, INFO with
// command and error statistics, CLIENT LIST, KILL and PAUSE, and the handshakes
// of the client libraries; replies and error texts are those of Redis 7.0. It
// is fast enough, on one core, that a benchmark of a client measures the
// client.
//
// It is not: a store (nothing is written to disk), a Redis for anything
// beyond its COMMAND list (no other data types, scripts, pub/sub, replication,
// WATCH, eviction or ACLs beyond one password of the user "default"), nor
// hardened for a network that is not trusted.
//
// A goroutine serves each connection. Commands lock the shards of the keys
// they name; a transaction locks all shards. Replies go out when the input is
// drained, so a pipeline costs one write.
package embedded

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Compatible is the version of Redis whose replies the server gives.
const Compatible = "7.0.0"

// Options say where and how to listen.
type Options struct {
	Network  string // "tcp" (the default) or "unix"
	Addr     string // host:port, or the path of a socket; default: 127.0.0.1 and a free port
	Password string // what AUTH must name; empty: none is asked for
	Version  string // respbench's own, shown in INFO
}

// A Server is one listening server and all its connections.
type Server struct {
	opts     Options
	listener net.Listener
	keys     *keyspace
	commands map[string]*command
	byIndex  []*command // by command.index
	started  time.Time
	paused   atomic.Pointer[pause] // nil: not paused, or no longer
	errors   errorCounts

	mu       sync.Mutex // guards the fields below
	closed   bool
	conns    map[*conn]struct{}
	accepted int64
	retired  []tally // of connections that have ended, by command.index

	stop   chan struct{} // closed by Close
	ending sync.WaitGroup
}

// Listen opens the address; Serve then answers there. The caller must Close
// the server, served or not.
func Listen(opts Options) (*Server, error) {
	if opts.Network == "" {
		opts.Network = "tcp"
	}
	if opts.Addr == "" && opts.Network == "tcp" {
		opts.Addr = "127.0.0.1:0"
	}
	listener, err := net.Listen(opts.Network, opts.Addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts:     opts,
		listener: listener,
		keys:     newKeyspace(),
		started:  time.Now(),
		conns:    make(map[*conn]struct{}),
		stop:     make(chan struct{}),
	}
	s.commands, s.byIndex = index(commandList())
	s.retired = make([]tally, len(s.byIndex))
	s.ending.Go(func() { s.keys.sweep(s.stop) })
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve answers until Close, then returns nil. It may be called once.
func (s *Server) Serve() error {
	defer s.ending.Wait()
	for {
		socket, err := s.listener.Accept()
		switch {
		case err == nil:
			s.start(socket)
		case s.isClosed():
			return nil
		case !passes(err):
			return errors.Join(err, s.Close())
		default:
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// passes reports whether accepting may work again soon: the process ran out
// of files, or a client went away before it was accepted.
func passes(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED)
}

// start serves one connection in a goroutine of its own.
func (s *Server) start(socket net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		socket.Close()
		return
	}
	s.accepted++
	c := newConn(s, socket, s.accepted)
	s.conns[c] = struct{}{}
	s.ending.Go(func() {
		defer s.forget(c)
		c.serve()
	})
}

// forget ends a connection and keeps what it has counted.
func (s *Server) forget(c *conn) {
	c.socket.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	for i := range s.retired {
		s.retired[i].add(c.counters[i].tally())
	}
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Close stops listening, ends every connection and waits until their
// goroutines are gone; then Serve returns.
func (s *Server) Close() error {
	err := s.closeAll()
	s.ending.Wait()
	return err
}

func (s *Server) closeAll() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.stop)
	for c := range s.conns {
		c.socket.Close()
	}
	return s.listener.Close()
}

// port is the TCP port, 0 on a Unix socket.
func (s *Server) port() int {
	if addr, ok := s.Addr().(*net.TCPAddr); ok {
		return addr.Port
	}
	return 0
}
