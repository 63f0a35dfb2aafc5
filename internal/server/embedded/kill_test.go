package embedded

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// gone reports whether the server has closed a peer's connection.
func gone(p *peer) bool {
	p.t.Helper()
	_, err := p.conn.Read(make([]byte, 1))
	if isTimeout(err) {
		p.t.Fatal("the connection is still open")
	}
	return err != nil
}

// ids are those of CLIENT LIST.
func ids(p *peer) string {
	p.t.Helper()
	var list []string
	for line := range strings.Lines(p.do("CLIENT", "LIST").Text) {
		id, _, _ := strings.Cut(line, " ")
		list = append(list, strings.TrimPrefix(id, "id="))
	}
	return strings.Join(list, " ")
}

// ofLine takes a field of a connection's own line.
func ofLine(p *peer, name string) string {
	p.t.Helper()
	for word := range strings.FieldsSeq(p.do("CLIENT", "INFO").Text) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	p.t.Fatalf("CLIENT INFO without %s", name)
	return ""
}

func TestClientList(t *testing.T) {
	s := start(t, Options{})
	a, b := connect(t, s), connect(t, s)
	b.do("CLIENT", "SETNAME", "other")
	b.do("SELECT", "3")
	if got := ids(a); got != "1 2" {
		t.Errorf("CLIENT LIST shows %q", got)
	}
	line := a.do("CLIENT", "LIST", "ID", "2").Text
	for _, word := range []string{"id=2 ", " addr=" + b.conn.LocalAddr().String() + " ", " name=other ", " db=3 "} {
		if !strings.Contains(line, word) {
			t.Errorf("CLIENT LIST ID 2 lacks %q: %q", word, line)
		}
	}
	if got := a.do("CLIENT", "LIST", "TYPE", "normal").Text; strings.Count(got, "\n") != 2 {
		t.Errorf("CLIENT LIST TYPE normal: %q", got)
	}
}

func TestClientKill(t *testing.T) {
	for name, test := range map[string]struct {
		request func(other *peer) []string
		want    string
		self    bool // is gone too
	}{
		"address":     {func(o *peer) []string { return []string{ofLine(o, "addr")} }, "OK", false},
		"ID":          {func(o *peer) []string { return []string{"ID", ofLine(o, "id")} }, "1", false},
		"ADDR":        {func(o *peer) []string { return []string{"ADDR", ofLine(o, "addr")} }, "1", false},
		"TYPE":        {func(*peer) []string { return []string{"TYPE", "normal"} }, "1", false},
		"with itself": {func(*peer) []string { return []string{"TYPE", "normal", "SKIPME", "no"} }, "2", true},
		"LADDR":       {func(o *peer) []string { return []string{"LADDR", ofLine(o, "laddr"), "SKIPME", "yes"} }, "1", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, Options{})
			p, other := connect(t, s), connect(t, s)
			p.want(test.want, append([]string{"CLIENT", "KILL"}, test.request(other)...)...)
			if !gone(other) {
				t.Error("the other connection still answers")
			}
			if test.self {
				gone(p)
				return
			}
			if got := ids(p); got != "1" {
				t.Errorf("CLIENT LIST shows %q", got)
			}
		})
	}
}

// What a killed connection had done stays counted, and nothing that it sent
// before is done afterwards.
func TestKillWithinAPipeline(t *testing.T) {
	s := start(t, Options{})
	admin, p := connect(t, s), connect(t, s)
	p.do("INCR", "n")
	p.send(fmt.Sprintf("INCR n\r\nCLIENT KILL ID %s SKIPME no\r\nINCR n\r\n", "2"))
	if rest, err := io.ReadAll(p.conn); err != nil || string(rest) != ":2\r\n:1\r\n" {
		t.Errorf("got %q, %v", rest, err)
	}
	admin.want("2", "GET", "n")
	if got := calls(t, admin, "incr")["calls"]; got != "2" {
		t.Errorf("incr has %s calls", got)
	}
}

// Whoever is killed at any moment ends, and leaves nothing behind.
func TestKillUnderLoad(t *testing.T) {
	s := start(t, Options{})
	admin := connect(t, s)
	done := make(chan struct{})
	for range 8 {
		p := connect(t, s)
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				if _, err := io.WriteString(p.conn, "INCR n\r\nMULTI\r\nSET k v\r\nEXEC\r\n"); err != nil {
					return
				}
				if _, err := p.in.ReadValue(); err != nil {
					return
				}
				for range 3 {
					if _, err := p.in.ReadValue(); err != nil {
						return
					}
				}
			}
		}()
	}
	for ended := 0; ended < 8; {
		admin.do("CLIENT", "KILL", "TYPE", "normal")
		select {
		case <-done:
			ended++
		case <-time.After(time.Millisecond):
		}
	}
	admin.do("FLUSHALL") // no lock is left behind
}
