package raw

import (
	"context"
	"fmt"
	"math"
	"time"
	"unsafe"

	"respbench.dev/respbench/internal/resp"
)

func (s *session) Listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	return s.client.listen(ctx, channel, ready, message)
}

// listen dials a connection for itself and closes it in the end, which ends the
// subscription as well.
func (c *client) listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	l := newSession(c)
	err := l.listen(ctx, channel, ready, message)
	if ctx.Err() != nil {
		return l.hangUp()
	}
	return l.broken(err)
}

// listen returns when the connection has ended, which the end of ctx does.
func (s *session) listen(ctx context.Context, channel string, ready func(), message func(string)) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	conn := s.conn
	defer context.AfterFunc(ctx, func() { _ = s.client.drop(conn) })()
	if err := s.subscribe(channel); err != nil {
		return err
	}
	ready()
	for {
		payload, err := s.readPushed("message")
		if err != nil {
			return err
		}
		message(unsafe.String(unsafe.SliceData(payload), len(payload)))
	}
}

// subscribe waits for the server's word as long as for any reply, and has the
// connection wait for messages for ever.
func (s *session) subscribe(channel string) error {
	s.out = resp.AppendCommand(s.out[:0], "SUBSCRIBE", channel)
	if err := s.write(); err != nil {
		return err
	}
	if _, err := s.readPushed("subscribe"); err != nil {
		return err
	}
	s.extend = math.MaxInt64
	return s.conn.SetDeadline(time.Time{})
}

// readPushed reads a kind of message, the channel and what else it has to say.
func (s *session) readPushed(want string) (last []byte, err error) {
	kind, body, n, err := s.reader.ReadPart()
	switch {
	case err != nil:
		return nil, err
	case kind == resp.Error:
		return nil, ServerError(body)
	case kind != resp.Array && kind != resp.Push || n != 3:
		return nil, unexpected(byte(kind), "SUBSCRIBE")
	}
	if _, body, err = s.reader.ReadScalar(); err == nil && string(body) != want {
		err = fmt.Errorf("unexpected message %q, expected %q", body, want)
	}
	for range 2 {
		if err == nil {
			_, last, err = s.reader.ReadScalar()
		}
	}
	return last, err
}
