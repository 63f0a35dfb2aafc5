package raw

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/resp"
)

// serve answers every request with the same bytes, so that only the client
// runs: requests of size bytes each.
func serve(t *testing.T, size int, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r, reply := bufio.NewReader(conn), []byte(answer)
		for {
			if _, err := r.Discard(size); err != nil {
				return
			}
			if _, err := conn.Write(reply); err != nil {
				return
			}
		}
	}()
	return l.Addr().String()
}

func openAt(t *testing.T, addr string, timeout time.Duration) clients.Session {
	t.Helper()
	_, s := openBoth(t, addr, timeout)
	return s
}

func openBoth(t *testing.T, addr string, timeout time.Duration) (clients.Client, clients.Session) {
	t.Helper()
	return openVariant(t, Library.Variants[0], addr, timeout)
}

func openVariant(t *testing.T, v clients.Variant, addr string, timeout time.Duration) (clients.Client, clients.Session) {
	t.Helper()
	c, err := v.Open(context.Background(), clients.Target{
		Mode: clients.Standalone, Addrs: []string{addr}, Timeout: timeout, Workers: 1, Conns: 1,
		Dialer: clients.NewDialer("tcp", time.Second, nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Session(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return c, s
}

func TestCallsAllocateNothing(t *testing.T) {
	ctx := context.Background()
	value := clients.ValueOf([]byte("0123456789abcdef"))
	set := string(appendSet(nil, "key", value))
	get := string(appendGet(nil, "key"))
	reply := "$16\r\n0123456789abcdef\r\n"
	var into clients.Reply
	commands := []clients.Command{{Key: "key", Value: value}, {Key: "key", IsGet: true}}
	scalar := clients.Call{Words: []string{"HGET", "key", "field"}, Key: 1}
	list := clients.Call{Words: []string{"XRANGE", "key", "-", "+"}, Key: 1}
	nested := "*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n:7\r\n"
	both := []clients.Call{scalar, list}
	transaction := words("MULTI") + words(scalar.Words...) + words(list.Words...) + words("EXEC")
	var answer clients.Answer
	answers := make([]clients.Answer, len(both))
	cases := []struct {
		name    string
		request int
		answer  string
		call    func(clients.Session) error
	}{
		{"set", len(set), "+OK\r\n", func(s clients.Session) error { return s.Set(ctx, "key", value) }},
		{"get", len(get), reply, func(s clients.Session) error { return s.Get(ctx, "key", &into) }},
		{"pipeline", len(set + get), "+OK\r\n" + reply, func(s clients.Session) error {
			return s.(clients.Pipeliner).Pipeline(ctx, commands)
		}},
		{"incr", len(appendIncr(nil, "key")), ":1234567890\r\n", func(s clients.Session) error {
			_, err := s.(clients.Counter).Incr(ctx, "key")
			return err
		}},
		{"do", words(scalar.Words...), reply, func(s clients.Session) error {
			return s.(clients.Commander).Do(ctx, scalar, &answer)
		}},
		{"do with a nested reply", words(list.Words...), nested, func(s clients.Session) error {
			return s.(clients.Commander).Do(ctx, list, &answer)
		}},
		{"transaction", transaction, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n" + reply + nested, func(s clients.Session) error {
			return s.(clients.Transactor).Transact(ctx, both, answers)
		}},
	}
	for _, c := range cases {
		s := openAt(t, serve(t, c.request, c.answer), time.Minute)
		if n := testing.AllocsPerRun(2000, func() {
			s.(*session).extend = 0 // moving the deadline is part of it
			if err := c.call(s); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
	if err := into.Check("key", value); err != nil {
		t.Error(err)
	}
}

// words is how many bytes a command takes.
func words(command ...string) int { return len(resp.AppendCommand(nil, command...)) }

// An answer of the wrong type must not pass for success, and ends the
// connection: what follows it cannot be trusted.
func TestUnexpectedReplies(t *testing.T) {
	ctx := context.Background()
	get := len(appendGet(nil, "key"))
	for _, answer := range []string{"+OK\r\n", ":1\r\n", "*1\r\n$1\r\na\r\n", "nonsense\r\n", "$3\r\nabcde\r\n"} {
		s := openAt(t, serve(t, get, answer), time.Second)
		var into clients.Reply
		if err := s.Get(ctx, "key", &into); err == nil {
			t.Errorf("%q passes for a value", answer)
		}
		if s.(*session).conn != nil {
			t.Errorf("%q leaves the connection in use", answer)
		}
	}
	set := len(appendSet(nil, "key", clients.ValueOf(nil)))
	for _, answer := range []string{"$2\r\nOK\r\n", "$-1\r\n", ":1\r\n"} {
		s := openAt(t, serve(t, set, answer), time.Second)
		if err := s.Set(ctx, "key", clients.ValueOf(nil)); err == nil {
			t.Errorf("%q passes for OK", answer)
		}
	}
	incr := len(appendIncr(nil, "key"))
	for _, answer := range []string{"+OK\r\n", "$1\r\n1\r\n", "$-1\r\n", ":x\r\n"} {
		s := openAt(t, serve(t, incr, answer), time.Second)
		if n, err := s.(clients.Counter).Incr(ctx, "key"); err == nil || n != 0 {
			t.Errorf("%q passes for the number %d", answer, n)
		}
	}
}

// A call that begins just before the deadline would be moved still has the
// whole time-out.
func TestDeadlineLeavesTheWholeTimeout(t *testing.T) {
	get := len(appendGet(nil, "key"))
	s := openAt(t, serve(t, get, "$1\r\na\r\n"), time.Hour).(*session)
	for i := range 5 {
		if err := s.Get(context.Background(), "key", &clients.Reply{}); err != nil {
			t.Fatal(err)
		}
		now := time.Since(s.dialled)
		if left := s.extend + time.Hour - now; left < time.Hour || left > 5*time.Hour/4 {
			t.Fatal(fmt.Sprint("call ", i, " has ", left))
		}
		s.extend = now // the next call finds it due
	}
}

func TestCloseEndsABlockedCall(t *testing.T) {
	const never = 1 << 20 // bytes of a request before there is an answer
	c, s := openBoth(t, serve(t, never, ""), time.Hour)
	blocked := make(chan error, 1)
	go func() { blocked <- s.Get(context.Background(), "key", &clients.Reply{}) }()
	time.Sleep(20 * time.Millisecond) // a call that is not sent yet must end as well
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-blocked:
		if err == nil || clients.Classify(err) != clients.Reset {
			t.Errorf("the call ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the call is still blocked")
	}
	if err := s.Set(context.Background(), "key", clients.ValueOf(nil)); err == nil {
		t.Error("a closed client dials again")
	}
}
