package raw

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/resp"
)

// serveEcho answers a command with its words, over one connection.
func serveEcho(t *testing.T) string {
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
		for r := resp.NewReader(conn, 0); ; {
			words, err := r.ReadCommand()
			if err != nil {
				return
			}
			reply := resp.AppendArray(nil, len(words))
			for _, word := range words {
				reply = resp.AppendBulk(reply, word)
			}
			if _, err := conn.Write(reply); err != nil {
				return
			}
		}
	}()
	return l.Addr().String()
}

var ping = clients.Call{Words: []string{"PING"}}

// Replies that servers hardly give, each with the error that it is, if any.
func TestOddAnswers(t *testing.T) {
	deep := strings.Repeat("*1\r\n", resp.MaxNested+1) + ":1\r\n"
	cases := []struct {
		reply, says string
		usable      bool
	}{
		{"*2\r\n-MINE own\r\n:1\r\n", "MINE own", true},
		{"!8\r\nMINE own\r\n", "MINE own", true},
		{"|1\r\n+about\r\n*1\r\n:1\r\n(123456789012345678901234567890\r\n", "", true},
		{"*-1\r\n", "", true},
		{">2\r\n+invalidate\r\n*0\r\n", "unexpected reply of type '>'", false},
		{"=2\r\ntx\r\n", "without a format", false},
		{":1x\r\n", "invalid syntax", false},
		{deep, "too many nested", false},
		{"*2\r\n:1\r\n?\r\n", "unknown reply type", false},
	}
	for _, c := range cases {
		s := openAt(t, serve(t, words(ping.Words...), c.reply), time.Second).(*session)
		err := s.Do(context.Background(), ping, &clients.Answer{})
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.30q: %v, want %q", c.reply, err, c.says)
		}
		if usable := s.conn != nil; usable != c.usable {
			t.Errorf("%.30q leaves the connection in use: %v", c.reply, usable)
		}
	}
}

func TestOddTransactions(t *testing.T) {
	request := words("MULTI") + 2*words("PING") + words("EXEC")
	const queued = "+OK\r\n+QUEUED\r\n+QUEUED\r\n"
	cases := []struct {
		reply, says string
		usable      bool
	}{
		{queued + "*2\r\n+PONG\r\n+PONG\r\n", "", true},
		{queued + "*-1\r\n", "a watched key has changed", true},
		{queued + "*2\r\n-MINE first\r\n-MINE second\r\n", "MINE first", true},
		{queued + "-EXECABORT told\r\n", "EXECABORT told", true},
		{"+OK\r\n-ERR first\r\n-ERR second\r\n-EXECABORT told\r\n", "ERR first", true},
		{queued + "*1\r\n+PONG\r\n", "length 1", false},
		{"+OK\r\n+QUEUED\r\n$4\r\nPONG\r\n*0\r\n", "unexpected reply of type '$'", false},
	}
	for _, c := range cases {
		s := openAt(t, serve(t, request, c.reply), time.Second).(*session)
		err := s.Transact(context.Background(), []clients.Call{ping, ping}, make([]clients.Answer, 2))
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.30q: %v, want %q", c.reply, err, c.says)
		}
		if usable := s.conn != nil; usable != c.usable {
			t.Errorf("%.30q leaves the connection in use: %v", c.reply, usable)
		}
	}
}

// A call that blocks has no deadline, and ends with its context.
func TestBlockingCallIsCancelled(t *testing.T) {
	const never = 1 << 20 // bytes of a request before there is an answer
	s := openAt(t, serve(t, never, ""), 20*time.Millisecond).(*session)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begin := time.Now()
	err := s.Do(ctx, clients.Call{Words: []string{"BLPOP", "key", "0"}, Key: 1, Blocks: true}, &clients.Answer{})
	if took := time.Since(begin); took < 200*time.Millisecond || clients.Classify(err) != clients.Timeout {
		t.Errorf("ended after %v with %v", took, err)
	}
	if s.conn != nil {
		t.Error("the connection is used on")
	}
}
