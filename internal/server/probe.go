package server

import (
	"context"
	"net"
	"time"

	"respbench.dev/respbench/internal/resp"
	"respbench.dev/respbench/results"
)

// A probe is a bare connection for first contacts: it shows what a server
// really answers, where a client library would hide it behind its handshake.
type probe struct {
	conn    net.Conn
	replies *resp.Reader
	release func() bool
}

// dialProbe connects to address. All that is asked must be answered within the
// limits' time-out and before the end of ctx.
func dialProbe(ctx context.Context, access results.Access, address string, limits Limits) (*probe, error) {
	conn, err := dial(ctx, access, address, limits.ConnectTimeout)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(limits.Timeout))
	release := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return &probe{conn: conn, replies: resp.NewReader(conn, 4<<10), release: release}, nil
}

// ask sends one command and reads its reply.
func (p *probe) ask(args ...string) (resp.Value, error) {
	// A server that refuses a connection says so and closes it before it
	// reads: what it said can be read although the command could not be sent.
	_, sendErr := p.conn.Write(resp.AppendCommand(nil, args...))
	reply, err := p.replies.ReadValue()
	if err != nil && sendErr != nil {
		err = sendErr
	}
	return reply, err
}

func (p *probe) close() {
	p.release()
	_ = p.conn.Close()
}
