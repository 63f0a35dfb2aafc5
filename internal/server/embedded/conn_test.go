package embedded

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/internal/resp"
)

// inParallel runs do on that many connections and waits for all.
func inParallel(t *testing.T, s *Server, connections int, do func(p *peer, i int)) {
	t.Helper()
	var group sync.WaitGroup
	for i := range connections {
		p := connect(t, s)
		group.Go(func() { do(p, i) })
	}
	group.Wait()
}

func TestIncrementsFromManyConnections(t *testing.T) {
	s := start(t, Options{})
	const connections, times = 16, 200
	inParallel(t, s, connections, func(p *peer, i int) {
		for range times {
			p.do("INCR", "shared")
			p.do("SET", fmt.Sprint("own:", i), "v", "PX", "1")
			p.do("MGET", "shared", "own:0", "own:1")
			p.do("DEL", fmt.Sprint("own:", i), "own:3")
		}
	})
	connect(t, s).want(strconv.Itoa(connections*times), "GET", "shared")
}

// Both keys of a transaction, or of an MSET, must always be seen equal.
func TestTransactionsAreIsolated(t *testing.T) {
	s := start(t, Options{})
	const times = 200
	inParallel(t, s, 12, func(p *peer, i int) {
		for n := range times {
			value := fmt.Sprint(i, ":", n)
			switch i % 4 {
			case 0:
				p.do("MSET", "a", value, "b", value)
			case 1:
				p.do("MULTI")
				p.do("SET", "a", value)
				p.do("SET", "b", value)
				p.do("EXEC")
			case 2:
				seesEqual(t, p.do("MGET", "b", "a"))
			default:
				p.do("MULTI")
				p.do("GET", "a")
				p.do("GET", "b")
				seesEqual(t, p.do("EXEC"))
			}
		}
	})
}

func seesEqual(t *testing.T, reply resp.Value) {
	if a, b := reply.Elems[0].Text, reply.Elems[1].Text; a != b {
		t.Errorf("saw %q and %q", a, b)
	}
}

func TestEverythingAtOnce(t *testing.T) {
	s := start(t, Options{})
	everyKind := [][]string{
		{"FLUSHALL"}, {"DBSIZE"}, {"SCAN", "0", "COUNT", "100"}, {"INFO", "everything"}, {"MULTI"}, {"INFO", "all"},
		{"DBSIZE"}, {"SCAN", "0"}, {"FLUSHDB"}, {"MSET", "a", "1", "b", "2"}, {"EXEC"}, {"EXPIRE", "a", "1"}, {"TTL", "b"},
		{"SELECT", "1"}, {"SET", "a", "1", "GET", "PX", "1"}, {"SELECT", "0"}, {"EXISTS", "a", "b"}, {"UNLINK", "b"},
		{"CLIENT", "LIST"}, {"CLIENT", "SETNAME", "me"}, {"CLIENT", "SETINFO", "lib-name", "lib"}, {"HELLO", "3"}, {"nosuch"}, {"CLIENT", "PAUSE", "1"}, {"CLIENT", "KILL", "ID", "999999"}, {"CLIENT", "UNPAUSE"},
	}
	inParallel(t, s, 8, func(p *peer, i int) {
		for n := range 20 * len(everyKind) {
			p.do(everyKind[(n+i)%len(everyKind)]...)
		}
	})
}

func TestRepliesDoNotWaitForTheRestOfARequest(t *testing.T) {
	p := connect(t, start(t, Options{}))
	p.send("PING\r\n*2\r\n$4\r\nECHO\r\n$3\r\na")
	if kind, body, err := p.in.ReadScalar(); err != nil || kind != resp.Simple || string(body) != "PONG" {
		t.Fatalf("got %q %q %v", kind, body, err)
	}
	p.send("bc\r\n")
	if _, body, err := p.in.ReadScalar(); err != nil || string(body) != "abc" {
		t.Fatalf("got %q %v", body, err)
	}
}

// A pipeline whose replies exceed every buffer must come back whole while the
// client is still sending.
func TestLongPipeline(t *testing.T) {
	p := connect(t, start(t, Options{}))
	const times = 2000
	p.do("SET", "k", strings.Repeat("x", 4096))
	go io.WriteString(p.conn, strings.Repeat("GET k\r\nINCR n\r\n", times))
	for i := range times {
		if _, body, err := p.in.ReadScalar(); err != nil || len(body) != 4096 {
			t.Fatalf("GET %d: %d bytes, %v", i, len(body), err)
		}
		if _, body, err := p.in.ReadScalar(); err != nil || string(body) != strconv.Itoa(i+1) {
			t.Fatalf("INCR %d: %q, %v", i, body, err)
		}
	}
}

func TestHTTPEndsTheConnection(t *testing.T) {
	s := start(t, Options{})
	got := everything(connect(t, s), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\nFLUSHALL\r\n")
	if strings.Contains(got, "OK") {
		t.Errorf("a command in an HTTP request was run: %q", got)
	}
	if n := calls(t, connect(t, s), "flushall")["calls"]; n != "" {
		t.Errorf("flushall ran %s times", n)
	}
}

func TestConnectionsThatBreakOff(t *testing.T) {
	s := start(t, Options{})
	for _, request := range []string{"", "*", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\nabc", "MULTI\r\n", "GET k"} {
		p := connect(t, s)
		p.send(request)
		p.conn.Close()
	}
	p := connect(t, s)
	deadline := time.Now().Add(20 * time.Second)
	for p.fields("clients")["connected_clients"] != "1" {
		if time.Now().After(deadline) {
			t.Fatal("broken connections are still counted")
		}
		time.Sleep(time.Millisecond)
	}
}

// Close must end connections that are idle, blocked in a write, or in the
// middle of a request.
func TestCloseEndsEverything(t *testing.T) {
	s, err := Listen(Options{})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- s.Serve() }()
	idle, writing, half := connect(t, s), connect(t, s), connect(t, s)
	idle.want("PONG", "PING")
	idle.do("SET", "k", strings.Repeat("x", 1<<20))
	half.send("*2\r\n$4\r\nECHO\r\n$3\r\na")
	writing.send(strings.Repeat("GET k\r\n", 64)) // far more than the sockets hold
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if conn, err := net.Dial("tcp", s.Addr().String()); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
	for _, p := range []*peer{idle, half} {
		if _, err := io.ReadAll(p.conn); isTimeout(err) {
			t.Error("a connection is still open")
		}
	}
}

func isTimeout(err error) bool {
	nerr, ok := err.(net.Error)
	return ok && nerr.Timeout()
}

func TestListenErrors(t *testing.T) {
	s := start(t, Options{})
	if host, _, _ := net.SplitHostPort(s.Addr().String()); host != "127.0.0.1" {
		t.Errorf("it listens on %s unless told otherwise", host)
	}
	if second, err := Listen(Options{Addr: s.Addr().String()}); err == nil {
		second.Close()
		t.Error("two servers on one port")
	}
}
