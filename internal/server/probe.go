package server

import (
	"context"
	"net"
	"time"

	"respbench.dev/respbench/internal/resp"
	"respbench.dev/respbench/results"
)

// A probe is a plain connection for first contacts: it shows what a server
// really answers, where a client library would hide it behind its handshake.
type probe struct {
	conn    net.Conn
	replies *resp.Reader
	release func() bool
}

// dialProbe connects. All that is asked must be answered within timeout and
// before the end of ctx.
func dialProbe(ctx context.Context, access results.Access, timeout time.Duration) (*probe, error) {
	dialer := net.Dialer{Timeout: timeout}
	conn, err := dialer.DialContext(ctx, access.Network, access.Addrs[0])
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(timeout))
	release := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return &probe{conn: conn, replies: resp.NewReader(conn, 4<<10), release: release}, nil
}

// ask sends one command and reads its reply, which is not an aggregate.
func (p *probe) ask(args ...string) (resp.Kind, string, error) {
	// A server that refuses a connection says so and closes it before it
	// reads: what it said can be read although the command could not be sent.
	_, sendErr := p.conn.Write(resp.AppendCommand(nil, args...))
	kind, body, err := p.replies.ReadScalar()
	if err != nil && sendErr != nil {
		err = sendErr
	}
	return kind, string(body), err
}

func (p *probe) close() {
	p.release()
	_ = p.conn.Close()
}
