package clientstest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"respbench.dev/respbench/internal/server/embedded"
)

// A server is what the adapters are held against: a redis-server child of the
// test, or our embedded server within it.
type server struct {
	name    string
	isRedis bool
	addr    string // loopback, host:port
	socket  string // path of a unix socket; empty where there is none
	admin   *admin
}

// startEmbedded serves from this process until the test ends.
func startEmbedded(t testing.TB) *server {
	t.Helper()
	s := &server{name: "embedded", addr: listenEmbedded(t, embedded.Options{})}
	s.admin = awaitAdmin(t, s.addr)
	return s
}

func listenEmbedded(t testing.TB, o embedded.Options) (addr string) {
	t.Helper()
	s, err := embedded.Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-served); err != nil {
			t.Errorf("embedded server: %v", err)
		}
	})
	return s.Addr().String()
}

// guard returns the address of a server like s that asks for the password
// until the test ends.
func (s *server) guard(t testing.TB, password string) (addr string) {
	t.Helper()
	if !s.isRedis {
		return listenEmbedded(t, embedded.Options{Password: password})
	}
	s.admin.do(t, "CONFIG SET requirepass "+password)
	t.Cleanup(func() { s.admin.do(t, `CONFIG SET requirepass ""`) })
	return s.addr
}

// startRedis starts a redis-server without persistence on a free port. It ends
// with the test.
func startRedis(t testing.TB) *server {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("redis-server is not installed") // nothing to hold an adapter against
	}
	dir, err := os.MkdirTemp("", "respbench") // short: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	port := freePort(t)
	s := &server{
		name:    "redis-server",
		isRedis: true,
		addr:    net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		socket:  filepath.Join(dir, "redis.sock"),
	}
	run(t, exec.Command(program, "--bind", "127.0.0.1", "--port", strconv.Itoa(port),
		"--unixsocket", s.socket, "--save", "", "--appendonly", "no", "--dir", dir))
	s.admin = awaitAdmin(t, s.addr)
	return s
}

func run(t testing.TB, command *exec.Cmd) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func awaitAdmin(t testing.TB, addr string) *admin {
	t.Helper()
	var a *admin
	eventually(t, 10*time.Second, "connect to "+addr, func() error {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			a = &admin{conn: conn, r: bufio.NewReader(conn)}
		}
		return err
	})
	t.Cleanup(func() { _ = a.conn.Close() })
	a.do(t, "PING") // the connection is accepted
	return a
}

// awaitIdle waits until the connections of closed clients are gone.
func (s *server) awaitIdle(t testing.TB) {
	t.Helper()
	eventually(t, limit, "wait for connections to close", func() error {
		if left := len(s.admin.connections(t, "id")); left > 0 {
			return fmt.Errorf("%d are open", left)
		}
		return nil
	})
}

// eventually tries until f succeeds and fails the test if that takes longer
// than within.
func eventually(t testing.TB, within time.Duration, what string, f func() error) {
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
