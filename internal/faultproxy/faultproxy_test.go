package faultproxy

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon is how long a silence is taken for one; late, how long anything may take.
const (
	soon = 100 * time.Millisecond
	late = 10 * time.Second
)

// echo answers with what it gets, and ends its stream when the other ends.
func echo(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(conn, conn)
				_ = conn.Close()
			}()
		}
	}()
	return l.Addr().String()
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(late))
	return conn
}

// ask sends text and returns what comes back of it and how long that took.
func ask(conn net.Conn, text string) (answer string, took time.Duration, err error) {
	begin := time.Now()
	if _, err = io.WriteString(conn, text); err != nil {
		return "", 0, err
	}
	b := make([]byte, len(text))
	n, err := io.ReadFull(conn, b)
	return string(b[:n]), time.Since(begin), err
}

func mustAsk(t *testing.T, conn net.Conn, text string) (took time.Duration) {
	t.Helper()
	answer, took, err := ask(conn, text)
	if err != nil || answer != text {
		t.Fatalf("%q is answered by %q, %v", text, answer, err)
	}
	return took
}

// mustBeSilent wants the connection open and nothing to come.
func mustBeSilent(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(soon))
	if n, err := conn.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, %v", n, err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(late))
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// directions runs f with the fault in each direction.
func directions(t *testing.T, f func(*testing.T, *Proxy, *Direction)) {
	t.Helper()
	for _, name := range []string{"up", "down"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Start(t, echo(t))
			f(t, p, map[string]*Direction{"up": p.Up, "down": p.Down}[name])
		})
	}
}

func TestForwards(t *testing.T) {
	p := Start(t, echo(t))
	for range 3 {
		mustAsk(t, dial(t, p), "hello")
	}
	large := string(bytes.Repeat([]byte("0123456789"), 1<<17))
	conn := dial(t, p)
	go func() { _, _ = io.WriteString(conn, large) }()
	b := make([]byte, len(large))
	if _, err := io.ReadFull(conn, b); err != nil || string(b) != large {
		t.Errorf("a megabyte comes back otherwise: %v", err)
	}
	if n := p.Accepted(); n != 4 {
		t.Errorf("accepted %d", n)
	}
}

func TestForwardsTheEnd(t *testing.T) {
	p := Start(t, echo(t))
	conn := dial(t, p)
	mustAsk(t, conn, "hello")
	_ = conn.(*net.TCPConn).CloseWrite()
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the server's end arrives as %v", err)
	}
	for end := time.Now().Add(late); p.Open() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still open")
		}
	}
}

func TestLatency(t *testing.T) {
	directions(t, func(t *testing.T, p *Proxy, d *Direction) {
		const latency = 80 * time.Millisecond
		conn := dial(t, p)
		d.Set(Fault{Latency: latency, Jitter: latency})
		if took := mustAsk(t, conn, "late"); took < latency {
			t.Errorf("took %v", took)
		}
		begin := time.Now()
		for range 20 {
			send(t, conn, "x")
			time.Sleep(latency / 20)
		}
		if _, err := io.ReadFull(conn, make([]byte, 20)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > 10*latency {
			t.Errorf("20 pieces at once took %v: one latency each", took)
		}
	})
}

func TestBandwidth(t *testing.T) {
	directions(t, func(t *testing.T, p *Proxy, d *Direction) {
		conn := dial(t, p)
		d.Set(Fault{Bandwidth: 10_000})
		if took := mustAsk(t, conn, string(make([]byte, 2000))); took < 150*time.Millisecond {
			t.Errorf("2000 bytes took %v", took)
		}
	})
}

func TestResetAfter(t *testing.T) {
	directions(t, func(t *testing.T, p *Proxy, d *Direction) {
		conn := dial(t, p)
		mustAsk(t, conn, "before")
		d.Set(Fault{ResetAfter: 5})
		mustAsk(t, conn, "four")
		if _, _, err := ask(conn, "more"); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("ended with %v", err)
		}
		d.Clear()
		mustAsk(t, dial(t, p), "after it")
	})
}

func TestHold(t *testing.T) {
	directions(t, func(t *testing.T, p *Proxy, d *Direction) {
		conn := dial(t, p)
		d.Set(Fault{Hold: true})
		send(t, conn, "held")
		mustBeSilent(t, conn)
		d.Clear()
		if b, err := io.ReadAll(io.LimitReader(conn, 4)); err != nil || string(b) != "held" {
			t.Errorf("%q came, %v", b, err)
		}
	})
}

func TestBlackHole(t *testing.T) {
	directions(t, func(t *testing.T, p *Proxy, d *Direction) {
		used, unused := dial(t, p), dial(t, p)
		mustAsk(t, used, "before")
		d.Set(Fault{BlackHole: true})
		send(t, used, "lost")
		mustBeSilent(t, used)
		d.Clear()
		send(t, used, "lost too")
		mustBeSilent(t, used)
		mustAsk(t, unused, "nothing was lost here")
	})
}

func TestHalfClose(t *testing.T) {
	t.Run("down", func(t *testing.T) {
		p := Start(t, echo(t))
		conn := dial(t, p)
		mustAsk(t, conn, "before")
		p.Down.Set(Fault{HalfClose: true})
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("an idle connection: %v", err)
		}
		if _, err := io.WriteString(conn, "still up"); err != nil || p.Open() != 1 {
			t.Errorf("%d open, %v", p.Open(), err)
		}
		p.Down.Clear()
		mustAsk(t, dial(t, p), "after")
	})
	t.Run("up", func(t *testing.T) { // the server answers with its own end
		p := Start(t, echo(t))
		conn := dial(t, p)
		mustAsk(t, conn, "before")
		p.Up.Set(Fault{HalfClose: true})
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("an idle connection: %v", err)
		}
	})
}

func TestRefuse(t *testing.T) {
	p := Start(t, echo(t))
	conn := dial(t, p)
	mustAsk(t, conn, "before")
	p.Refuse()
	if _, err := net.Dial("tcp", p.Addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialled: %v", err)
	}
	mustAsk(t, conn, "open connections stay")
	p.Resume(t)
	mustAsk(t, dial(t, p), "after")
}

func TestCutAndReset(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(*Proxy)
		want error
	}{"cut": {(*Proxy).Cut, io.EOF}, "reset": {(*Proxy).Reset, syscall.ECONNRESET}} {
		p := Start(t, echo(t))
		conn := dial(t, p)
		mustAsk(t, conn, "before")
		test.end(p)
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		mustAsk(t, dial(t, p), "after")
	}
}

func TestNoBackend(t *testing.T) {
	gone := Start(t, echo(t))
	gone.Refuse()
	conn, err := net.Dial("tcp", Start(t, gone.Addr).Addr)
	if err == nil { // else the reset was quicker
		_, err = conn.Read(make([]byte, 1))
		_ = conn.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("answered %v", err)
	}
}

func TestTLS(t *testing.T) {
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(https.Certificate())
	p := StartTLS(t, echo(t), &tls.Config{Certificates: https.TLS.Certificates})
	conn, err := tls.Dial("tcp", p.Addr, &tls.Config{RootCAs: trusted})
	if err != nil {
		t.Fatal(err)
	}
	mustAsk(t, conn, "secret")
	p.Down.Set(Fault{HalfClose: true})
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the end arrives as %v", err)
	}
	_ = conn.Close()
}
