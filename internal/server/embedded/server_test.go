package embedded

import (
	"bytes"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"respbench.dev/respbench/internal/resp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a server for the length of a test.
func start(t testing.TB, opts Options) *Server {
	t.Helper()
	s, err := Listen(opts)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return s
}

// startRedis runs a real redis-server on a socket for the length of a test.
func startRedis(t testing.TB, args ...string) (socket string) {
	t.Helper()
	dir := t.TempDir()
	socket = filepath.Join(dir, "s")
	args = append([]string{"--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no"}, args...)
	cmd := exec.Command("redis-server", args...)
	if err := cmd.Start(); err != nil {
		t.Fatalf("redis-server: %v", err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 500 {
		if conn, err := net.Dial("unix", socket); err == nil {
			conn.Close()
			return socket
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("redis-server does not answer")
	return ""
}

// A peer is a raw connection that also keeps the bytes of the last reply.
type peer struct {
	t    testing.TB
	conn net.Conn
	in   *resp.Reader
	raw  bytes.Buffer
}

func dial(t testing.TB, network, addr string) *peer {
	t.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	p := &peer{t: t, conn: conn}
	p.in = resp.NewReader(io.TeeReader(conn, &p.raw), 4096)
	return p
}

func connect(t testing.TB, s *Server) *peer {
	t.Helper()
	return dial(t, s.Addr().Network(), s.Addr().String())
}

func (p *peer) send(request string) {
	p.t.Helper()
	if _, err := io.WriteString(p.conn, request); err != nil {
		p.t.Fatal(err)
	}
}

// do sends one command and returns its reply.
func (p *peer) do(args ...string) resp.Value {
	p.t.Helper()
	p.send(string(resp.AppendCommand(nil, args...)))
	v, err := p.in.ReadValue()
	if err != nil {
		p.t.Fatalf("%.60q: %v", args, err)
	}
	return v
}

// bytes is do, with the reply as it was on the wire.
func (p *peer) bytes(args ...string) string {
	p.t.Helper()
	p.raw.Reset()
	p.do(args...)
	return p.raw.String()
}

// want checks what String says of a reply.
func (p *peer) want(reply string, args ...string) {
	p.t.Helper()
	if got := p.do(args...).String(); got != reply {
		p.t.Errorf("%.60q: got %.200q, want %.200q", args, got, reply)
	}
}

// fields is an INFO reply as name and value.
func (p *peer) fields(sections ...string) map[string]string {
	p.t.Helper()
	fields := make(map[string]string)
	for line := range strings.Lines(p.do(append([]string{"INFO"}, sections...)...).Text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	return fields
}
