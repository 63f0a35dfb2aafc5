package clients

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"
)

// listen accepts and holds connections until the test ends.
func listen(t *testing.T, network, addr string) string {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
		}
	}()
	return l.Addr().String()
}

func mustDial(t *testing.T, d *Dialer, addr string) net.Conn {
	t.Helper()
	conn, err := d.Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestDialCountsEveryAttempt(t *testing.T) {
	d := NewDialer("tcp", time.Second, nil)
	addr := listen(t, "tcp", "127.0.0.1:0")
	mustDial(t, d, addr)
	mustDial(t, d, addr)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	if _, err := d.Dial(t.Context(), closed); err == nil || Classify(err) != Refused {
		t.Errorf("a closed port is %v", err)
	}
	d.Count()
	if got := d.Dials(); got != 4 {
		t.Errorf("counted %d dials of 4", got)
	}
}

func TestDialUnixSocket(t *testing.T) {
	path := listen(t, "unix", filepath.Join(t.TempDir(), "s"))
	conn := mustDial(t, NewDialer("unix", time.Second, nil), path)
	if got := conn.RemoteAddr().Network(); got != "unix" {
		t.Errorf("dialled over %s", got)
	}
}

func TestDialVerifiesTLS(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	addr := server.Listener.Addr().String()
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())

	conn := mustDial(t, NewDialer("tcp", time.Second, &tls.Config{RootCAs: trusted}), addr)
	if _, ok := conn.(*tls.Conn); !ok {
		t.Errorf("dialled a %T", conn)
	}
	if _, err := NewDialer("tcp", time.Second, &tls.Config{}).Dial(t.Context(), addr); err == nil {
		t.Error("trusts a certificate that nobody vouches for")
	}
}

func TestDialGivesUpOnASilentTLSServer(t *testing.T) {
	d := NewDialer("tcp", 100*time.Millisecond, &tls.Config{ServerName: "silent"})
	_, err := d.Dial(t.Context(), listen(t, "tcp", "127.0.0.1:0"))
	if err == nil || Classify(err) != Timeout {
		t.Errorf("a silent server is %v", err)
	}
}
