package main

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// listen serves each connection until the test ends.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepting(t, l, handle)
	return l.Addr().String()
}

func accepting(t *testing.T, l net.Listener, handle func(net.Conn)) {
	t.Helper()
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				handle(conn)
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
}

func echo(conn net.Conn) { _, _ = io.Copy(conn, conn) }

// startProxy returns where the proxy listens until the test ends.
func startProxy(t *testing.T, delay time.Duration, server string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := serve(newLine(delay, chunks, largestChunk), l, server); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return l.Addr().String()
}

func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn.(*net.TCPConn)
}

// exchange sends the bytes to an echo and ends its own direction: all must come
// back, no earlier than after a round trip, and then the end.
func exchange(t *testing.T, conn *net.TCPConn, size int, roundTrip time.Duration) {
	t.Helper()
	sent := make([]byte, size)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(sent)
	start := time.Now()
	var writing sync.WaitGroup
	writing.Go(func() {
		if _, err := conn.Write(sent); err != nil {
			t.Error(err)
		}
		_ = conn.CloseWrite()
	})
	defer writing.Wait()
	first := make([]byte, 1)
	if _, err := io.ReadFull(conn, first); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < roundTrip {
		t.Errorf("the first byte came back after %s: before a round trip of %s", took, roundTrip)
	}
	rest, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if got := append(first, rest...); !bytes.Equal(got, sent) {
		t.Errorf("%d bytes came back, not the %d that were sent", len(got), len(sent))
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	const delay = 20 * time.Millisecond
	address := startProxy(t, delay, listen(t, echo))
	for name, size := range map[string]int{"one byte": 1, "megabytes": 8 << 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exchange(t, dial(t, address), size, 2*delay)
		})
	}
}

func TestProxyPassesEnd(t *testing.T) {
	t.Parallel()
	refusing, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = refusing.Close()
	for name, server := range map[string]string{
		"server closes":       listen(t, func(net.Conn) {}),
		"server is not there": refusing.Addr().String(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, startProxy(t, time.Millisecond, server))
			if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("read %d bytes, %v; want the end", n, err)
			}
		})
	}
}

// A client that only writes must hear that the server is gone, too.
func TestProxyPassesFailure(t *testing.T) {
	t.Parallel()
	conn := dial(t, startProxy(t, time.Millisecond, listen(t, func(net.Conn) {})))
	for {
		_, err := conn.Write([]byte("PING\r\n"))
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("all is taken from a client whose server is gone")
		}
		if err != nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestPing(t *testing.T) {
	t.Parallel()
	answers := func(reply string) func(net.Conn) {
		return func(conn net.Conn) {
			for b := make([]byte, 6); ; {
				if _, err := io.ReadFull(conn, b); err != nil {
					return
				}
				_, _ = io.WriteString(conn, reply)
			}
		}
	}
	took, err := ping(startProxy(t, 2*time.Millisecond, listen(t, answers("+PONG\r\n"))))
	if err != nil {
		t.Fatal(err)
	}
	if len(took) != pings {
		t.Errorf("%d pings, want %d", len(took), pings)
	}
	if m := median(took); m < 4*time.Millisecond {
		t.Errorf("a ping took %s through a proxy with 2ms each way", m)
	}
	_, err = ping(listen(t, answers("-NOAUTH Authentication required.\r\n")))
	if err == nil || !strings.Contains(err.Error(), "NOAUTH") {
		t.Errorf("ping: %v, want what the server said", err)
	}
}
