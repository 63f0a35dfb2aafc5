package main

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"respbench.dev/respbench/internal/resp"
)

// A recorder is a server that keeps values and notes each SET and GET.
type recorder struct {
	listener net.Listener
	lies     atomic.Bool // every GET is answered with something else

	mu       sync.Mutex
	values   map[string]string
	commands []string
	serving  sync.WaitGroup
	conns    []net.Conn
}

func startRecorder(t *testing.T) *recorder {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{listener: listener, values: map[string]string{}}
	r.serving.Go(r.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		r.mu.Lock()
		for _, conn := range r.conns {
			_ = conn.Close()
		}
		r.mu.Unlock()
		r.serving.Wait()
	})
	return r
}

func (r *recorder) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		r.conns = append(r.conns, conn)
		r.mu.Unlock()
		r.serving.Go(func() { r.serve(conn) })
	}
}

func (r *recorder) serve(conn net.Conn) {
	defer conn.Close()
	in := resp.NewReader(conn, 4<<10)
	var out []byte
	for {
		args, err := in.ReadCommand()
		if err != nil {
			return
		}
		words := make([]string, len(args))
		for i, arg := range args {
			words[i] = string(arg)
		}
		out = r.answer(out, words)
		if in.Buffered() == 0 {
			if _, err := conn.Write(out); err != nil {
				return
			}
			out = out[:0]
		}
	}
}

func (r *recorder) answer(out []byte, words []string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch words[0] = strings.ToUpper(words[0]); words[0] {
	case "SET":
		r.values[words[1]] = words[2]
		r.commands = append(r.commands, strings.Join(words, " "))
		return resp.AppendSimple(out, "OK")
	case "GET":
		r.commands = append(r.commands, strings.Join(words, " "))
		if r.lies.Load() {
			return resp.AppendBulkString(out, "not what was set")
		}
		return resp.AppendBulkString(out, r.values[words[1]])
	case "PING":
		return resp.AppendSimple(out, "PONG")
	}
	return resp.AppendError(out, "ERR unknown command '"+words[0]+"'")
}

// first returns the first n commands.
func (r *recorder) first(t *testing.T, n int) []string {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.commands) < n {
		t.Fatalf("only %d commands came", len(r.commands))
	}
	return r.commands[:n]
}
