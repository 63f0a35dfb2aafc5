package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

const (
	loopback     = "127.0.0.1"
	pollInterval = 2 * time.Millisecond // between attempts to reach a starting server
	portAttempts = 5                    // a free port may be taken before the server binds it
)

var errPortTaken = errors.New("port was taken by another program")

// A program is a server to start.
type program struct {
	kind string
	args func(port int, dir string) []string
	env  []string // nil: ours
}

func spawn(ctx context.Context, o Options, p program) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, max(o.limits().Timeout, defaultTimeout))
	defer cancel()
	var s *Server
	var err error
	for range portAttempts {
		if s, err = spawnOnce(ctx, o, p); !errors.Is(err, errPortTaken) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("start %s server: %w", p.kind, err)
	}
	return s, nil
}

func spawnOnce(ctx context.Context, o Options, p program) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{Kind: p.kind, Access: loopbackAccess(port), limits: o.limits(), exited: make(chan struct{})}
	s.start = func(dir string) (*proc.Guarded, error) {
		return proc.StartGuarded(o.Guard, dir, proc.Command{Args: p.args(port, dir), Env: p.env, CPUs: o.CPUs})
	}
	if s.process, err = s.start(proc.FolderPath()); err != nil {
		return nil, err
	}
	go s.watch(s.process)
	if err := s.awaitAnswer(ctx, s.process); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func loopbackAccess(port int) results.Access {
	return results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{net.JoinHostPort(loopback, strconv.Itoa(port))}}
}

// awaitAnswer polls the server until it answers, p has ended, or ctx is over.
func (s *Server) awaitAnswer(ctx context.Context, p *proc.Guarded) error {
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for {
		if done, err := s.answers(ctx, p.Pid()); done {
			return err
		}
		select {
		case <-poll.C:
		case <-p.Exited():
			if output := p.Output(); portInUse(output) {
				return errPortTaken
			}
			return fmt.Errorf("it ended: %s%s", p.ExitReason(), lastLine(p.Output()))
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w%s", ctx.Err(), lastLine(p.Output()))
		}
	}
}

// answers asks the server once. It is done too when another program than the
// process pid answers. A server that asks for a password has answered.
func (s *Server) answers(ctx context.Context, pid int) (done bool, err error) {
	p, err := dialProbe(ctx, s.Access, s.Access.Addrs[0], s.limits)
	if err != nil {
		return false, nil
	}
	defer p.close()
	reply, err := p.ask("PING")
	if err != nil || strings.HasPrefix(reply.Text, "LOADING") {
		return false, nil
	}
	reply, err = p.ask("INFO", "server")
	if err != nil {
		return false, nil
	}
	if answering := parseInfo(reply.Text)["process_id"]; answering != "" && answering != strconv.Itoa(pid) {
		return true, errPortTaken
	}
	return true, nil
}

// portInUse knows the words of Unix and of Windows.
func portInUse(output string) bool {
	output = strings.ToLower(output)
	return strings.Contains(output, "address already in use") || strings.Contains(output, "only one usage of each socket")
}

// lastLine is the end of a program's output, for an error message.
func lastLine(output string) string {
	output = strings.TrimSpace(output)
	if output == "" {
		return ""
	}
	return ": " + strings.TrimSpace(output[strings.LastIndex(output, "\n")+1:])
}
