// Package server gives an address to measure and what the server there says of
// itself. The server is one that the user named, or a child of ours: a
// redis-server, a valkey-server, or the embedded server, which is a program of
// its own too. A child has a folder that goes with it, keeps nothing on disk,
// listens on loopback only, and does not outlive us.
//
// Everything about a server is asked through an Admin: a connection apart from
// those that are measured.
package server

import (
	"context"
	"os"
	"strconv"
	"sync"
	"time"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// Kinds of a Server, as in results.Server.
const (
	Remote   = "remote"   // the user named it; it may be on this machine
	Spawned  = "spawned"  // a redis-server or a like program that we started
	Embedded = "embedded" // ours
)

// Options say which server to use.
type Options struct {
	Access   results.Access // of the server that the user named; zero: start one
	Kind     string         // of the one to start: auto (or empty), embedded, redis-server, valkey-server or a path
	Guard    []string       // starts a guard, up to its verb: {"/path/respbench", "guard"}
	Embedded []string       // starts the embedded server, up to its verb; --port N is added
	CPUs     []int          // for a server that we start; empty: any
	Procs    int            // GOMAXPROCS of the embedded server; 0: its own choice

	Timeout        time.Duration // until a started server must answer, and of every exchange with one; 0: 5 s
	ConnectTimeout time.Duration // of dialling, with the handshake of TLS; 0: 5 s
}

// defaultTimeout is what a server on a busy machine surely needs less than.
const defaultTimeout = 5 * time.Second

func (o Options) limits() Limits {
	return Limits{Timeout: o.Timeout, ConnectTimeout: o.ConnectTimeout}.orDefault()
}

// A Server is one that commands can be sent to.
type Server struct {
	Kind   string // Remote, Spawned or Embedded
	Access results.Access

	limits  Limits
	start   func(dir string) (*proc.Guarded, error) // again, on the same port
	change  sync.Mutex                              // held while it restarts or is closed
	mu      sync.Mutex                              // guards what follows
	process *proc.Guarded                           // nil: not ours
	busy    bool                                    // restarting: an end is not the end
	exited  chan struct{}                           // nil: not ours
	reason  string                                  // why it ended
}

// Start returns the server that o.Access names, which it does not touch, or
// starts one and waits until it answers.
func Start(ctx context.Context, o Options) (*Server, error) {
	kind, path, err := Plan(o)
	if err != nil {
		return nil, err
	}
	switch kind {
	case Remote:
		return &Server{Kind: Remote, Access: o.Access, limits: o.limits()}, nil
	case Embedded:
		return spawn(ctx, o, program{kind: Embedded, args: o.embeddedArgs, env: o.embeddedEnv()})
	default:
		return spawn(ctx, o, program{kind: Spawned, args: redisArgs(path)})
	}
}

func (o Options) embeddedArgs(port int, _ string) []string {
	return append(o.Embedded[:len(o.Embedded):len(o.Embedded)], "--port", strconv.Itoa(port))
}

func (o Options) embeddedEnv() []string {
	if o.Procs == 0 {
		return nil
	}
	return append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(o.Procs))
}

// redisArgs are those of redis-server and its kin: loopback only, nothing
// saved, nothing written outside dir.
func redisArgs(path string) func(port int, dir string) []string {
	return func(port int, dir string) []string {
		return []string{
			path, "--port", strconv.Itoa(port), "--bind", loopback, "--protected-mode", "yes",
			"--save", "", "--appendonly", "no", "--dir", dir, "--daemonize", "no",
		}
	}
}

// Admin returns a new connection for asking the server.
func (s *Server) Admin() *Admin { return NewAdmin(s.Kind, s.Access, s.limits) }

// Pid is the process id of a server that we started, else 0. It is another
// after Restart.
func (s *Server) Pid() int {
	if p := s.current(); p != nil {
		return p.Pid()
	}
	return 0
}

func (s *Server) current() *proc.Guarded {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process
}

// Exited is closed when a server that we started has ended, other than for
// Restart. It is nil, and blocks for ever, for another.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// ExitReason says how a server that we started ended; it is empty while it
// runs or restarts.
func (s *Server) ExitReason() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reason
}

// Close stops a server that we started and removes its folder. Another is left
// alone. It may be called again.
func (s *Server) Close() error {
	s.change.Lock()
	defer s.change.Unlock()
	p := s.current()
	if p == nil {
		return nil
	}
	err := p.Close()
	<-s.exited
	return err
}
