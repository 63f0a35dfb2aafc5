package servertest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/internal/proc"
)

const loopback = "127.0.0.1"

// limit is how long anything may take that a server does by itself, on a busy
// machine.
const limit = 20 * time.Second

// A Server is a running server. Its methods are for one goroutine at a time.
type Server struct {
	Addr   string // host:port; the TLS port if it has one
	Plain  string // host:port without TLS
	Socket string // path of a unix socket
	Certs  Certs  // those it was started with; empty without TLS

	command []string
	dir     string
	child   *proc.Child
	admin   *Conn // over the unix socket, which nobody else can have taken
}

// Start starts a server that ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{dir: shortDir(t)}
	s.Socket = filepath.Join(s.dir, "s")
	if o.TLS {
		s.Certs = NewCerts(t)
	}
	program := mustFind(t, cmp.Or(o.Program, Redis))
	t.Cleanup(s.stop)
	for range 20 {
		s.configure(program, o)
		if s.launch(t) {
			return s
		}
	}
	t.Fatalf("%s does not start: %s", program, s.log())
	return nil
}

// memory is where files need no disk: Sentinels and nodes of a cluster stand
// still until what they know is on it, for seconds where others write much.
const memory = "/dev/shm"

// shortDir is removed with the test. The path of a socket in it must not
// exceed 107 bytes, which those of t.TempDir may do.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory, "rb")
	if err != nil {
		dir, err = os.MkdirTemp("", "rb")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// configure chooses ports anew. Whether they are free, only the server can
// tell. They lie below those that systems give to outgoing connections, so
// that a server can come back to its own, and so do the ports 10,000 above, on
// which nodes of a cluster talk to each other.
func (s *Server) configure(program string, o Options) {
	port := 10_000 + 2*rand.IntN(5_000)
	s.Plain = net.JoinHostPort(loopback, strconv.Itoa(port))
	s.Addr = s.Plain
	s.command = []string{program}
	if o.config != "" {
		s.command = append(s.command, o.config)
	}
	s.command = append(s.command,
		"--port", strconv.Itoa(port), "--bind", loopback, "--unixsocket", s.Socket,
		"--dir", s.dir, "--logfile", filepath.Join(s.dir, "log"), "--save", "", "--appendonly", "no",
		"--repl-diskless-sync-delay", "0")
	if o.TLS {
		s.Addr = net.JoinHostPort(loopback, strconv.Itoa(port+1))
		s.command = append(s.command, "--tls-port", strconv.Itoa(port+1), "--tls-ca-cert-file", s.Certs.CA,
			"--tls-cert-file", s.Certs.Server.Cert, "--tls-key-file", s.Certs.Server.Key,
			"--tls-auth-clients", map[bool]string{true: "yes", false: "no"}[o.ClientCerts])
	}
	s.command = append(s.command, o.Args...)
}

// launch reports whether the server has started; it ends at once if a port is
// taken.
func (s *Server) launch(t testing.TB) bool {
	t.Helper()
	child, err := proc.Start(proc.Command{Args: s.command, Dir: s.dir, OwnGroup: true})
	if err != nil {
		t.Fatal(err)
	}
	s.child = child
	_, _ = child.Stdin.Close(), child.Stdout.Close() // it writes to its log
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if s.admin, err = dial("unix", s.Socket); err == nil {
			return true
		}
		if child.ExitReason() != "" {
			return false
		}
	}
	t.Fatalf("%s is silent: %v\n%s", s.command[0], err, s.log())
	return false
}

// log is the end of what the server has said.
func (s *Server) log() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return s.child.Stderr()
	}
	return string(text[max(0, len(text)-2000):])
}

// Pid is the process id of the server, which is another after Restart.
func (s *Server) Pid() int { return s.child.Pid() }

// Port is that of Addr.
func (s *Server) Port() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return port
}

// Kill ends the server with SIGKILL and returns when it is gone.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.stop()
}

func (s *Server) stop() {
	if s.child == nil {
		return
	}
	_ = s.child.Kill()
	<-s.child.Done()
	if s.admin != nil {
		s.admin.close()
	}
	_ = os.Remove(s.Socket)
}

// Restart kills the server if it still runs and starts it again with the same
// addresses. It has forgotten its keys.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.stop()
	Eventually(t, limit, "restart on "+s.Plain, func() error {
		if !s.launch(t) {
			return fmt.Errorf("ended: %s", s.log())
		}
		return nil
	})
}

// Running reports whether the server's process is there.
func (s *Server) Running() bool { return s.child.ExitReason() == "" }

// Do is Conn.Do over a connection of the server's own.
func (s *Server) Do(t testing.TB, args ...string) string {
	t.Helper()
	return s.admin.Do(t, args...)
}

// Try is Do for a command that may be refused.
func (s *Server) Try(args ...string) (string, error) { return s.admin.Try(args...) }

// Clients are the lines of CLIENT LIST, without Do's own connection and those
// of replicas, masters and Sentinels.
func (s *Server) Clients(t testing.TB) []string {
	t.Helper()
	own := "id=" + s.Do(t, "CLIENT", "ID") + " "
	var others []string
	for line := range strings.Lines(s.Do(t, "CLIENT", "LIST")) {
		_, rest, _ := strings.Cut(line, " flags=")
		flags, _, _ := strings.Cut(rest, " ")
		ours := strings.HasPrefix(line, own) || strings.Contains(line, " name=sentinel-")
		if !ours && !strings.ContainsAny(flags, "SM") {
			others = append(others, strings.TrimSpace(line))
		}
	}
	return others
}

// Eventually tries until f succeeds, and ends the test if that takes longer
// than within.
func Eventually(t testing.TB, within time.Duration, what string, f func() error) {
	t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		err := f()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: still %v after %v", what, err, within)
		}
	}
}
