package radix

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// errLate must not be taken for a context's end by the library, as a deadline
// would be: it would keep the connection.
var errLate = errors.New("radix: the reply timed out")

// A timed connection ends by itself when the server does not answer. The library
// asks it to wait without limit before it reads each reply: that is when the time
// of a reply begins. It sets no other deadline but to cancel a call.
type timed struct {
	net.Conn
	timeout time.Duration
	patient atomic.Bool // the server may take as long as it wants
	ours    atomic.Bool // the deadline of reading
	late    atomic.Bool // it has ended: all that fails on it fails by that
}

func (c *timed) SetReadDeadline(t time.Time) error {
	ours := t.IsZero() && !c.patient.Load()
	c.ours.Store(ours)
	if ours {
		t = time.Now().Add(c.timeout)
	}
	return c.Conn.SetReadDeadline(t)
}

func (c *timed) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil && c.ours.Load() && errors.Is(err, os.ErrDeadlineExceeded) {
		c.late.Store(true)
		err = errLate
	}
	return n, err
}

func (c *timed) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.late.Store(true)
	}
	return n, err
}
