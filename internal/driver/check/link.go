package check

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"

	"respbench.dev/respbench/internal/resp"
)

// A link is a driver's connection and ours to the server for it.
type link struct {
	proxy          *proxy
	client, server net.Conn
	done           chan struct{} // closed with the link
	once           sync.Once

	mu      sync.Mutex
	pending [][]string // first words of commands that wait for a reply
	resp3   bool
}

const bufferSize = 16 << 10

func (l *link) run() {
	var ends sync.WaitGroup
	for _, pass := range []func() error{l.passCommands, l.passReplies} {
		ends.Go(func() {
			_ = pass() // either end may close at any time
			l.close()
		})
	}
	ends.Wait()
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.done)
		_, _ = l.client.Close(), l.server.Close()
	})
}

// passCommands hands on what the driver sends, byte by byte as it was.
func (l *link) passCommands() error {
	in := &tee{src: l.client}
	commands, out := resp.NewReader(in, bufferSize), bufio.NewWriterSize(l.server, bufferSize)
	for {
		if err := flushIf(commands.Buffered() == 0, out); err != nil {
			return err
		}
		args, err := commands.ReadCommand()
		if err != nil {
			return err
		}
		l.expect(args)
		if _, err := out.Write(in.take(commands.Buffered())); err != nil {
			return err
		}
	}
}

// expect remembers whose reply comes next.
func (l *link) expect(args [][]byte) {
	words := []string{strings.ToUpper(string(args[0]))}
	if len(args) > 1 {
		words = append(words, string(args[1]))
	}
	switch c := (command{name: words[0]}); {
	case c.name == "SET" && len(args) > 2:
		c.key, c.value = words[1], string(args[2])
		l.proxy.note(c)
	case c.name == "GET" && len(args) > 1:
		c.key = words[1]
		l.proxy.note(c)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, words)
}

// passReplies hands on what the server answers, but for the reply that the
// fault is for.
func (l *link) passReplies() error {
	in := &tee{src: l.server}
	replies, out := resp.NewReader(in, bufferSize), bufio.NewWriterSize(l.client, bufferSize)
	for {
		if err := flushIf(replies.Buffered() == 0, out); err != nil {
			return err
		}
		v, err := replies.ReadValue()
		if err != nil {
			return err
		}
		raw := in.take(replies.Buffered())
		if l.proxy.strikes(l.answered(v)) {
			if err := out.Flush(); err != nil {
				return err
			}
			if raw, err = l.proxy.fault.do(l, raw); err != nil {
				return err
			}
		}
		if _, err := out.Write(raw); err != nil {
			return err
		}
	}
}

// answered tells what v is the reply to; it is empty for what the server says
// unasked, and for a reply other than the usual.
func (l *link) answered(v resp.Value) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v.Kind == resp.Push || len(l.pending) == 0 {
		return ""
	}
	words := l.pending[0]
	l.pending = l.pending[1:]
	switch name := words[0]; {
	case name == "HELLO" && len(words) > 1 && !v.IsError():
		l.resp3 = words[1] == "3"
	case name == "SET" && v.Kind == resp.Simple, name == "GET" && v.Kind == resp.Bulk:
		return name
	}
	return ""
}

// flushIf sends what is waiting once there is nothing more to add to it.
func flushIf(idle bool, out *bufio.Writer) error {
	if !idle {
		return nil
	}
	return out.Flush()
}

// A tee keeps what is read through it until it is taken.
type tee struct {
	src  io.Reader
	kept []byte
}

func (t *tee) Read(b []byte) (int, error) {
	n, err := t.src.Read(b)
	t.kept = append(t.kept, b[:n]...)
	return n, err
}

// take returns what was read since it was last called, but for the last unread
// bytes. It is valid until the next Read.
func (t *tee) take(unread int) []byte {
	n := len(t.kept) - unread
	taken := t.kept[:n:n]
	t.kept = t.kept[n:]
	return taken
}
