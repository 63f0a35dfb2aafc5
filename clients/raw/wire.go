package raw

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/resp"
)

func appendSet(dst []byte, key string, v clients.Value) []byte {
	dst = append(dst, "*3\r\n$3\r\nSET\r\n"...)
	dst = resp.AppendBulkString(dst, key)
	return resp.AppendBulk(dst, v.Bytes())
}

func appendGet(dst []byte, key string) []byte {
	dst = append(dst, "*2\r\n$3\r\nGET\r\n"...)
	return resp.AppendBulkString(dst, key)
}

func appendIncr(dst []byte, key string) []byte {
	dst = append(dst, "*2\r\n$4\r\nINCR\r\n"...)
	return resp.AppendBulkString(dst, key)
}

// write sends what is in out, in one call.
func (s *session) write() error {
	if err := s.moveDeadline(); err != nil {
		return err
	}
	_, err := s.conn.Write(s.out)
	return err
}

// moveDeadline gives a call at least the time-out and at most a quarter more:
// moving the deadline for every call would cost more than reading the clock.
func (s *session) moveDeadline() error {
	timeout := s.client.target.Timeout
	now := time.Since(s.dialled)
	if timeout <= 0 || now < s.extend {
		return nil
	}
	s.extend = now + timeout/4
	return s.conn.SetDeadline(s.dialled.Add(s.extend + timeout))
}

func (s *session) readOK() error {
	kind, body, err := s.reader.ReadScalar()
	switch {
	case err != nil:
		return err
	case kind == resp.Simple:
		return nil
	case kind == resp.Error:
		return ServerError(body)
	}
	return unexpected(byte(kind), "SET")
}

// readValue returns the value, in the reader's memory, or nil if the key does
// not exist.
func (s *session) readValue() ([]byte, error) {
	kind, body, err := s.reader.ReadScalar()
	switch {
	case err != nil || kind == resp.Bulk:
		return body, err
	case kind == resp.Null:
		return nil, nil
	case kind == resp.Error:
		return nil, ServerError(body)
	}
	return nil, unexpected(byte(kind), "GET")
}

func (s *session) readCount() (int64, error) {
	kind, body, err := s.reader.ReadScalar()
	switch {
	case err != nil:
		return 0, err
	case kind == resp.Integer:
		return strconv.ParseInt(string(body), 10, 64)
	case kind == resp.Error:
		return 0, ServerError(body)
	}
	return 0, unexpected(byte(kind), "INCR")
}

func fill(into *clients.Reply, body []byte) {
	if body == nil {
		into.Miss()
		return
	}
	into.Bytes(body)
}

// readAll reads on after a server error; a broken connection ends it.
func (s *session) readAll(commands []clients.Command) error {
	var first error
	for i := range commands {
		if err := s.readReply(&commands[i]); err != nil {
			first = cmp.Or(first, err)
			if _ = s.checked(err); s.conn == nil {
				break
			}
		}
	}
	return first
}

func (s *session) readReply(c *clients.Command) error {
	if !c.IsGet {
		return s.readOK()
	}
	body, err := s.readValue()
	if err != nil {
		return err
	}
	fill(&c.Reply, s.keep(body))
	return nil
}

// keep copies a reply out of the way of the next one. Where bodies has to
// grow, the replies before it stay valid in its old memory.
func (s *session) keep(body []byte) []byte {
	if body == nil {
		return nil
	}
	from := len(s.bodies)
	s.bodies = append(s.bodies, body...)
	return s.bodies[from:len(s.bodies):len(s.bodies)]
}

// checked closes the connection on every error but the server's answer.
func (s *session) checked(err error) error {
	if err == nil || isServerError(err) {
		return err
	}
	return s.broken(err)
}

// broken closes the connection: the next call dials.
func (s *session) broken(err error) error {
	_ = s.hangUp() // err says more
	return err
}

// connect does nothing while there is a connection.
func (s *session) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	conn, err := s.client.dial(ctx)
	if err != nil {
		return err
	}
	s.conn = conn
	s.open.Store(&conn)
	s.reader.Reset(conn)
	s.dialled, s.extend = time.Now(), 0
	for _, command := range handshake(s.client.target) {
		if err := s.order(command); err != nil {
			return s.broken(err)
		}
	}
	return nil
}

// order sends a command of the handshake; any answer but an error will do.
func (s *session) order(command []string) error {
	s.out = resp.AppendCommand(s.out[:0], command...)
	if err := s.write(); err != nil {
		return err
	}
	answer, err := s.reader.ReadValue()
	if err == nil && answer.IsError() {
		err = ServerError(answer.Text)
	}
	return err
}

// handshake is what t asks for beyond the protocol's defaults.
func handshake(t clients.Target) [][]string {
	var commands [][]string
	switch user := cmp.Or(t.Username, "default"); {
	case t.RESP == 3 && t.Password != "":
		commands = append(commands, []string{"HELLO", "3", "AUTH", user, t.Password})
	case t.RESP == 3:
		commands = append(commands, []string{"HELLO", "3"})
	case t.Username != "":
		commands = append(commands, []string{"AUTH", user, t.Password})
	case t.Password != "":
		commands = append(commands, []string{"AUTH", t.Password})
	}
	if t.DB != 0 {
		commands = append(commands, []string{"SELECT", strconv.Itoa(t.DB)})
	}
	return commands
}
