package servertest

import (
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"respbench.dev/respbench/internal/resp"
)

// A Conn is a connection for what only the server knows, beside those of the
// test's subject.
type Conn struct {
	network, addr string

	mu      sync.Mutex
	conn    net.Conn
	replies *resp.Reader
}

// Dial connects to a server of any kind until the test ends.
func Dial(t testing.TB, network, addr string) *Conn {
	t.Helper()
	c, err := dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

// dial returns when the server answers, however it does.
func dial(network, addr string) (*Conn, error) {
	c := &Conn{network: network, addr: addr}
	if err := c.connect(); err != nil {
		return nil, err
	}
	if _, err := c.value([]string{"PING"}); err != nil {
		return nil, errors.Join(err, c.conn.Close())
	}
	return c, nil
}

func (c *Conn) connect() error {
	conn, err := net.Dial(c.network, c.addr)
	if err != nil {
		return err
	}
	c.conn, c.replies = conn, resp.NewReader(conn, 4096)
	return nil
}

// Do executes a command and returns its reply as text, the elements of an array
// one a line. An error ends the test. What is set on the connection (SELECT,
// AUTH) stays until the server closes it; then Do connects again.
func (c *Conn) Do(t testing.TB, args ...string) string {
	t.Helper()
	reply, err := c.Try(args...)
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	return reply
}

// Try is Do for a command that may be refused.
func (c *Conn) Try(args ...string) (string, error) {
	v, err := c.value(args)
	if err == nil && v.IsError() {
		err = errors.New(v.Text)
	}
	return flat(v), err
}

func (c *Conn) value(args []string) (resp.Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.send(resp.AppendCommand(nil, args...)); err != nil {
		return resp.Value{}, err
	}
	return c.replies.ReadValue()
}

// send dials again where the server has closed the connection, as Sentinels
// have it do after a failover: nothing was executed then.
func (c *Conn) send(command []byte) error {
	err := c.write(command)
	if err != nil && c.connect() == nil {
		err = c.write(command)
	}
	return err
}

func (c *Conn) write(command []byte) error {
	err := c.conn.SetDeadline(time.Now().Add(limit))
	if err == nil {
		_, err = c.conn.Write(command)
	}
	if err != nil {
		_ = c.conn.Close()
	}
	return err
}

// close is final: the server has gone.
func (c *Conn) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.Close()
}

// flat is v as text, its elements one a line.
func flat(v resp.Value) string {
	switch v.Kind {
	case resp.Array, resp.Set, resp.Push, resp.Map:
	default:
		return v.String()
	}
	var lines []string
	for _, elem := range v.Elems {
		lines = append(lines, flat(elem))
	}
	return strings.Join(lines, "\n")
}
