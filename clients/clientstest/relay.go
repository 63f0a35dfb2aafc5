package clientstest

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A relay stands between an adapter and a server: it counts connections, cuts
// them, and holds replies back.
type relay struct {
	addr     string
	accepted atomic.Int64

	listener net.Listener
	server   string
	silence  sync.RWMutex // locked while no reply may pass
	pumps    sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// startRelay relays to the server at addr until the test ends. With conf the
// adapter's side speaks TLS.
func startRelay(t testing.TB, addr string, conf *tls.Config) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{addr: l.Addr().String(), listener: l, server: addr}
	if conf != nil {
		r.listener = tls.NewListener(l, conf)
	}
	r.pumps.Go(r.accept)
	t.Cleanup(func() {
		_ = l.Close()
		r.cut()
		r.pumps.Wait()
	})
	return r
}

// hold keeps all replies back until the test ends or resume is called.
func (r *relay) hold(t testing.TB) (resume func()) {
	r.silence.Lock()
	resume = sync.OnceFunc(r.silence.Unlock)
	t.Cleanup(resume)
	return resume
}

// cut closes every connection.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.conns = nil
}

func (r *relay) accept() {
	for {
		from, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.accepted.Add(1)
		to, err := net.Dial("tcp", r.server)
		if err != nil {
			_ = from.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, from, to)
		r.mu.Unlock()
		r.pumps.Go(func() { pump(to, from) })
		r.pumps.Go(func() { pump(gated{from, &r.silence}, to) })
	}
}

// pump copies until either end closes and then closes both.
func pump(to io.WriteCloser, from io.ReadCloser) {
	_, _ = io.Copy(struct{ io.Writer }{to}, from)
	_ = to.Close()
	_ = from.Close()
}

// A gated connection writes only while the gate is open.
type gated struct {
	io.WriteCloser
	gate *sync.RWMutex
}

func (g gated) Write(b []byte) (int, error) {
	g.gate.RLock()
	defer g.gate.RUnlock()
	return g.WriteCloser.Write(b)
}
