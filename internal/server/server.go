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
	Timeout  time.Duration  // until a started server must answer, and of every exchange with one; 0: 5 s
}

// defaultTimeout is what a server on a busy machine surely needs less than.
const defaultTimeout = 5 * time.Second

func (o Options) timeout() time.Duration {
	if o.Timeout > 0 {
		return o.Timeout
	}
	return defaultTimeout
}

// A Server is one that commands can be sent to.
type Server struct {
	Kind   string // Remote, Spawned or Embedded
	Access results.Access

	timeout time.Duration
	process *proc.Guarded // nil: not ours
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
		return &Server{Kind: Remote, Access: o.Access, timeout: o.timeout()}, nil
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
func (s *Server) Admin() *Admin { return NewAdmin(s.Kind, s.Access, s.timeout) }

// Pid is the process id of a server that we started, else 0.
func (s *Server) Pid() int {
	if s.process == nil {
		return 0
	}
	return s.process.Pid()
}

// Exited is closed when a server that we started has ended. It is nil, and
// blocks for ever, for another.
func (s *Server) Exited() <-chan struct{} {
	if s.process == nil {
		return nil
	}
	return s.process.Exited()
}

// ExitReason says how a server that we started ended; it is empty while it
// runs.
func (s *Server) ExitReason() string {
	if s.process == nil {
		return ""
	}
	return s.process.ExitReason()
}

// Close stops a server that we started and removes its folder. Another is left
// alone. It may be called again.
func (s *Server) Close() error {
	if s.process == nil {
		return nil
	}
	return s.process.Close()
}
