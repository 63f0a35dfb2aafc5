package raw

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/resp"
)

// Sizes that hold a flush of a few dozen small commands. Both buffers grow
// with what passes through them.
const (
	readBuffer  = 16 << 10
	writeBuffer = 4 << 10
)

// A session is a connection and its buffers, or the wish for one after an
// error that broke it. It ignores the context of a call, but for dialling.
type session struct {
	client *client
	conn   net.Conn                 // nil: dial on the next call
	open   atomic.Pointer[net.Conn] // the same, for Close
	out    []byte                   // the request being built
	replies

	dialled time.Time     // from here the next is counted
	extend  time.Duration // when the deadline is to be moved again
}

// Replies are the memory in which what was read last lies.
type replies struct {
	reader *resp.Reader
	bodies []byte // what the reader would overwrite with the next part
}

func newReplies() replies { return replies{reader: resp.NewReader(nil, readBuffer)} }

func newSession(c *client) *session {
	return &session{client: c, replies: newReplies(), out: make([]byte, 0, writeBuffer)}
}

func (s *session) Set(ctx context.Context, key string, v clients.Value) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	s.out = appendSet(s.out[:0], key, v)
	if err := s.write(); err != nil {
		return s.broken(err)
	}
	return s.checked(s.readOK())
}

func (s *session) Get(ctx context.Context, key string, into *clients.Reply) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	s.out = appendGet(s.out[:0], key)
	if err := s.write(); err != nil {
		return s.broken(err)
	}
	body, err := s.readValue()
	if err != nil {
		return s.checked(err)
	}
	fill(into, body)
	return nil
}

// Pipeline writes all commands at once and then reads all replies.
func (s *session) Pipeline(ctx context.Context, commands []clients.Command) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	s.out, s.bodies = s.out[:0], s.bodies[:0]
	for i := range commands {
		if c := &commands[i]; c.IsGet {
			s.out = appendGet(s.out, c.Key)
		} else {
			s.out = appendSet(s.out, c.Key, c.Value)
		}
	}
	if err := s.write(); err != nil {
		return s.broken(err)
	}
	return s.readAll(commands)
}

func (s *session) Incr(ctx context.Context, key string) (int64, error) {
	if err := s.connect(ctx); err != nil {
		return 0, err
	}
	s.out = appendIncr(s.out[:0], key)
	if err := s.write(); err != nil {
		return 0, s.broken(err)
	}
	count, err := s.readCount()
	return count, s.checked(err)
}

// Close ends a call that is under way in another goroutine.
func (s *session) Close() error {
	if conn := s.open.Load(); conn != nil {
		return s.client.drop(*conn)
	}
	return nil
}

// hangUp has the next call dial.
func (s *session) hangUp() error {
	if s.conn == nil {
		return nil
	}
	conn := s.conn
	s.conn = nil
	s.open.Store(nil)
	return s.client.drop(conn)
}
